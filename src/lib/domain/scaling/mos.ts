import { meanInterval } from '#lib/stats/intervals.ts';
import { entriesBy, type Ratings } from './ratings.ts';

export interface OpinionScore {
  /** Number of ratings. */
  n: number;
  /** Mean opinion score; null without ratings. */
  mos: number | null;
  /** Standard deviation of the ratings with n − 1; null for n < 2. Never the standard error. */
  sigma: number | null;
  /** Standard error of the mean, σ/√n; null for n < 2. */
  sem: number | null;
  /** MOS ± t(0.975, n − 1)·SEM; null for n < 2. */
  ci95: [number, number] | null;
}

/**
 * Mean, spread and interval of the ratings of one stimulus, in their own unit. Equal ratings have σ exactly 0
 * and an interval of length 0. Source: ITU-R BT.500-15, Part 1, § A1-2.2, with Student's t for small n.
 */
export function opinionScore(values: ArrayLike<number>): OpinionScore {
  const n = values.length;
  if (n === 0) return { n, mos: null, sigma: null, sem: null, ci95: null };
  const { mean, squares } = centralSquares(values);
  if (n === 1) return { n, mos: mean, sigma: null, sem: null, ci95: null };
  const sigma = Math.sqrt(squares / (n - 1));
  const interval = meanInterval(mean, sigma, n) as readonly [number, number];
  return { n, mos: mean, sigma, sem: sigma / Math.sqrt(n), ci95: [interval[0], interval[1]] };
}

/** The opinion score of every stimulus, by number; those without ratings have n = 0. */
export function meanOpinionScores(ratings: Ratings): OpinionScore[] {
  return entriesBy(ratings.stimulus, ratings.stimuli).map((entries) =>
    opinionScore(Float64Array.from(entries, (at) => ratings.rating[at] as number))
  );
}

/**
 * Mean and Σ(x − mean)² of at least one value. The mean is the plain sum over n, so that stimuli with the same whole ratings in
 * another order tie exactly; values that are all equal are their own mean, with spread exactly 0 (0.1 three
 * times does not average 0.1 when merely added up).
 */
export function centralSquares(values: ArrayLike<number>): { mean: number; squares: number } {
  const n = values.length;
  const one = values[0] as number;
  let sum = 0;
  let equal = true;
  for (let i = 0; i < n; i++) {
    sum += values[i] as number;
    equal &&= values[i] === one;
  }
  if (equal) return { mean: one, squares: 0 };
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] as number) - mean) ** 2;
  return { mean, squares };
}
