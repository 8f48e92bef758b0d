import { Readable } from 'node:stream';
import * as v from 'valibot';
import { importVotes } from '../../services/votes/import-votes.ts';
import { READING, VOTE_KINDS, type VoteKind } from '../../services/votes/read-votes.ts';
import { takeVotesOut } from '../../services/votes/remove-votes.ts';
import { forgetVotes, keepVotes, keptVotes } from '../../services/votes/uploaded-votes.ts';
import { BadInput } from '../../tables/bad-input.ts';
import { parseVoteColumns } from '../../tables/vote-columns.ts';
import { studyOf } from '../found.ts';
import { operation } from '../operation.ts';
import { Problem } from '../problem.ts';
import { number, oneOf, text, truth, whole } from '../schemas.ts';

const study = { study: 'Its name: the newest version; `name@2` is the second' };

export const voteOperations = [
  operation({
    id: 'importVotes',
    method: 'POST',
    path: '/studies/{study}/votes',
    tag: 'Votes',
    summary: 'Take in votes that were collected elsewhere',
    says: 'The same answer as `limen votes --json`. The first row that cannot be is named, and nothing of the file is kept; the same file comes in once.',
    scope: 'write',
    params: study,
    query: v.strictObject({
      file: v.optional(text('What to call the file in messages'), 'votes.csv'),
      kind: v.optional(oneOf(VOTE_KINDS as readonly [VoteKind], 'What its observers are'), 'rater'),
      name: v.optional(text('It has no observer column: all of it is this one’s')),
      columns: v.optional(text('`observer=a,rating=b`, where its columns are called otherwise')),
      low: v.optional(number('Ratings are on low … high instead of the study’s scale')),
      high: v.optional(number('The upper end')),
      best: v.optional(oneOf(['highest', 'lowest'], 'Which rank is the best one'), 'highest'),
      passOver: v.optional(truth('Leave out, and count, what the study does not judge'), false)
    }),
    body: { mediaType: 'text/csv', says: 'A CSV of ratings, pairs or rankings, as `limen votes` reads it' },
    answer: v.strictObject({
      study: text('How the study is addressed'),
      import: whole('Names the import, to take it out again', 1),
      file: text('Its name'),
      sha256: text('Of its bytes'),
      kind: oneOf(VOTE_KINDS as readonly [VoteKind], 'What its observers are'),
      observers: whole('How many'),
      votes: whole('How many'),
      missing: whole('Rows without a rating'),
      passedOver: whole('Votes about what the study does not judge'),
      alreadyThere: truth('This file was in the study before: nothing was changed')
    }),
    status: 201,
    problems: ['unknown', 'conflict', 'too-large'],
    async run(call) {
      await studyOf(call);
      const { file, kind, name = null, columns, low, high, best, passOver } = call.query;
      if ((low === undefined) !== (high === undefined)) throw new BadInput('query: low and high go together');
      const range = low === undefined || high === undefined ? null : { low, high };
      if (range !== null && !(range.low < range.high)) {
        throw new BadInput(`query.low: must lie below high, which is ${range.high}`);
      }
      const bytes = call.stream === null ? Readable.from([]) : Readable.fromWeb(call.stream);
      const kept = await keepVotes(call.lab, file, bytes);
      try {
        return await importVotes(call.lab, await keptVotes(call.lab, kept.id), {
          ...READING,
          study: call.param('study'),
          kind,
          name,
          columns: columns === undefined ? {} : parseVoteColumns(columns),
          range,
          best,
          passOver
        });
      } finally {
        await forgetVotes(call.lab, kept.id);
      }
    }
  }),
  operation({
    id: 'removeVotes',
    method: 'DELETE',
    path: '/studies/{study}/votes/{import}',
    tag: 'Votes',
    summary: 'Take an import of votes out again',
    scope: 'write',
    params: { ...study, import: 'Its number' },
    answer: v.strictObject({ removed: whole('Votes') }),
    problems: ['unknown'],
    async run(call) {
      const of = await studyOf(call);
      try {
        return await takeVotesOut(call.lab, of, Number(call.param('import')));
      } catch (error) {
        if (error instanceof BadInput) throw new Problem('unknown', error.onPage);
        throw error;
      }
    }
  })
];
