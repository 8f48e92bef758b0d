import { midRanks } from '#lib/stats/rank.ts';
import { spearman } from '#lib/stats/correlation.ts';
import { breakDown, type Breakdown } from './compare-breakdown.ts';
import { testFamily, type FamilyTest } from './compare-test.ts';
import type { StudyResults, StimulusResult } from './study-results.ts';

/** A stimulus that two observers gave a value. */
export interface Shared {
  stimulus: Pick<
    StimulusResult,
    'stimulus' | 'reference' | 'id' | 'sha256' | 'mos' | 'sigma' | 'distortion' | 'level'
  >;
  a: number;
  b: number;
  /** Places of the stimulus among those shared, as shares from 0 (worst) to 1 (best). */
  placeA: number;
  placeB: number;
}

export interface TwoObservers {
  n: number;
  /** Of their values with each other; over references the mean within them. */
  srcc: number | null;
  /** Which agrees with the MOS better, corrected for the whole family of comparisons. */
  test: FamilyTest | null;
  points: { name: string; a: number; b: number }[];
  /** All that they share, the widest apart first. */
  differences: Shared[];
  /** The same taken apart by what the stimuli are. */
  breakdowns: Breakdown[];
}

export interface CompareOptions {
  /** 1 where a high MOS is good, else −1. */
  direction?: 1 | -1;
  /** Whose pairs make up the family that Holm's correction is over; the two are added. */
  family?: readonly string[];
}

/**
 * Two observers on the stimuli that both gave a value. They are told apart by places, not by values: one may use its scale
 * otherwise than the other. Within a reference where there are references.
 */
export function compareTwo(
  results: Pick<StudyResults, 'scenario' | 'stimuli'>,
  a: string,
  b: string,
  { direction = 1, family = [] }: CompareOptions = {}
): TwoObservers {
  const pooled = results.scenario === 'fr';
  const shared = results.stimuli.flatMap(({ values, ...stimulus }) => {
    const [first, second] = [values[a], values[b]];
    return first && second ? [{ stimulus, a: first.value, b: second.value }] : [];
  });
  const pools = new Map<string | null, typeof shared>();
  for (const one of shared) {
    const pool = pooled ? one.stimulus.reference : null;
    const members = pools.get(pool);
    if (members) members.push(one);
    else pools.set(pool, [one]);
  }
  const differences = [...pools.values()].flatMap((members) => {
    const [ra, rb] = [midRanks(members.map((one) => one.a)), midRanks(members.map((one) => one.b))];
    const place = (rank: number) => (members.length < 2 ? 0.5 : (rank - 1) / (members.length - 1));
    return members.map((one, i): Shared => ({
      ...one,
      placeA: place(ra[i] as number),
      placeB: place(rb[i] as number)
    }));
  });
  differences.sort((x, y) => Math.abs(y.placeA - y.placeB) - Math.abs(x.placeA - x.placeB));
  const each = [...pools.values()].flatMap(
    (members) =>
      spearman(
        members.map((one) => one.a),
        members.map((one) => one.b)
      ) ?? []
  );
  return {
    n: shared.length,
    srcc: each.length === 0 ? null : each.reduce((sum, r) => sum + r, 0) / each.length,
    test: testFamily(results, a, b, family, direction),
    points: shared.map(({ stimulus, a: x, b: y }) => ({ name: stimulus.stimulus, a: x, b: y })),
    differences,
    breakdowns: breakDown(differences, pooled, direction)
  };
}
