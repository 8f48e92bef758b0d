import { logNormalCdf, normalCdf, normalPdf } from '#lib/stats/normal.ts';
import type { Choice } from '../response.ts';

/** Answers to one pair. */
export interface PairAnswers {
  /** The true difference of quality, first minus second as shown, in the unit of the scale or the MOS. */
  delta: number;
  choice: Choice;
  /** How many answers of this kind; 1 by default. */
  count?: number;
  /**
   * What the answer hangs together with, a number for each way of looking at it (the trial, the rater), in the same order
   * for all answers. Without it answers are taken for independent.
   */
  clusters?: readonly number[];
}

/** Answers with equal Δ put together, Δ in units of its root mean square. */
export interface GroupedAnswers {
  x: number[];
  first: number[];
  second: number[];
  /** The root mean square. Not centred: b is the bias at Δ = 0. */
  scale: number;
  n: number;
}

/**
 * Puts answers with equal Δ together; "same" is half an answer each way.
 *
 * @throws RangeError for a Δ that is not finite or a negative count.
 */
export function groupAnswers(answers: readonly PairAnswers[]): GroupedAnswers {
  const groups = new Map<number, { first: number; second: number }>();
  let n = 0;
  for (const { delta, choice, count = 1 } of answers) {
    if (!Number.isFinite(delta)) throw new RangeError(`a difference is a finite number, not ${delta}`);
    if (!(count >= 0 && count < Infinity)) throw new RangeError(`a count is at least 0, not ${count}`);
    if (count === 0) continue;
    n += count;
    const key = delta === 0 ? 0 : delta;
    const group = groups.get(key) ?? { first: 0, second: 0 };
    if (choice !== 'second') group.first += choice === 'same' ? count / 2 : count;
    if (choice !== 'first') group.second += choice === 'same' ? count / 2 : count;
    groups.set(key, group);
  }
  const sorted = [...groups].sort(([a], [b]) => a - b);
  const square = sorted.reduce(
    (sum, [delta, { first, second }]) => sum + (first + second) * delta * delta,
    0
  );
  const scale = square > 0 ? Math.sqrt(square / n) : 1;
  return {
    x: sorted.map(([delta]) => delta / scale),
    first: sorted.map(([, { first }]) => first),
    second: sorted.map(([, { second }]) => second),
    scale,
    n
  };
}

/** Beyond this many noise SDs an answer says nothing more about the slope. */
const ON_SLOPE = 5;

/** Whether two Δ or more lie on the curve's slope: else a threshold separates the answers and k has no finite value. */
export function onSlope({ x }: GroupedAnswers, [k, b]: Curve): boolean {
  return x.filter((value) => Math.abs(k * value + b) < ON_SLOPE).length >= 2;
}

/** [k, b, λ]: P(first) = λ/2 + (1 − λ)·Φ(k·x + b). */
export type Curve = readonly [k: number, b: number, lapse: number];

export interface Climbed {
  at: Curve;
  value: number;
}

/** What a climb leaves alone: nothing, one of the parameters, or a function that ties k to λ. */
export type Held = 'nothing' | 'k' | 'b' | 'lapse' | { kOfLapse: (lapse: number) => number };

type Vector = [number, number, number];
type Matrix = [Vector, Vector, Vector];

export const HIGHEST_LAPSE = 0.98;

interface Slopes {
  value: number;
  gradient: Vector;
  /** Minus the second derivatives, and what is expected of them. */
  observed: Matrix;
  expected: Matrix;
}

/** The log-likelihood and its derivatives in (k, b, λ). */
export function evaluateCurve({ x, first, second }: GroupedAnswers, [k, b, lapse]: Curve): Slopes {
  let value = 0;
  let [gk, gb, gl] = [0, 0, 0];
  // Upper triangles in the order kk, kb, kλ, bb, bλ, λλ.
  let [okk, okb, okl, obb, obl, oll] = [0, 0, 0, 0, 0, 0];
  let [ekk, ekb, ekl, ebb, ebl, ell] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const xi = x[i] as number;
    const up = first[i] as number;
    const down = second[i] as number;
    const z = k * xi + b;
    const tail = normalCdf(-Math.abs(z));
    const below = z > 0 ? 1 - tail : tail;
    const above = z > 0 ? tail : 1 - tail;
    const p = lapse / 2 + (1 - lapse) * below;
    const q = lapse / 2 + (1 - lapse) * above;
    if (up > 0) value += up * (lapse === 0 ? logNormalCdf(z) : Math.log(p));
    if (down > 0) value += down * (lapse === 0 ? logNormalCdf(-z) : Math.log(q));
    // Far out everything underflows together; such an answer bears no weight.
    if (!(p * q > 1e-290)) continue;
    const density = normalPdf(z);
    const byZ = (1 - lapse) * density;
    const byLapse = (above - below) / 2;
    const pull = up / p - down / q;
    gk += pull * byZ * xi;
    gb += pull * byZ;
    gl += pull * byLapse;
    // ∂²P/∂z² = −z·∂P/∂z and ∂²P/∂z∂λ = −φ; z is linear in k and b.
    const squares = up / (p * p) + down / (q * q);
    const ozz = squares * byZ * byZ + pull * byZ * z;
    const ozl = squares * byZ * byLapse + pull * density;
    okk += ozz * xi * xi;
    okb += ozz * xi;
    obb += ozz;
    okl += ozl * xi;
    obl += ozl;
    oll += squares * byLapse * byLapse;
    const weight = (up + down) / (p * q);
    const ezz = weight * byZ * byZ;
    const ezl = weight * byZ * byLapse;
    ekk += ezz * xi * xi;
    ekb += ezz * xi;
    ebb += ezz;
    ekl += ezl * xi;
    ebl += ezl;
    ell += weight * byLapse * byLapse;
  }
  return {
    value,
    gradient: [gk, gb, gl],
    observed: symmetric(okk, okb, okl, obb, obl, oll),
    expected: symmetric(ekk, ekb, ekl, ebb, ebl, ell)
  };
}

