import { deviance, logGamma, stirlingError } from './gamma.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import { normalQuantile } from './normal.ts';

/** P(|T| ≥ |t|) without the checks. */
function twoTails(t: number, df: number): number {
  if (t === 0) return 1;
  if (!Number.isFinite(t)) return 0;
  // t²/(df + t²) from the larger of the two, so that neither squares into infinity.
  const a = Math.abs(t);
  const root = Math.sqrt(df);
  const ratio = a > root ? root / a : a / root;
  if (a > root && ratio < 1e-100) {
    // x = ratio² would underflow; of I_x only the first term x^(df/2)/(df/2 · B) is left.
    const logBeta = logGamma(df / 2) + logGamma(0.5) - logGamma(df / 2 + 0.5);
    return Math.exp(df * Math.log(ratio) - Math.log(df / 2) - logBeta);
  }
  const smaller = (ratio * ratio) / (1 + ratio * ratio);
  const larger = 1 / (1 + ratio * ratio);
  return a > root
    ? incompleteBeta(df / 2, 0.5, smaller, larger)
    : incompleteBeta(df / 2, 0.5, larger, smaller);
}

function checkDf(df: number): void {
  if (!(df > 0)) throw new RangeError(`Student's t needs degrees of freedom above 0, not ${df}`);
}

/**
 * The two-sided p-value P(|T| ≥ |t|) of Student's t with df degrees of freedom (not necessarily whole), in
 * words: I_x(df/2, 1/2) at x = df/(df + t²). Relative accuracy about 1e-14 in the tails too.
 *
 * @returns 1 at t = 0, 0 at ±∞.
 * @throws RangeError for df not above 0 or t not a number.
 */
export function studentTwoSidedP(t: number, df: number): number {
  checkDf(df);
  if (Number.isNaN(t)) throw new RangeError('t is not a number');
  return twoTails(t, df);
}

/**
 * The distribution function P(T ≤ t) of Student's t with df degrees of freedom. For the upper tail take
 * −t: it keeps its relative accuracy.
 *
 * @throws RangeError for df not above 0 or t not a number.
 */
export function studentCdf(t: number, df: number): number {
  const half = studentTwoSidedP(t, df) / 2;
  return t > 0 ? 1 - half : half;
}

/** The density of T at t (Loader's saddle-point form; the sign of t does not matter). */
function density(t: number, df: number): number {
  const half = df / 2;
  const constant = stirlingError(half + 0.5) - stirlingError(half) - deviance(half, half + 0.5);
  const spread = (t / df) * t;
  return Math.exp(constant - half * Math.log1p(spread)) / Math.sqrt(2 * Math.PI * (1 + spread));
}

/**
 * The quantile t with P(T ≤ t) = p, by Newton's steps on the logarithm of the tail, kept inside a bracket.
 *
 * @param p in (0, 1). @param df above 0, not necessarily whole.
 * @returns t to about 1e-14 relative; exactly 0 at p = ½; ∓∞ at p = 0 and 1.
 * @throws RangeError for p outside [0, 1] or df not above 0.
 */
export function studentQuantile(p: number, df: number): number {
  checkDf(df);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability lies in [0, 1], not ${p}`);
  if (p === 0.5) return 0;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  const tail = p < 0.5 ? p : 1 - p;
  const magnitude = upperQuantile(tail, df);
  return p < 0.5 ? -magnitude : magnitude;
}

/** The t > 0 with P(T ≥ t) = tail, tail in (0, ½). */
function upperQuantile(tail: number, df: number): number {
  // On u = ln t the logarithm of the tail is smooth and never steep, for df = 1 as for df → ∞.
  const logTail = Math.log(tail);
  const start = -normalQuantile(tail);
  let low = -40;
  let high = Math.log(start + 1);
  while (Math.log(twoTails(Math.exp(high), df) / 2) > logTail) {
    low = high;
    high += 1;
    if (high > 709) return Number.POSITIVE_INFINITY;
  }
  let u = Math.log(start);
  if (!(u > low && u < high)) u = (low + high) / 2;
  for (let i = 0; i < 200; i++) {
    const t = Math.exp(u);
    const p = twoTails(t, df) / 2;
    const error = Math.log(p) - logTail;
    if (error > 0) low = u;
    else high = u;
    let next = u + (error * p) / (t * density(t, df));
    if (!(next >= low && next <= high)) next = (low + high) / 2;
    if (Math.abs(next - u) <= 2e-16 * Math.max(1, Math.abs(u))) return Math.exp(next);
    u = next;
  }
  return Math.exp(u);
}
