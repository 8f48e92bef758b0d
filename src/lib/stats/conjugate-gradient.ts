import { multiply, type PairMatrix } from './pair-matrix.ts';

export interface Solution {
  readonly x: Float64Array;
  readonly iterations: number;
  /** ‖b − A x‖∞ as the recurrence has it. */
  readonly residual: number;
}

/**
 * Solves A x = b by conjugate gradients (Hestenes and Stiefel, 1952) with the diagonal as preconditioner.
 * For a Laplacian without ridge, b has to sum to 0 within each component; x then is a solution up to a constant
 * per component (the preconditioner weights the rows, so that it need not sum to 0: the caller centres it).
 *
 * @param tolerance stop when the preconditioned residual has shrunk by this factor.
 */
export function solveByConjugateGradients(
  matrix: PairMatrix,
  b: Float64Array,
  tolerance = 1e-12,
  maxIterations = 20 * matrix.n + 100
): Solution {
  const { n, diagonal } = matrix;
  const x = new Float64Array(n);
  const r = Float64Array.from(b);
  const p = new Float64Array(n);
  const product = new Float64Array(n);
  let rz = 0;
  for (let i = 0; i < n; i++) {
    const z = (r[i] as number) / (diagonal[i] as number);
    p[i] = z;
    rz += z * (r[i] as number);
  }
  const goal = rz * tolerance * tolerance;
  let iterations = 0;
  while (rz > goal && iterations < maxIterations) {
    multiply(matrix, p, product);
    let curvature = 0;
    for (let i = 0; i < n; i++) curvature += (p[i] as number) * (product[i] as number);
    if (!(curvature > 0)) break;
    const step = rz / curvature;
    let next = 0;
    for (let i = 0; i < n; i++) {
      (x[i] as number) += step * (p[i] as number);
      const residual = (r[i] as number) - step * (product[i] as number);
      r[i] = residual;
      next += (residual * residual) / (diagonal[i] as number);
    }
    const turn = next / rz;
    for (let i = 0; i < n; i++) p[i] = (r[i] as number) / (diagonal[i] as number) + turn * (p[i] as number);
    rz = next;
    iterations++;
  }
  let residual = 0;
  for (let i = 0; i < n; i++) residual = Math.max(residual, Math.abs(r[i] as number));
  return { x, iterations, residual };
}
