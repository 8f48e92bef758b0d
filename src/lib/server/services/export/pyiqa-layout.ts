import type { StudyResults } from '#lib/domain/results/study-results.ts';
import { csvText } from '#lib/server/tables/write-table.ts';

/**
 * One row a picture, one column an observer: `img_name` (and `ref_name`), `mos`, `std`, then every observer's value, as
 * pyiqa's lists of human values and its score files name them together. No value is an empty cell.
 */
export function* pyiqaCsv(results: StudyResults): Generator<string> {
  const fullReference = results.scenario === 'fr';
  const observers = results.observers.map(({ observer }) => observer);
  yield csvText([['img_name', ...(fullReference ? ['ref_name'] : []), 'mos', 'std', ...observers]]);
  for (const stimulus of results.stimuli) {
    yield csvText([
      [
        stimulus.stimulus,
        ...(fullReference ? [stimulus.reference] : []),
        stimulus.mos,
        stimulus.sigma,
        ...observers.map((observer) => stimulus.values[observer]?.value ?? null)
      ]
    ]);
  }
}
