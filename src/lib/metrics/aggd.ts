/** An asymmetric generalised Gaussian: shape α, and the scales β of its left and right side. */
export interface AsymmetricGaussian {
  alpha: number;
  betaLeft: number;
  betaRight: number;
}

/** Shapes that are tried, as the metric's authors do: 0.2 to 10 in steps of 0.001. */
const STEPS = 9801;
const shapeAt = (step: number) => 0.2 + 0.001 * step;

/** ln Γ(x) for x > 0 (Lanczos, g = 7, nine terms): relative error below 1e-13. */
export function logGamma(x: number): number {
  const series = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  let sum = 0.99999999999980993;
  series.forEach((term, i) => {
    sum += term / (x + i);
  });
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Γ(2/α)²/(Γ(1/α)·Γ(3/α)) for every shape, rising with α. */
let ratios: Float64Array | null = null;
function ratioTable(): Float64Array {
  if (ratios !== null) return ratios;
  ratios = new Float64Array(STEPS);
  for (let step = 0; step < STEPS; step++) {
    const a = shapeAt(step);
    ratios[step] = Math.exp(2 * logGamma(2 / a) - logGamma(1 / a) - logGamma(3 / a));
  }
  return ratios;
}

/**
 * Fits an asymmetric generalised Gaussian by moments: the shape whose ratio of E|x|² to E[x²], corrected for the
 * asymmetry of the two sides, is nearest to the one observed.
 *
 * Source: Lasmar, Stitou, Berthoumieu 2009, as used by Mittal, Soundararajan and Bovik 2013 (NIQE).
 *
 * @param values of any scale. @returns null where one side is empty or all values are 0: there is no fit.
 */
export function fitAsymmetricGaussian(values: Float64Array | Float32Array): AsymmetricGaussian | null {
  let left = 0;
  let nLeft = 0;
  let right = 0;
  let nRight = 0;
  let absolute = 0;
  for (const value of values) {
    if (value < 0) {
      left += value * value;
      nLeft++;
      absolute -= value;
    } else if (value > 0) {
      right += value * value;
      nRight++;
      absolute += value;
    }
  }
  if (nLeft === 0 || nRight === 0) return null;
  const n = values.length;
  const leftStd = Math.sqrt(left / nLeft);
  const rightStd = Math.sqrt(right / nRight);
  const gamma = leftStd / rightStd;
  const ratio = (absolute / n) ** 2 / ((left + right) / n);
  const wanted = (ratio * (gamma ** 3 + 1) * (gamma + 1)) / (gamma ** 2 + 1) ** 2;
  const alpha = shapeAt(nearest(ratioTable(), wanted));
  const scale = Math.exp(0.5 * (logGamma(1 / alpha) - logGamma(3 / alpha)));
  return { alpha, betaLeft: leftStd * scale, betaRight: rightStd * scale };
}

/** The place of the nearest of rising values. */
function nearest(rising: Float64Array, wanted: number): number {
  let low = 0;
  let high = rising.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) < wanted) low = middle;
    else high = middle;
  }
  return Math.abs((rising[low] as number) - wanted) <= Math.abs((rising[high] as number) - wanted)
    ? low
    : high;
}
