/** The sum of squares must fall by this share, or the parameters move by it, to go on: MINPACK's defaults. */
const TOLERANCE = 1.49e-8;
const MOST_EVALUATIONS = 10_000;

type Parameters = [number, number, number, number];

/**
 * The 4-parameter logistic (b1 − b2)/(1 + exp(−(x − b3)/b4)) + b2 by Levenberg and Marquardt's method from the usual
 * single start (max y, min y, mean x, SD x/4): what `curve_fit` of a published evaluation does, local optima
 * included. For figures of this lab's own see `fitLogistic`, which finds the best of many starts.
 *
 * @returns the fitted values in step with x; null where the start is not defined (x constant), a value is not
 *   finite, or it has not converged within 10,000 evaluations.
 * Source: D. Marquardt, SIAM J. Applied Mathematics 11 (1963), with Moré's scaling (1978) of the damping.
 */
export function fitFromUsualStart(x: readonly number[], y: readonly number[]): number[] | null {
  const n = x.length;
  const mean = x.reduce((sum, value) => sum + value, 0) / n;
  const sd = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  if (!(sd > 0)) return null;
  let at: Parameters = [Math.max(...y), Math.min(...y), mean, sd / 4];
  let fitted = valuesAt(at, x);
  let squares = sumOfSquares(fitted, y);
  let damping = 1e-3;
  // A fit that goes through all points has no last share to fall by.
  const middle = y.reduce((sum, value) => sum + value, 0) / n;
  const exact = 1e-12 * y.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const scale = [0, 0, 0, 0];
  for (let evaluations = 1; evaluations < MOST_EVALUATIONS;) {
    const { normal, gradient } = normalEquations(at, x, y, fitted);
    for (let p = 0; p < 4; p++) scale[p] = Math.max(scale[p] as number, normal[p * 4 + p] as number, 1e-300);
    for (let rejected = true; rejected;) {
      const step = dampedStep(normal, gradient, scale, damping);
      const next = at.map((value, p) => value + (step?.[p] ?? 0)) as Parameters;
      const tried = valuesAt(next, x);
      const reached = sumOfSquares(tried, y);
      evaluations++;
      if (step !== null && reached <= squares) {
        const moved = at.some((value, p) => Math.abs(step[p] as number) > TOLERANCE * Math.abs(value));
        if (squares - reached <= TOLERANCE * squares || reached <= exact || !moved) return ifFinite(tried);
        at = next;
        fitted = tried;
        squares = reached;
        damping = Math.max(damping / 10, 1e-15);
        rejected = false;
      } else {
        damping *= 10;
        if (damping > 1e15 || evaluations >= MOST_EVALUATIONS) return ifFinite(fitted);
      }
    }
  }
  return null;
}

function ifFinite(values: number[]): number[] | null {
  return values.every(Number.isFinite) ? values : null;
}

function valuesAt([b1, b2, b3, b4]: Parameters, x: readonly number[]): number[] {
  return x.map((value) => (b1 - b2) / (1 + Math.exp(-(value - b3) / b4)) + b2);
}

function sumOfSquares(fitted: readonly number[], y: readonly number[]): number {
  return fitted.reduce((sum, value, i) => sum + (value - (y[i] as number)) ** 2, 0);
}

/** JᵀJ, row by row, and Jᵀ(y − fitted). */
function normalEquations(
  [b1, b2, b3, b4]: Parameters,
  x: readonly number[],
  y: readonly number[],
  fitted: readonly number[]
): { normal: Float64Array; gradient: Float64Array } {
  const normal = new Float64Array(16);
  const gradient = new Float64Array(4);
  x.forEach((value, i) => {
    const share = 1 / (1 + Math.exp(-(value - b3) / b4));
    const slope = ((b1 - b2) * share * (1 - share)) / b4;
    const row = [share, 1 - share, -slope, (-slope * (value - b3)) / b4];
    const residual = (y[i] as number) - (fitted[i] as number);
    row.forEach((a, p) => {
      gradient[p] = (gradient[p] as number) + a * residual;
      row.forEach((b, q) => (normal[p * 4 + q] = (normal[p * 4 + q] as number) + a * b));
    });
  });
  return { normal, gradient };
}

/** (JᵀJ + damping·D) step = Jᵀr by Gaussian elimination with pivots; null where singular. */
function dampedStep(
  normal: Float64Array,
  gradient: Float64Array,
  scale: readonly number[],
  damping: number
): number[] | null {
  const rows = [0, 1, 2, 3].map((p) => [
    ...[0, 1, 2, 3].map(
      (q) => (normal[p * 4 + q] as number) + (p === q ? damping * (scale[p] as number) : 0)
    ),
    gradient[p] as number
  ]);
  for (let p = 0; p < 4; p++) {
    let pivot = p;
    for (let r = p + 1; r < 4; r++) {
      if (Math.abs(rows[r]?.[p] as number) > Math.abs(rows[pivot]?.[p] as number)) pivot = r;
    }
    [rows[p], rows[pivot]] = [rows[pivot] as number[], rows[p] as number[]];
    const lead = rows[p] as number[];
    if (!(Math.abs(lead[p] as number) > 0)) return null;
    for (let r = 0; r < 4; r++) {
      if (r === p) continue;
      const row = rows[r] as number[];
      const factor = (row[p] as number) / (lead[p] as number);
      for (let c = p; c < 5; c++) row[c] = (row[c] as number) - factor * (lead[c] as number);
    }
  }
  const step = rows.map((row, p) => (row[4] as number) / (row[p] as number));
  return step.every(Number.isFinite) ? step : null;
}
