import { compareModels, type ModelComparison } from '../agreement/comparisons.ts';
import { midRanks } from '#lib/stats/rank.ts';
import { spearman } from '#lib/stats/correlation.ts';
import type { StudyResults, StimulusResult } from './study-results.ts';

export interface Difference {
  stimulus: Pick<StimulusResult, 'stimulus' | 'reference' | 'id' | 'sha256' | 'mos'>;
  a: number;
  b: number;
  /** Places of the stimulus among those shared, as shares from 0 (worst) to 1 (best). */
  placeA: number;
  placeB: number;
}

export interface TwoObservers {
  n: number;
  /** Of their values with each other. */
  srcc: number | null;
  /** Whether one agrees with MOS better; null over references, where figures are means. */
  test: ModelComparison | null;
  points: { name: string; a: number; b: number }[];
  /** All that they share, the widest apart first. */
  differences: Difference[];
}

/**
 * Two observers on the stimuli that both gave a value. They are told apart by places, not by values: one may use its scale
 * otherwise than the other. Within a reference where there are references.
 */
export function compareTwo(results: StudyResults, a: string, b: string): TwoObservers {
  const shared = results.stimuli.flatMap((stimulus) => {
    const [first, second] = [stimulus.values[a], stimulus.values[b]];
    return first && second ? [{ stimulus, a: first.value, b: second.value }] : [];
  });
  const pools = new Map<string | null, typeof shared>();
  for (const one of shared) {
    const pool = results.scenario === 'fr' ? one.stimulus.reference : null;
    const members = pools.get(pool);
    if (members) members.push(one);
    else pools.set(pool, [one]);
  }
  const differences = [...pools.values()].flatMap((members) => {
    const [ra, rb] = [midRanks(members.map((one) => one.a)), midRanks(members.map((one) => one.b))];
    const place = (rank: number) => (members.length < 2 ? 0.5 : (rank - 1) / (members.length - 1));
    return members.map(({ stimulus, ...values }, i) => ({
      stimulus: {
        stimulus: stimulus.stimulus,
        reference: stimulus.reference,
        id: stimulus.id,
        sha256: stimulus.sha256,
        mos: stimulus.mos
      },
      ...values,
      placeA: place(ra[i] as number),
      placeB: place(rb[i] as number)
    }));
  });
  differences.sort((x, y) => Math.abs(y.placeA - y.placeB) - Math.abs(x.placeA - x.placeB));
  const known = shared.filter(({ stimulus }) => stimulus.mos !== null);
  const [test] =
    results.scenario === 'fr'
      ? []
      : compareModels({ mos: known.map(({ stimulus }) => stimulus.mos as number) }, [
          { name: a, predictions: known.map((one) => one.a) },
          { name: b, predictions: known.map((one) => one.b) }
        ]);
  return {
    n: shared.length,
    srcc: spearman(
      shared.map((one) => one.a),
      shared.map((one) => one.b)
    ),
    test: test ?? null,
    points: shared.map(({ stimulus, ...values }) => ({ name: stimulus.stimulus, ...values })),
    differences
  };
}
