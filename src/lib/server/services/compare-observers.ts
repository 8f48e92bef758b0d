import { compareTwo, type TwoObservers } from '#lib/domain/results/compare-two.ts';
import { isRun, isSitting } from '#lib/domain/results/headline.ts';
import type { StudyResults } from '#lib/domain/results/study-results.ts';
import { twoObservers } from '#lib/domain/plots/two-observers.ts';
import type { PlotOrReason } from '#lib/domain/plots/plot.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import * as studies from '#lib/server/db/studies.ts';
import { cachedResults } from './cached-results.ts';
import type { Lab } from './lab.ts';

/** Somebody, or some metric, with values for stimuli of a study. */
export interface Comparable {
  observer: string;
  kind: 'people' | 'sitting' | 'run' | 'metric';
  simulated: boolean;
  /** Whose transcripts can be read. */
  run: number | null;
  unit: string;
}

export interface Compared {
  observers: Comparable[];
  a: Comparable | null;
  b: Comparable | null;
  two: TwoObservers | null;
  plot: PlotOrReason | null;
}

/**
 * Two observers of a study on the stimuli that both gave a value: people, runs, sittings, metrics of its dataset, and, with
 * `other`, the observers of another study over the same dataset. The family of the test is everybody together and every
 * run of the study (no controls), and the two.
 *
 * @param a, b by name; null or unknown for the first two.
 */
export async function compareObservers(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  { a: nameA, b: nameB, other }: { a: string | null; b: string | null; other: studies.Study | null }
): Promise<Compared> {
  const results = await cachedResults(lab, study);
  const dataset = await studies.datasetOf(lab.db, study);
  const extra = new Map<number, Record<string, { value: number }>>();
  const add = (id: number, name: string, value: number) => {
    const row = extra.get(id) ?? {};
    row[name] = { value };
    extra.set(id, row);
  };
  const observers: Comparable[] = comparablesOf(results, '');
  if (other !== null && other.id !== study.id) {
    const suffix = ` (${studies.addressOf(other)})`;
    const more = await cachedResults(lab, other);
    observers.push(...comparablesOf(more, suffix));
    for (const { id, values } of more.stimuli)
      for (const [name, { value }] of Object.entries(values)) add(id, name + suffix, value);
  }
  for (const metric of await metrics.list(lab.db, dataset.id)) {
    if (metric.values === 0) continue;
    const name = `metric ${metric.name}`;
    const turned = metric.direction === -1;
    observers.push({
      observer: name,
      kind: 'metric',
      simulated: false,
      run: null,
      unit: turned ? 'value, turned' : 'value'
    });
    for (const [id, value] of await metrics.valuesOf(lab.db, metric.id))
      add(id, name, metric.direction * value);
  }
  const grouped = observers.filter(({ kind }) => kind !== 'sitting');
  const named = (name: string | null, at: number) =>
    observers.find((one) => one.observer === name) ?? grouped[at] ?? null;
  const [a, b] = [named(nameA, 0), named(nameB, 1)];
  if (a === null || b === null || a === b) return { observers, a, b, two: null, plot: null };
  const two = compareTwo(
    {
      scenario: results.scenario,
      stimuli: results.stimuli.map((stimulus) => ({
        ...stimulus,
        values: { ...stimulus.values, ...(extra.get(stimulus.id) as StudyResults['stimuli'][0]['values']) }
      }))
    },
    a.observer,
    b.observer,
    {
      direction: dataset.mosDirection === -1 ? -1 : 1,
      family: results.observers
        .filter((one) => one.n > 0 && (one.kind === 'people' || (isRun(one) && one.control === null)))
        .map(({ observer }) => observer)
    }
  );
  return { observers, a, b, two, plot: twoObservers(a, b, two, results.scenario === 'fr') };
}

function comparablesOf(results: StudyResults, suffix: string): Comparable[] {
  const unit = results.protocol === 'single-stimulus' ? 'mean score' : 'scale value';
  return results.observers
    .filter((one) => one.n > 0 || results.stimuli.some(({ values }) => values[one.observer]))
    .map((one) => ({
      observer: one.observer + suffix,
      kind: one.kind === 'people' ? 'people' : isSitting(one) ? 'sitting' : 'run',
      simulated: one.simulated,
      run: isRun(one) ? one.sessionId : null,
      unit
    }));
}
