import * as exported from '#lib/server/db/exports.ts';
import { datasetOf, type Study } from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Column, StreamedTable, TableRow } from '#lib/server/tables/table.ts';
import type { Lab } from '../lab.ts';
import { unusableSittings } from '../people/judge-sittings.ts';
import { namedTrials } from './study-names.ts';

const SLICE = 5000;

const text = (name: string, description: string): Column => ({ name, type: 'text', description });
const COLUMNS: Column[] = [
  text('observer', 'Who judged'),
  { name: 'session_id', type: 'integer', description: 'Pass over the study' },
  text('scene', 'What is compared among itself: the reference, or the dataset'),
  text('condition_A', 'The image shown first'),
  text('condition_B', 'The image shown second'),
  { name: 'is_A_selected', type: 'integer', description: '1 where the first was judged better, else 0' },
  text('criterion', 'What was judged')
];

/**
 * Pair votes as pwcmp's examples have them, of every observer. It knows no ties: one becomes a row for each side (a vote
 * each, as Wu et al.'s code counts them); a ranking becomes its pairs.
 *
 * @throws BadInput for ratings, which are no votes.
 */
export function pwcmpTable(lab: Pick<Lab, 'db'>, study: Study): StreamedTable {
  if (study.protocol === 'single-stimulus') {
    throw new BadInput(
      `pwcmp reads pair votes, and ${JSON.stringify(study.name)} has ratings; sureal's layout holds them`
    );
  }
  return { name: 'pwcmp', columns: COLUMNS, rows: rows(lab, study) };
}

async function* rows(lab: Pick<Lab, 'db'>, study: Study): AsyncGenerator<TableRow> {
  const trials = await namedTrials(lab, study);
  const dataset = await datasetOf(lab.db, study);
  const without = await unusableSittings(lab, study);
  let after = 0;
  for (;;) {
    const slice = await exported.presentationsAfter(lab.db, study.id, after, SLICE);
    for (const row of slice) {
      const trial = trials.get(row.trialId);
      if (row.outcome !== 'ok' || trial?.role !== 'test' || without.has(row.session)) continue;
      const shown = row.order.map((place) => trial.stimuli[place]?.name ?? '');
      const scene = trial.reference?.name ?? dataset.name;
      for (const [a, b, winner] of votes(row.choice, row.ranking)) {
        yield [row.observer, row.session, scene, shown[a] ?? '', shown[b] ?? '', winner, 'quality'];
      }
    }
    const last = slice.at(-1);
    if (!last || slice.length < SLICE) return;
    after = last.id;
  }
}

/** Places shown first and second of each vote, and 1 where the first won. */
function* votes(
  choice: string | null,
  ranking: readonly number[] | null
): Generator<[number, number, 0 | 1]> {
  if (choice === 'first' || choice === 'same') yield [0, 1, 1];
  if (choice === 'second' || choice === 'same') yield [0, 1, 0];
  for (let a = 0; a < (ranking?.length ?? 0); a++) {
    for (let b = a + 1; b < (ranking?.length ?? 0); b++) {
      const difference = (ranking?.[a] ?? 0) - (ranking?.[b] ?? 0);
      if (difference >= 0) yield [a, b, 1];
      if (difference <= 0) yield [a, b, 0];
    }
  }
}
