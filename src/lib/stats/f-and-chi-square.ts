import { incompleteBeta } from './incomplete-beta.ts';
import { incompleteGamma } from './incomplete-gamma.ts';

/** The two tails of a distribution at a point; each keeps its relative accuracy where it is the smaller one. */
export interface Tails {
  lower: number;
  upper: number;
}

/**
 * P(F ≤ f) and P(F ≥ f) for an F-distributed variable: lower = I_x(d₁/2, d₂/2) at x = d₁f/(d₁f + d₂).
 *
 * @param f at least 0. @param df1 numerator's degrees of freedom. @param df2 denominator's.
 * @throws RangeError for f below 0 or degrees of freedom not above 0.
 */
export function fTails(f: number, df1: number, df2: number): Tails {
  if (!(f >= 0)) throw new RangeError(`an F ratio is at least 0, not ${f}`);
  if (!(df1 > 0 && df2 > 0))
    throw new RangeError(`F needs degrees of freedom above 0, not ${df1} and ${df2}`);
  if (f === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  const ratio = (df1 / df2) * f;
  const x = ratio / (1 + ratio);
  const y = 1 / (1 + ratio);
  return { lower: incompleteBeta(df1 / 2, df2 / 2, x, y), upper: incompleteBeta(df2 / 2, df1 / 2, y, x) };
}

/**
 * The f with P(F ≤ f) = p, by a bracketed secant search on ln f.
 *
 * @returns 0 at p = 0, +∞ at p = 1.
 * @throws RangeError for p outside [0, 1] or degrees of freedom not above 0.
 */
export function fQuantile(p: number, df1: number, df2: number): number {
  return quantileOfTails(p, (f) => fTails(f, df1, df2));
}

/**
 * P(X ≤ x) and P(X ≥ x) for a chi-square variable with df degrees of freedom: the incomplete gamma
 * functions of df/2 at x/2.
 *
 * @throws RangeError for x below 0 or df not above 0.
 */
export function chiSquareTails(x: number, df: number): Tails {
  return incompleteGamma(df / 2, x / 2);
}

/**
 * The x with P(X ≤ x) = p for a chi-square variable.
 *
 * @returns 0 at p = 0, +∞ at p = 1.
 * @throws RangeError for p outside [0, 1] or df not above 0.
 */
export function chiSquareQuantile(p: number, df: number): number {
  return quantileOfTails(p, (x) => chiSquareTails(x, df));
}

/** The point on (0, ∞) where the smaller tail has its size: bisection on ln x, sharpened by regula falsi. */
function quantileOfTails(p: number, tails: (x: number) => Tails): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability lies in [0, 1], not ${p}`);
  tails(1);
  if (p === 0) return 0;
  if (p === 1) return Number.POSITIVE_INFINITY;
  // Positive above the quantile. Logarithms make a tail of 1e-200 as easy as one of 0.1.
  const error =
    p <= 0.5
      ? (u: number) => Math.log(tails(Math.exp(u)).lower) - Math.log(p)
      : (u: number) => Math.log1p(-p) - Math.log(tails(Math.exp(u)).upper);
  let low = -1;
  let high = 1;
  while (error(low) > 0) {
    if (low < -740) return 0;
    low *= 2;
  }
  while (error(high) < 0) {
    if (high > 709) return Number.POSITIVE_INFINITY;
    high = Math.min(high * 2, 710);
  }
  let atLow = error(low);
  let atHigh = error(high);
  for (let i = 0; i < 300; i++) {
    const middle = (low + high) / 2;
    const secant = low - (atLow * (high - low)) / (atHigh - atLow);
    // Every second step halves the bracket, so that it shrinks even where the secant creeps.
    const u = i % 2 === 1 && secant > low && secant < high ? secant : middle;
    const at = error(u);
    if (at === 0) return Math.exp(u);
    if (at < 0) {
      low = u;
      atLow = at;
    } else {
      high = u;
      atHigh = at;
    }
    if (high - low <= 2e-16 * Math.max(1, Math.abs(u))) break;
  }
  return Math.exp((low + high) / 2);
}
