import { bandwidthOrder } from './bandwidth-order.ts';
import { inverseDiagonalByQuadrature } from './inverse-quadrature.ts';
import { heaviest } from './newton.ts';
import type { PairMatrix } from './pair-matrix.ts';
import { factorise, inverseDiagonal, planTiles, solveFactored, type TilePlan } from './tiled-cholesky.ts';

/** Bytes that a factorisation may take: 5,000 full rows need 104 MB. */
const MEMORY = 130e6;
/** Multiplications a nanosecond, measured: the factorisation's product kernel against one sparse pass. */
const DIRECT_RATE = 8;
const SPARSE_RATE = 0.9;
/** Below this many multiplications (about half a second) no other way is worth looking for. */
const CHEAP = 5e9;

/**
 * The diagonal of the inverse of a Laplacian plus ridge·I, or for ridge 0 of its pseudo-inverse (the graph
 * then being connected). Exact either way: by a tiled Cholesky factorisation, or column by column by conjugate
 * gradient quadrature (relative error 1e-9), whichever a probe finds faster.
 *
 * @param component per row the number of its connected component; `sizes` how many rows each has.
 * @returns null when the matrix is singular in double precision.
 */
export function diagonalOfInverse(
  matrix: PairMatrix,
  ridge: number,
  component: Int32Array,
  sizes: readonly number[],
  onProgress?: (done: number, all: number) => void
): Float64Array | null {
  const { n, first, second } = matrix;
  const plan = planTiles(n, first, second, n <= 320 ? undefined : bandwidthOrder(n, first, second));
  const work = plan.factorWork + plan.inverseWork;
  const fits = plan.slotCount * plan.side ** 2 * 8 <= MEMORY;
  if (!fits || work > CHEAP) {
    const probe = Int32Array.from({ length: Math.min(8, n) }, (_, k) => Math.floor((k * n) / 8));
    // Beyond this many iterations the factorisation is surely the faster one.
    const perIteration = 2 * n * first.length + 5 * n * n;
    const affordable = fits ? Math.floor((work / DIRECT_RATE) * (SPARSE_RATE / perIteration)) : 20 * n + 100;
    const probed =
      affordable < 1 ? null : inverseDiagonalByQuadrature(matrix, ridge, component, sizes, probe, affordable);
    if (probed !== null) {
      const all = Int32Array.from({ length: n }, (_, i) => i);
      const limit = 20 * n + 100;
      const found = inverseDiagonalByQuadrature(matrix, ridge, component, sizes, all, limit, onProgress);
      if (found !== null) return found.values;
    }
  }
  return fits ? byFactorisation(plan, matrix, ridge, onProgress) : null;
}

function byFactorisation(
  plan: TilePlan,
  matrix: PairMatrix,
  ridge: number,
  onProgress?: (done: number, all: number) => void
): Float64Array | null {
  const { n } = matrix;
  const ground = ridge > 0 ? -1 : heaviest(matrix);
  const factor = factorise(plan, matrix, ground);
  if (factor === null) return null;
  const diagonal = inverseDiagonal(factor, onProgress);
  if (ground < 0) return diagonal;
  // G = the inverse with the held row and column 0; the pseudo-inverse is P G P, P = I − 11ᵀ/n.
  diagonal[ground] = 0;
  const ones = new Float64Array(n).fill(1);
  ones[ground] = 0;
  const rowSums = solveFactored(factor, ones);
  const mean = rowSums.reduce((sum, value) => sum + value, 0) / (n * n);
  return diagonal.map((value, i) => value - (2 / n) * (rowSums[i] as number) + mean);
}
