import { fisherScaleInterval } from './intervals.ts';
import type { Bounds } from './bootstrap.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { studentTwoSidedP } from './student-t.ts';

/** A test statistic and its two-sided p-value. */
export interface ComparisonTest {
  statistic: number;
  p: number;
}

/** Three correlations among y, x₁ and x₂ over the same n rows: does x₁ follow y more closely than x₂ does? */
export interface OverlappingCorrelations {
  /** Of y with x₁. */
  r1: number;
  /** Of y with x₂. */
  r2: number;
  /** Of x₁ with x₂. */
  r12: number;
  n: number;
}

/**
 * Meng, Rosenthal and Rubin's z: (z₁ − z₂)·√((n − 3)/(2(1 − r₁₂)h)) with Fisher's z of both correlations,
 * h = (1 − f·r̄²)/(1 − r̄²), r̄² = (r₁² + r₂²)/2, f = (1 − r₁₂)/(2(1 − r̄²)) at most 1; on the normal.
 * Meant for Pearson correlations. Fed with Spearman's, as is common, it holds its level up to about 0.6 and
 * rejects a true null too often beyond (8 % instead of 5 % at ρ = 0.85, n = 60, in this project's simulation):
 * look at the bootstrap interval of the difference too.
 *
 * @returns null for n ≤ 3 or a correlation of ±1 with y, where Fisher's z is infinite. Equal correlations
 *   give statistic 0 and p 1, also where x₁ and x₂ are the same (r₁₂ = 1).
 * Source: X.-L. Meng, R. Rosenthal, D. Rubin, Psychological Bulletin 111 (1992).
 */
export function mengRosenthalRubin(given: OverlappingCorrelations): ComparisonTest | null {
  const scale = mengScale(given);
  return scale === null ? null : onNormal(fisherDifference(given), scale);
}

/**
 * Their interval for the difference z₁ − z₂ of Fisher's z.
 *
 * @returns null as for the test, and for r₁₂ = 1.
 */
export function mengRosenthalRubinInterval(given: OverlappingCorrelations, level = 0.95): Bounds | null {
  const scale = mengScale(given);
  if (scale === null || scale === 0) return null;
  const half = normalQuantile((1 + level) / 2) * scale;
  return [fisherDifference(given) - half, fisherDifference(given) + half];
}

/** The standard error of z₁ − z₂. */
function mengScale(given: OverlappingCorrelations): number | null {
  const { r1, r2, r12, n } = given;
  if (!testable(given)) return null;
  const meanSquare = (r1 * r1 + r2 * r2) / 2;
  const f = Math.min(1, (1 - r12) / (2 * (1 - meanSquare)));
  const h = (1 - f * meanSquare) / (1 - meanSquare);
  return Math.sqrt((2 * (1 - r12) * h) / (n - 3));
}

/**
 * Steiger's z (his equation 14): (z₁ − z₂)·√((n − 3)/(2 − 2c)), with the covariance c of the two Fisher z taken
 * at the mean of the two correlations.
 *
 * @returns null as for Meng, Rosenthal and Rubin's.
 * Source: J. Steiger, Psychological Bulletin 87 (1980).
 */
export function steiger(given: OverlappingCorrelations): ComparisonTest | null {
  return withPooledCovariance(given, (given.r1 + given.r2) / 2);
}

/**
 * Hittner, May and Silver's modification of Dunn and Clark's z: as Steiger's, with the covariance taken at
 * the back-transformed mean of the two Fisher z.
 *
 * @returns null as for Meng, Rosenthal and Rubin's.
 * Source: J. Hittner, K. May, N. Silver, Journal of General Psychology 130 (2003).
 */
export function hittner(given: OverlappingCorrelations): ComparisonTest | null {
  return withPooledCovariance(given, Math.tanh((Math.atanh(given.r1) + Math.atanh(given.r2)) / 2));
}

function withPooledCovariance(given: OverlappingCorrelations, pooled: number): ComparisonTest | null {
  if (!testable(given)) return null;
  const square = pooled * pooled;
  const psi = given.r12 * (1 - 2 * square) - (square * (1 - 2 * square - given.r12 ** 2)) / 2;
  const c = psi / (1 - square) ** 2;
  return onNormal(fisherDifference(given), Math.sqrt(Math.max(0, (2 - 2 * c) / (given.n - 3))));
}

/**
 * Williams' t on n − 3 degrees of freedom, Hotelling's test put right:
 * (r₁ − r₂)·√((n − 1)(1 + r₁₂) / (2·(n − 1)/(n − 3)·|R| + r̄²(1 − r₁₂)³)), |R| the determinant of the three
 * correlations and r̄ the mean of r₁ and r₂.
 *
 * @returns null for n ≤ 3 or a correlation of ±1 with y.
 * Source: E. Williams, Journal of the Royal Statistical Society B 21 (1959).
 */
