import { deviance, logGamma, stirlingError } from './gamma.ts';

/**
 * The regularised incomplete gamma functions P(a, x) = γ(a, x)/Γ(a) and Q = 1 − P. Series below a + 1,
 * continued fraction (DLMF 8.9.2, modified Lentz) above, so that the smaller of the two has full relative
 * accuracy; about √a steps near the mean.
 *
 * @param a above 0. @param x at least 0 (+∞ allowed).
 * @throws RangeError otherwise.
 */
export function incompleteGamma(a: number, x: number): { lower: number; upper: number } {
  if (!(a > 0)) throw new RangeError(`incompleteGamma needs a > 0, not ${a}`);
  if (!(x >= 0)) throw new RangeError(`incompleteGamma needs x >= 0, not ${x}`);
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  if (x < a + 1) {
    const lower = Math.min(1, (gammaFactor(a, x) / a) * series(a, x));
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, gammaFactor(a, x) * continuedFraction(a, x));
  return { lower: 1 - upper, upper };
}

/** xᵃ e⁻ˣ / Γ(a). */
function gammaFactor(a: number, x: number): number {
  if (a < 1) return Math.exp(a * Math.log(x) - x - logGamma(a));
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(-stirlingError(a) - deviance(a, x));
}

function series(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 1_000_000; k++) {
    term *= x / (a + k);
    sum += term;
    if (term < sum * 1e-17) return sum;
  }
  throw new Error(`the series of P(${a}, ${x}) did not settle`);
}

function continuedFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let value = d;
  for (let k = 1; k < 1_000_000; k++) {
    const factor = -k * (k - a);
    b += 2;
    d = factor * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + factor / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const step = d * c;
    value *= step;
    if (Math.abs(step - 1) < 2e-16) return value;
  }
  throw new Error(`the continued fraction of Q(${a}, ${x}) did not settle`);
}