function symmetric(aa: number, ab: number, ac: number, bb: number, bc: number, cc: number): Matrix {
  return [
    [aa, ab, ac],
    [ab, bb, bc],
    [ac, bc, cc]
  ];
}

/**
 * Newton's method (Fisher scoring where the likelihood is not concave) with step halving from a start to the
 * top of its hill, λ kept in [0, HIGHEST_LAPSE].
 */
export function climb(data: GroupedAnswers, start: Curve, held: Held): Climbed {
  let at = start;
  let slopes = evaluateCurve(data, at);
  const advance = (directions: readonly Vector[]): boolean => {
    const step = stepAlong(directions, slopes);
    if (step === null || !(step.rise > 1e-11)) return false;
    for (let part = 1; part > 1e-4; part /= 2) {
      const next = moved(at, step.vector, part, held);
      const there = evaluateCurve(data, next);
      if (!(there.value > slopes.value)) continue;
      at = next;
      slopes = there;
      return true;
    }
    return false;
  };
  for (let i = 0; i < 60; i++) {
    const directions = directionsOf(at, held, slopes.gradient);
    // Where λ cannot be told (all answers at equal odds, say), the other parameters still can.
    if (!advance(directions) && !advance(directions.filter(([, , lapse]) => lapse === 0))) break;
  }
  return { at, value: slopes.value };
}

function directionsOf([, , lapse]: Curve, held: Held, gradient: Vector): Vector[] {
  const directions: Vector[] = [];
  if (held !== 'k' && typeof held === 'string') directions.push([1, 0, 0]);
  if (held !== 'b') directions.push([0, 1, 0]);
  if (held !== 'lapse') {
    const h = 1e-6;
    const along: Vector =
      typeof held === 'string' ? [0, 0, 1] : [(held.kOfLapse(lapse + h) - held.kOfLapse(lapse)) / h, 0, 1];
    // At the boundary λ takes part only if the likelihood rises inwards.
    if (lapse > 0 || dot(along, gradient) > 0) directions.push(along);
  }
  return directions;
}

function stepAlong(
  directions: readonly Vector[],
  { gradient, observed, expected }: Slopes
): { vector: Vector; rise: number } | null {
  const reduced = directions.map((direction) => dot(direction, gradient));
  for (const information of [observed, expected]) {
    const matrix = directions.map((a) => directions.map((b) => dot(a, product(information, b))));
    const solved = solvePositive(matrix, reduced);
    if (solved === null) continue;
    const vector: Vector = [0, 0, 0];
    directions.forEach((direction, j) => {
      for (let r = 0; r < 3; r++)
        vector[r] = (vector[r] as number) + (solved[j] as number) * (direction[r] as number);
    });
    return { vector, rise: reduced.reduce((sum, g, j) => sum + g * (solved[j] as number), 0) };
  }
  return null;
}

function moved([k, b, lapse]: Curve, [stepK, stepB, stepLapse]: Vector, part: number, held: Held): Curve {
  const next = Math.min(HIGHEST_LAPSE, Math.max(0, lapse + part * stepLapse));
  return [typeof held === 'string' ? k + part * stepK : held.kOfLapse(next), b + part * stepB, next];
}

/**
 * The solution of a small symmetric system, or null where it is not safely positive definite.
 *
 * @param matrix up to 3 × 3.
 */
export function solvePositive(
  matrix: readonly (readonly number[])[],
  right: readonly number[]
): number[] | null {
  const n = right.length;
  if (n === 0) return null;
  const l = matrix.map((row) => row.slice());
  const y = right.slice();
  for (let j = 0; j < n; j++) {
    const row = l[j] as number[];
    for (let k = 0; k < j; k++) row[j] = (row[j] as number) - (row[k] as number) ** 2;
    if (!((row[j] as number) > 1e-12 * (matrix[j]?.[j] as number))) return null;
    row[j] = Math.sqrt(row[j] as number);
    for (let i = j + 1; i < n; i++) {
      const below = l[i] as number[];
      for (let k = 0; k < j; k++) below[j] = (below[j] as number) - (below[k] as number) * (row[k] as number);
      below[j] = (below[j] as number) / (row[j] as number);
    }
    for (let k = 0; k < j; k++) y[j] = (y[j] as number) - (row[k] as number) * (y[k] as number);
    y[j] = (y[j] as number) / (row[j] as number);
  }
  for (let j = n - 1; j >= 0; j--) {
    for (let i = j + 1; i < n; i++) y[j] = (y[j] as number) - (l[i]?.[j] as number) * (y[i] as number);
    y[j] = (y[j] as number) / (l[j]?.[j] as number);
  }
  return y;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function product(matrix: Matrix, v: Vector): Vector {
  return [dot(matrix[0], v), dot(matrix[1], v), dot(matrix[2], v)];
}
