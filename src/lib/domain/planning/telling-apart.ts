import { meanInterval } from '#lib/stats/intervals.ts';
import { normalCdf, normalQuantile } from '#lib/stats/normal.ts';
import { studentQuantile } from '#lib/stats/student-t.ts';

/** What is asked of a difference: seen in so many studies out of all, at the usual two-sided 5 %. */
export const POWER = 0.8;
const Z = normalQuantile(0.975);

/**
 * What one vote tells of the difference of two stimuli that are seen as equal: φ(0)²/(½·½) = 2/π, Thurstone's Case V with
 * differences of unit variance.
 */
const INFORMATION = 2 / Math.PI;

/** A design of pairs or groups, as its plan reports itself. */
export interface ComparisonDesign {
  /** How many stand in a trial: 2, or a group's size. */
  together: number;
  /** With how many different others a stimulus is compared, on average. */
  degree: number;
}

/**
 * The standard error that a stimulus's Thurstone value will have, before anybody has sat, where all are about equal and
 * each is compared in so many votes: √(e·g / (v·2/π)).
 *
 * - v: votes that a stimulus stands in; an answer that orders k stimuli is k − 1 votes for each of them.
 * - g = (d − 1)/(d − 2): what a design of degree d loses against every pair, from the Green's function of the infinite
 *   d-regular tree at 0, to which random regular designs come close (Kesten, Transactions of the AMS 92, 1959; McKay, Linear Algebra
 *   and its Applications 40, 1981).
 * - e = (k + 1)/3: what the votes in one ranking lose because they come from one look: a rank among k has variance
 *   (k² − 1)/12, while k − 1 independent votes have (k − 1)/4. 1 for pairs.
 *
 * Held against simulated panels in the tests. Ties, and differences so large that everybody agrees, make it larger; the
 * prior of MAP makes it smaller where there are few votes.
 *
 * @returns null without votes, or where a stimulus meets fewer than three others (no such tree).
 */
export function scaleStandardError(votes: number, { together, degree }: ComparisonDesign): number | null {
  if (!(votes > 0) || !(degree > 2)) return null;
  return Math.sqrt(((together + 1) / 3) * ((degree - 1) / (degree - 2)) * (1 / (votes * INFORMATION)));
}

/**
 * The least difference of two scale values that a study finds with `POWER`: (z(0.975) + z(0.8))·√2·SE, and as the share of
 * votes for the better one, Φ of it.
 */
export function leastScaleDifference(se: number): { difference: number; share: number } {
  const difference = (Z + normalQuantile(POWER)) * Math.SQRT2 * se;
  return { difference, share: normalCdf(difference) };
}

/**
 * The least difference of two mean scores that n people who score both find with `POWER`, in the unit of σ:
 * (t(0.975, n − 1) + z(0.8))·σ·√(2/n). Their scores of the two are taken as independent; where people agree on what is
 * better and differ in how they use the scale, less is enough.
 *
 * @returns null for fewer than two.
 */
export function leastMeanDifference(sigma: number, n: number): number | null {
  if (meanInterval(0, sigma, n) === null) return null;
  return (studentQuantile(0.975, n - 1) + normalQuantile(POWER)) * sigma * Math.sqrt(2 / n);
}
