import * as v from 'valibot';
import { hastyBelowMs } from '#lib/domain/monitoring/sitting-evidence.ts';
import * as sittings from '#lib/server/db/sittings.ts';
import { judgeSittings } from '../../services/people/judge-sittings.ts';
import { studyOf } from '../found.ts';
import { operation } from '../operation.ts';
import { pageOf, PAGING, readCursor, writeCursor } from '../paging.ts';
import {
  instant,
  iso,
  isoOrNull,
  listOf,
  number,
  oneOf,
  open,
  orNull,
  text,
  truth,
  whole
} from '../schemas.ts';

const Verdict = v.strictObject({
  is: orNull(truth('null where the study states no rule, or it is too early')),
  reasons: listOf(v.string(), 'Why not, a sentence each')
});

const Sitting = v.strictObject({
  sitting: whole('Its number', 1),
  observer: text('The rater’s name in exports'),
  kind: oneOf(['rater', 'synthetic'], 'Simulations are synthetic'),
  state: oneOf(['active', 'completed', 'ended', 'withdrawn'], 'How it stands'),
  ending: orNull(text('How it ended, where it ended otherwise than by its last trial')),
  participant: orNull(text('As their recruiting service calls them')),
  startedAt: instant('When it began'),
  lastSeenAt: instant('When its browser was last heard of'),
  completedAt: orNull(instant('When its last answer came')),
  withdrawnAt: orNull(instant('When it was withdrawn')),
  presentations: whole('Trials that it is shown'),
  answered: whole('Of them, with an answer'),
  medianMs: orNull(number('Median response time of test trials')),
  focusLosses: orNull(whole('How often its window lost focus')),
  longestGapMs: orNull(number('Longest time between an answer and the next onset')),
  sameShare: orNull(number('The commonest answer’s share')),
  payable: Verdict,
  usable: Verdict,
  device: orNull(open('What its browser said of itself')),
  said: orNull(open('Answers to questions before and after, and what the checks found'))
});

export const sittingOperations = [
  operation({
    id: 'listSittings',
    method: 'GET',
    path: '/studies/{study}/sittings',
    tag: 'People',
    summary: 'The people who sit a study, newest first, with what can be told of each',
    scope: 'people',
    params: { study: 'Its name: the newest version; `name@2` is the second' },
    query: v.strictObject(PAGING),
    answer: pageOf(Sitting),
    problems: ['unknown'],
    async run(call) {
      const study = await studyOf(call);
      const { limit, cursor } = call.query;
      const read = (offset: number, count: number) =>
        sittings.page(call.lab.db, study.id, {
          hastyBelowMs: hastyBelowMs(study.design),
          offset,
          limit: count
        });
      // A cursor counts how many older ones are left: sittings never go, and new ones come in front.
      const left = readCursor(cursor);
      const offset = left === null ? 0 : Math.max(0, (await read(0, 1)).total - left);
      const page = await read(offset, limit);
      const rest = page.total - offset - page.sittings.length;
      return {
        items: (await judgeSittings(call.lab, study, page.sittings)).map((one) => ({
          sitting: one.id,
          observer: one.observer,
          kind: one.kind,
          state: one.state,
          ending: one.ending,
          participant: one.participant,
          startedAt: iso(one.startedAt),
          lastSeenAt: iso(one.lastSeenAt),
          completedAt: isoOrNull(one.completedAt),
          withdrawnAt: isoOrNull(one.withdrawnAt),
          presentations: one.total,
          answered: one.answered,
          medianMs: one.medianMs,
          focusLosses: one.focusLosses,
          longestGapMs: one.longestGapMs,
          sameShare: one.sameShare,
          payable: one.payable,
          usable: one.usable,
          device: one.device,
          said: one.said
        })),
        nextCursor: rest > 0 && page.sittings.length > 0 ? writeCursor(rest) : null
      };
    }
  })
];