export function williams(given: OverlappingCorrelations): ComparisonTest | null {
  if (!testable(given)) return null;
  const { r1, r2, r12, n } = given;
  if (r1 === r2) return { statistic: 0, p: 1 };
  const determinant = Math.max(0, 1 - r1 * r1 - r2 * r2 - r12 * r12 + 2 * r1 * r2 * r12);
  const mean = (r1 + r2) / 2;
  const spread = (2 * (n - 1) * determinant) / (n - 3) + mean * mean * (1 - r12) ** 3;
  const statistic = (r1 - r2) * Math.sqrt(((n - 1) * (1 + r12)) / spread);
  return Number.isFinite(statistic) ? { statistic, p: studentTwoSidedP(statistic, n - 3) } : null;
}

/** Correlations of two samples that share no row. */
export interface IndependentCorrelations {
  r1: number;
  n1: number;
  r2: number;
  n2: number;
}

/**
 * Fisher's z for correlations of two separate samples: (z₁ − z₂)/√(1/(n₁ − 3) + 1/(n₂ − 3)).
 *
 * @returns null for n ≤ 3 or a correlation of ±1.
 * Source: R. Fisher, Metron 1 (1921).
 */
export function independentCorrelations(given: IndependentCorrelations): ComparisonTest | null {
  const { r1, n1, r2, n2 } = given;
  if (!(n1 > 3 && n2 > 3) || !(Math.abs(r1) < 1 && Math.abs(r2) < 1)) return null;
  return onNormal(Math.atanh(r1) - Math.atanh(r2), Math.sqrt(1 / (n1 - 3) + 1 / (n2 - 3)));
}

/**
 * Zou's interval for the difference r₁ − r₂ itself, from the two correlations' own Fisher intervals.
 *
 * @param r12 for correlations that share y, the correlation of x₁ with x₂; left out for separate samples.
 * @returns null where an interval does not exist.
 * Source: G. Zou, Psychological Methods 12 (2007).
 */
export function differenceInterval(
  { r1, n1, r2, n2 }: IndependentCorrelations,
  r12?: number,
  level = 0.95
): Bounds | null {
  const first = fisherScaleInterval(r1, 1 / (n1 - 3), level);
  const second = fisherScaleInterval(r2, 1 / (n2 - 3), level);
  if (first === null || second === null) return null;
  let c = 0;
  if (r12 !== undefined) {
    const numerator = (r12 - (r1 * r2) / 2) * (1 - r1 * r1 - r2 * r2 - r12 * r12) + r12 ** 3;
    c = numerator / ((1 - r1 * r1) * (1 - r2 * r2));
  }
  const reach = (a: number, b: number) => Math.sqrt(Math.max(0, a * a + b * b - 2 * c * a * b));
  return [r1 - r2 - reach(r1 - first[0], second[1] - r2), r1 - r2 + reach(first[1] - r1, r2 - second[0])];
}

/** The four cross correlations of a pair (j, k) with a pair (h, m), beside those within the pairs, over n rows. */
export interface SeparateCorrelations {
  jk: number;
  hm: number;
  jh: number;
  jm: number;
  kh: number;
  km: number;
  n: number;
}

/**
 * Two correlations over the same rows that share no variable, r(j, k) against r(h, m): a difference of
 * Fisher's z with their covariance at the pooled correlation.
 *
 * @param pooling `mean`: Steiger's mean of the two correlations; `fisher`: Silver, Hittner and May's
 *   back-transformed mean of z.
 * @returns null for n ≤ 3 or a correlation of ±1 within a pair.
 * Source: J. Steiger, Psychological Bulletin 87 (1980); N. Silver, J. Hittner, K. May, Journal of Experimental
 * Education 73 (2004).
 */
export function separateCorrelations(
  { jk, hm, jh, jm, kh, km, n }: SeparateCorrelations,
  pooling: 'mean' | 'fisher' = 'fisher'
): ComparisonTest | null {
  if (!(n > 3) || !(Math.abs(jk) < 1 && Math.abs(hm) < 1)) return null;
  const pooled = pooling === 'mean' ? (jk + hm) / 2 : Math.tanh((Math.atanh(jk) + Math.atanh(hm)) / 2);
  const psi =
    ((jh - pooled * kh) * (km - kh * pooled) +
      (jm - jh * pooled) * (kh - pooled * jh) +
      (jh - jm * pooled) * (km - pooled * jm) +
      (jm - pooled * km) * (kh - km * pooled)) /
    2;
  const c = psi / (1 - pooled * pooled) ** 2;
  return onNormal(Math.atanh(jk) - Math.atanh(hm), Math.sqrt(Math.max(0, (2 - 2 * c) / (n - 3))));
}

function testable({ r1, r2, r12, n }: OverlappingCorrelations): boolean {
  return n > 3 && Math.abs(r1) < 1 && Math.abs(r2) < 1 && Math.abs(r12) <= 1;
}

function fisherDifference({ r1, r2 }: { r1: number; r2: number }): number {
  return Math.atanh(r1) - Math.atanh(r2);
}

function onNormal(difference: number, standardError: number): ComparisonTest | null {
  if (difference === 0) return { statistic: 0, p: 1 };
  if (!(standardError > 0)) return null;
  const statistic = difference / standardError;
  return { statistic, p: 2 * normalCdf(-Math.abs(statistic)) };
}
