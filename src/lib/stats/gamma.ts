/**
 * The gamma function's logarithm and the two small quantities with which densities of the gamma family can
 * be written without cancellation (C. Loader, Fast and Accurate Computation of Binomial Probabilities, 2000).
 */

const HALF_LOG_2PI = 0.9189385332046727;

/** Below this, x is raised by the recurrence Γ(x + 1) = x·Γ(x) until Stirling's series is exact to the last bit. */
const SERIES_FROM = 14;

/** Stirling's series Σ B₂ₖ / (2k(2k − 1) x^(2k−1)); at x ≥ 14 the first term left out is under 1e-18. */
function stirlingSeries(x: number): number {
  const w = 1 / (x * x);
  return (
    (1 / 12 -
      (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - (691 / 360_360 - (1 / 156) * w) * w) * w) * w) * w) *
        w) /
    x
  );
}

/**
 * ln Γ(x) for x > 0, within about 1e-14 (absolute near its zeros at 1 and 2, relative elsewhere).
 *
 * @returns +∞ at +∞.
 * @throws RangeError unless x > 0.
 */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`logGamma needs x > 0, not ${x}`);
  if (x === 1 || x === 2) return 0;
  if (x > 1e300) return x * (Math.log(x) - 1);
  let product = 1;
  let raised = x;
  while (raised < SERIES_FROM) product *= raised++;
  return (
    (raised - 0.5) * Math.log(raised) - raised + HALF_LOG_2PI + stirlingSeries(raised) - Math.log(product)
  );
}

/**
 * δ(x) = ln Γ(x + 1) − [(x + ½) ln x − x + ½ ln 2π], the error of Stirling's formula, for x > 0: about
 * 1/(12x).
 */
export function stirlingError(x: number): number {
  if (x >= SERIES_FROM) return stirlingSeries(x);
  return logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - HALF_LOG_2PI;
}

/**
 * D(x, m) = x ln(x/m) + m − x ≥ 0 for x > 0 and m > 0, without the cancellation that the formula taken
 * literally suffers where x is near m.
 *
 * @param difference x − m, given by a caller who knows it better than the subtraction does.
 */
export function deviance(x: number, m: number, difference: number = x - m): number {
  const v = difference / (x + m);
  if (Math.abs(v) > 0.1) return x * Math.log(x / m) - difference;
  // ln(x/m) = 2 atanh(v): the first term is taken out and the rest of the series summed.
  let sum = difference * v;
  let power = 2 * x * v;
  const square = v * v;
  for (let j = 3; j < 1000; j += 2) {
    power *= square;
    const next = sum + power / j;
    if (next === sum) return next;
    sum = next;
  }
  return sum;
}
