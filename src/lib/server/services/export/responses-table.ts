import { isKnownAnswer, type Expected } from '#lib/domain/known-answer.ts';
import { answerOf } from '#lib/domain/monitoring/sitting-verdict.ts';
import { protocols } from '#lib/domain/protocols/index.ts';
import * as exported from '#lib/server/db/exports.ts';
import type { Study } from '#lib/server/db/studies.ts';
import type { Column, StreamedTable, TableRow } from '#lib/server/tables/table.ts';
import type { Lab } from '../lab.ts';
import { namedTrials } from './study-names.ts';

const SLICE = 5000;

const COLUMNS: Column[] = [
  { name: 'study', type: 'text', description: 'Name of the study' },
  { name: 'protocol', type: 'text', description: 'single-stimulus, double-stimulus or multiple-stimulus' },
  { name: 'scenario', type: 'text', description: 'full-reference or no-reference' },
  {
    name: 'session',
    type: 'integer',
    description: "One observer's pass over the study: a sitting or a model's run"
  },
  { name: 'observer', type: 'text', description: 'Who judged' },
  { name: 'kind', type: 'text', description: 'rater (a person), model, or synthetic (simulated)' },
  { name: 'strategy', type: 'text', description: 'How a model was prompted; empty for people' },
  { name: 'trial', type: 'integer', description: "Place of the trial in the study's plan, from 0" },
  { name: 'role', type: 'text', description: 'training, test, gold, trap or repeat' },
  { name: 'position', type: 'integer', description: 'Place of the presentation in its session, from 0' },
  { name: 'stimuli', type: 'texts', description: 'The judged images in the order shown' },
  { name: 'reference', type: 'text', description: 'The undistorted original shown beside them' },
  {
    name: 'outcome',
    type: 'text',
    description: 'ok, or why there is no usable answer; empty where none came back'
  },
  { name: 'score', type: 'number', description: 'Score from 0 to 100, higher is better' },
  { name: 'choice', type: 'text', description: 'first, second or same, as shown' },
  {
    name: 'ranking',
    type: 'integers',
    description: 'Rank of each stimulus in the order shown, the best highest, from 0'
  },
  {
    name: 'responseTimeMs',
    type: 'number',
    description: "Milliseconds from onset to answer; for a model the request's latency"
  },
  { name: 'presentedAt', type: 'instant', description: 'When it was shown (ISO 8601, UTC)' },
  { name: 'answeredAt', type: 'instant', description: 'When the answer was stored (ISO 8601, UTC)' },
  { name: 'model', type: 'text', description: 'Name of the model at its endpoint' },
  { name: 'promptId', type: 'text', description: 'Which prompt was sent' },
  { name: 'promptVersion', type: 'integer', description: 'In which version' },
  { name: 'tokensIn', type: 'integer', description: 'Tokens sent' },
  { name: 'tokensOut', type: 'integer', description: 'Tokens received' },
  { name: 'cost', type: 'number', description: "US dollars at the run's prices" },
  { name: 'raw', type: 'number', description: "The score or the grade as given, on the study's own scale" },
  { name: 'pass', type: 'integer', description: 'Which pass over the trial in this session, from 0' },
  { name: 'reason', type: 'text', description: 'Why an outcome that is not ok is what it is' },
  {
    name: 'source',
    type: 'text',
    description:
      'lab: shown by this lab; imported: collected elsewhere, so that place, times and device are unknown'
  },
  { name: 'known', type: 'text', description: 'Gold and traps alone: yes where answered as known, else no' }
];

/** One row a presentation, people and models alike; unanswered ones too, with empty cells. */
export function responsesTable(lab: Pick<Lab, 'db'>, study: Study): StreamedTable {
  return { name: 'responses', columns: COLUMNS, rows: rows(lab, study) };
}

async function* rows(lab: Pick<Lab, 'db'>, study: Study): AsyncGenerator<TableRow> {
  const trials = await namedTrials(lab, study);
  let after = 0;
  for (;;) {
    const slice = await exported.presentationsAfter(lab.db, study.id, after, SLICE);
    for (const row of slice) {
      const trial = trials.get(row.trialId);
      if (!trial) throw new Error(`trial ${row.trialId} of study ${study.id} was not read`);
      const ok = row.outcome === 'ok';
      yield [
        study.name,
        study.protocol,
        study.scenario,
        row.session,
        row.observer,
        row.kind,
        row.strategy,
        trial.index,
        trial.role,
        row.position,
        row.order.map((slot) => trial.stimuli[slot]?.name ?? ''),
        trial.reference?.name ?? null,
        row.outcome,
        ok ? row.score : null,
        ok ? row.choice : null,
        ok ? row.ranking : null,
        row.responseTimeMs,
        instant(row.presentedAt),
        instant(row.answeredAt),
        row.model,
        row.promptId,
        row.promptVersion,
        row.tokensIn,
        row.tokensOut,
        row.cost,
        ok ? row.raw : null,
        row.pass,
        row.reason,
        row.imported ? 'imported' : 'lab',
        knownIn(study, trial.expected, row)
      ];
    }
    const last = slice.at(-1);
    if (!last || slice.length < SLICE) return;
    after = last.id;
  }
}

function knownIn(
  { design }: Study,
  expected: Expected | null,
  row: exported.ExportedPresentation
): string | null {
  if (expected === null || expected.kind === 'people' || row.outcome !== 'ok') return null;
  const shown = answerOf(row);
  if (shown === null) return null;
  const own = protocols[design.protocol].toStudyOrder(shown, row.order);
  return isKnownAnswer(expected, { shown, own }, design) ? 'yes' : 'no';
}

/** The drivers give instants as text or as dates. */
export function instant(value: string | Date | null): string | null {
  return value === null ? null : new Date(value).toISOString();
}
