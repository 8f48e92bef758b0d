import { deviance, stirlingError } from './gamma.ts';

/**
 * The regularised incomplete beta function I_x(a, b) = B(x; a, b)/B(a, b): the distribution function at x
 * of a Beta(a, b) variable. Continued fraction (DLMF 8.17.22, modified Lentz), its factor xᵃyᵇ/B(a, b)
 * in Loader's saddle-point form so that large a and b lose nothing.
 *
 * @param a above 0. @param b above 0.
 * @param x in [0, 1].
 * @param y 1 − x, given by the caller where x is so near 1 that the subtraction would lose it.
 * @returns I_x(a, b), with full relative accuracy also where it is tiny; its complement is I_y(b, a).
 * @throws RangeError for a or b not above 0, or x outside [0, 1].
 */
export function incompleteBeta(a: number, b: number, x: number, y: number = 1 - x): number {
  if (!(a > 0 && b > 0)) throw new RangeError(`incompleteBeta needs a > 0 and b > 0, not ${a} and ${b}`);
  if (!(x >= 0 && x <= 1)) throw new RangeError(`incompleteBeta needs x in [0, 1], not ${x}`);
  if (x === 0) return 0;
  if (y === 0) return 1;
  // The fraction converges fast on the near side of the mean only.
  if (x * (b + 1) <= y * (a + 1)) return lowerTail(a, b, x, y);
  return 1 - lowerTail(b, a, y, x);
}

function lowerTail(a: number, b: number, x: number, y: number): number {
  return (betaFactor(a, b, x, y) / a) * continuedFraction(a, b, x, y);
}

/** xᵃ yᵇ / B(a, b). */
function betaFactor(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  const offMean = a * y - b * x;
  const exponent =
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    deviance(a, n * x, offMean) -
    deviance(b, n * y, -offMean);
  return Math.sqrt((a * b) / n / (2 * Math.PI)) * Math.exp(exponent);
}

/** The even part of DLMF 8.17.22, its terms written with 1 − x where they would cancel. */
function continuedFraction(a: number, b: number, x: number, y: number): number {
  const tiny = 1e-300;
  const atMean = 1 + a * y - b * x;
  let c = atMean / (a + 1);
  let d = 0;
  let inverse = c;
  for (let n = 1; n <= 100_000; n++) {
    const s = a + 2 * n - 1;
    const step = n * (b - n) * x;
    const numerator = (((a + n - 1) * (a + b + n - 1) * x) / ((s - 1) * s)) * (step / (s * (s + 1)));
    const denominator = (n + step / s + ((a + n) / (s + 2)) * (atMean + n * (y + 1))) / (s + 1);
    d = denominator + numerator * d;
    c = denominator + numerator / c;
    if (Math.abs(d) < tiny) d = tiny;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const factor = c * d;
    inverse *= factor;
    if (Math.abs(factor - 1) < 2e-16) return 1 / inverse;
  }
  throw new Error(`the continued fraction of I_x(${a}, ${b}) at ${x} did not settle`);
}
