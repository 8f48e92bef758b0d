import type { Bounds } from './bootstrap.ts';
import { normalQuantile } from './normal.ts';
import { studentQuantile } from './student-t.ts';

/**
 * tanh(atanh r ± z·se): an interval that is symmetric on Fisher's scale and stays inside [−1, 1].
 *
 * @returns null at |r| = 1, where Fisher's z is infinite, and where the variance is not positive and finite.
 */
export function fisherScaleInterval(r: number, variance: number, level = 0.95): Bounds | null {
  if (!(Math.abs(r) < 1) || !(variance > 0) || !Number.isFinite(variance)) return null;
  const half = normalQuantile((1 + level) / 2) * Math.sqrt(variance);
  return [Math.tanh(Math.atanh(r) - half), Math.tanh(Math.atanh(r) + half)];
}

/**
 * Fisher's interval for Pearson's r: variance 1/(n − 3) on the z scale.
 *
 * @returns null for n ≤ 3 or |r| = 1.
 * Source: R. Fisher, Metron 1 (1921).
 */
export function pearsonInterval(r: number, n: number, level = 0.95): Bounds | null {
  return fisherScaleInterval(r, 1 / (n - 3), level);
}

/**
 * Bonett and Wright's interval for Spearman's ρ: variance (1 + ρ²/2)/(n − 3) on the z scale. Quick, and close
 * to its level up to ρ about 0.95.
 *
 * @returns null for n ≤ 3 or |ρ| = 1.
 * Source: D. Bonett, T. Wright, Psychometrika 65 (2000).
 */
export function spearmanInterval(rho: number, n: number, level = 0.95): Bounds | null {
  return fisherScaleInterval(rho, (1 + (rho * rho) / 2) / (n - 3), level);
}

/**
 * Bonett and Wright's interval for Kendall's τ: variance 0.437/(n − 4) on the z scale.
 *
 * @returns null for n ≤ 4 or |τ| = 1.
 * Source: D. Bonett, T. Wright, Psychometrika 65 (2000), after Fieller, Hartley and Pearson (1957).
 */
export function kendallInterval(tau: number, n: number, level = 0.95): Bounds | null {
  return fisherScaleInterval(tau, 0.437 / (n - 4), level);
}

/**
 * Student's interval of a mean: mean ± t((1 + level)/2, n − 1)·sd/√n.
 *
 * @param sd with n − 1.
 * @returns null for n < 2.
 */
export function meanInterval(mean: number, sd: number, n: number, level = 0.95): Bounds | null {
  if (!(n >= 2)) return null;
  const half = (studentQuantile((1 + level) / 2, n - 1) * sd) / Math.sqrt(n);
  return [mean - half, mean + half];
}

/**
 * Wilson's score interval of a proportion. Never empty and never outside [0, 1], unlike p ± z·se.
 *
 * @param successes from 0 to n; halves are allowed (a tie that counts for both sides).
 * @returns null for n = 0.
 * Source: E. Wilson, JASA 22 (1927).
 */
export function proportionInterval(successes: number, n: number, level = 0.95): Bounds | null {
  if (!(n > 0)) return null;
  const z = normalQuantile((1 + level) / 2);
  const p = successes / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/**
 * The bound that |r| of n unrelated pairs exceeds in a share 1 − level of samples: t/√(n − 2 + t²) with the
 * two-sided quantile t of Student's t on n − 2 degrees of freedom. Exact for Pearson under normality, the
 * usual approximation for Spearman: what answers at random reach.
 *
 * @returns null for n < 3.
 */
export function chanceCorrelation(n: number, level = 0.95): number | null {
  if (!(n >= 3)) return null;
  const t = studentQuantile((1 + level) / 2, n - 2);
  return t / Math.hypot(Math.sqrt(n - 2), t);
}
