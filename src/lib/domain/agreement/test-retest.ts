import type { Bounds } from '#lib/stats/bootstrap.ts';
import { pearson, spearman } from '#lib/stats/correlation.ts';
import { meanInterval, pearsonInterval, proportionInterval } from '#lib/stats/intervals.ts';

export interface RetestOfChoices {
  /** Trials answered twice. */
  n: number;
  /** The share answered the same way both times. */
  agreement: number;
  ci95: Bounds;
}

/**
 * Test-retest of answers that are categories (first, second, same, as the stimuli are and not as they stood): the
 * share of repeated trials with the same answer, with Wilson's interval.
 *
 * @returns null for no trial.
 */
export function retestChoices(pairs: readonly (readonly [string, string])[]): RetestOfChoices | null {
  const n = pairs.length;
  if (n === 0) return null;
  const equal = pairs.filter(([test, retest]) => test === retest).length;
  return { n, agreement: equal / n, ci95: proportionInterval(equal, n) as Bounds };
}

export interface RetestOfScores {
  n: number;
  /** Null for constants and single trials. */
  pearson: number | null;
  /** Fisher's z interval of Pearson's r; null for n ≤ 3 or |r| = 1. */
  pearsonCi95: Bounds | null;
  spearman: number | null;
  /** Retest minus test: whether the scale drifted. */
  drift: number;
  driftCi95: Bounds | null;
  /** The SD of one answer about what the observer gives on average: SD of the differences over √2. */
  withinSd: number | null;
}

/**
 * Test-retest of scores: correlations of the two sittings, the mean drift with Student's interval, and the
 * within-observer standard deviation, in the unit of the scores.
 *
 * @returns null for no trial; withinSd and the interval are null for one.
 */
export function retestScores(pairs: readonly (readonly [number, number])[]): RetestOfScores | null {
  const n = pairs.length;
  if (n === 0) return null;
  const test = pairs.map(([first]) => first);
  const retest = pairs.map(([, second]) => second);
  const differences = pairs.map(([first, second]) => second - first);
  const drift = differences.reduce((sum, value) => sum + value, 0) / n;
  const squares = differences.reduce((sum, value) => sum + (value - drift) ** 2, 0);
  const r = pearson(test, retest);
  const sd = n > 1 ? Math.sqrt(squares / (n - 1)) : null;
  return {
    n,
    pearson: r,
    pearsonCi95: r === null ? null : pearsonInterval(r, n),
    spearman: spearman(test, retest),
    drift,
    driftCi95: sd === null ? null : meanInterval(drift, sd, n),
    withinSd: sd === null ? null : sd / Math.SQRT2
  };
}
