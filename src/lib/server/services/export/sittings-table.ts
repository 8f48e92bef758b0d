import type { Study } from '#lib/server/db/studies.ts';
import type { Column, StreamedTable, TableRow } from '#lib/server/tables/table.ts';
import type { Lab } from '../lab.ts';
import { judgedSittings } from '../people/judge-sittings.ts';
import { instant } from './responses-table.ts';

const text = (name: string, description: string): Column => ({ name, type: 'text', description });
const integer = (name: string, description: string): Column => ({ name, type: 'integer', description });
const number = (name: string, description: string): Column => ({ name, type: 'number', description });

const COLUMNS: Column[] = [
  integer('session', "A person's pass over the study"),
  text('observer', 'Who sat'),
  text('kind', 'rater (a person) or synthetic (simulated)'),
  text('participant', 'Their name at their service; empty where none sent them'),
  text('state', 'active, completed, ended or withdrawn'),
  text('ending', 'done, screened-out, failed-attention, returned, timed-out; empty while it goes on'),
  { name: 'startedAt', type: 'instant', description: 'When they began (ISO 8601, UTC)' },
  { name: 'completedAt', type: 'instant', description: 'When the last answer was stored (ISO 8601, UTC)' },
  integer('answered', 'Presentations answered, training and checks among them'),
  integer('total', 'Presentations of the sitting'),
  integer('restarts', 'Blocks that began again because they had been away'),
  integer('supersededAnswers', 'Answers that these superseded; they are kept, and in no figure'),
  text('payable', 'yes or no by the rule of the study, empty while it cannot be said'),
  text('payableWhy', 'Figures against the rule that say why it is payable or not'),
  text('usable', 'yes or no by the rule of the study: whether the answers enter its analyses'),
  text('usableWhy', 'Figures against the rule that say why it is not usable'),
  integer('goldRight', 'Gold trials answered as known'),
  integer('goldOf', 'Gold trials answered'),
  integer('trapsMissed', 'Traps answered otherwise than asked'),
  integer('trapsOf', 'Traps answered'),
  integer('repeatsAgreed', 'Of what was asked twice: answered alike'),
  integer('repeatsOf', 'What was asked twice: trials, of rankings comparisons'),
  number('medianMs', 'Median response of test trials in milliseconds'),
  number('sameShare', 'Share of the commonest answer among those to test trials'),
  integer('hasty', 'Test trials answered sooner than their pictures can have been looked at'),
  number('focusLosses', 'How often the page lost the focus'),
  number('longestGapMs', 'Longest time from an answer to the next onset in milliseconds')
];

/** One row a person's sitting, with whether it is payable and usable, and why. */
export function sittingsTable(lab: Pick<Lab, 'db'>, study: Study, options: SittingsOptions): StreamedTable {
  return { name: 'sittings', columns: COLUMNS, rows: rows(lab, study, options) };
}

export interface SittingsOptions {
  /** Whether people's names at their service are in it: to pay them, never to publish. */
  participants: boolean;
}

async function* rows(
  lab: Pick<Lab, 'db'>,
  study: Study,
  { participants }: SittingsOptions
): AsyncGenerator<TableRow> {
  const said = (is: boolean | null) => (is === null ? null : is ? 'yes' : 'no');
  for (const one of await judgedSittings(lab, study)) {
    const { gold, traps, repeats } = one.known;
    yield [
      one.id,
      one.observer,
      one.kind,
      participants ? one.participant : null,
      one.state,
      one.ending,
      instant(one.startedAt),
      instant(one.completedAt),
      one.answered,
      one.total,
      one.restarts?.length ?? 0,
      (one.restarts ?? []).reduce((sum, { answers }) => sum + answers, 0),
      said(one.payable.is),
      one.payable.reasons.join('; '),
      said(one.usable.is),
      one.usable.reasons.join('; '),
      gold.right,
      gold.of,
      traps.missed,
      traps.of,
      repeats.agreed,
      repeats.of,
      one.medianMs,
      one.sameShare,
      one.tally.hasty,
      one.focusLosses,
      one.longestGapMs
    ];
  }
}
