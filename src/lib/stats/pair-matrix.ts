/**
 * A symmetric sparse matrix that is dominant on its diagonal: A = diag(d) − Σ_p w_p (e_i e_jᵀ + e_j e_iᵀ),
 * pairs p = (i, j) with i < j, each listed once, weights w ≥ 0. Negative Hessians of pair comparison
 * likelihoods have this shape (a weighted graph Laplacian, plus the prior's precision on the diagonal).
 */
export interface PairMatrix {
  /** Rows and columns. */
  readonly n: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** One weight per pair; the matrix holds −w at (i, j) and (j, i). */
  readonly weights: Float64Array;
  readonly diagonal: Float64Array;
}

/** The Laplacian of the weighted graph plus `ridge` times the identity: d_i = ridge + Σ_j w_ij. */
export function laplacian(
  n: number,
  first: Int32Array,
  second: Int32Array,
  weights: Float64Array,
  ridge: number
): PairMatrix {
  const diagonal = new Float64Array(n).fill(ridge);
  for (let p = 0; p < first.length; p++) {
    const w = weights[p] as number;
    (diagonal[first[p] as number] as number) += w;
    (diagonal[second[p] as number] as number) += w;
  }
  return { n, first, second, weights, diagonal };
}

/** y = A x. Both hold n values; y is overwritten. */
export function multiply(matrix: PairMatrix, x: Float64Array, y: Float64Array): void {
  const { n, first, second, weights, diagonal } = matrix;
  for (let i = 0; i < n; i++) y[i] = (diagonal[i] as number) * (x[i] as number);
  for (let p = 0; p < first.length; p++) {
    const i = first[p] as number;
    const j = second[p] as number;
    const w = weights[p] as number;
    (y[i] as number) -= w * (x[j] as number);
    (y[j] as number) -= w * (x[i] as number);
  }
}

/** Neighbours of every node: those of i are `neighbours[start[i] … start[i + 1])`, ascending by pair. */
export interface Adjacency {
  readonly start: Int32Array;
  readonly neighbours: Int32Array;
}

/** The neighbours of each of n nodes from its pairs, in O(n + pairs); a pair given twice is listed twice. */
export function adjacency(n: number, first: Int32Array, second: Int32Array): Adjacency {
  const start = new Int32Array(n + 1);
  for (let p = 0; p < first.length; p++) {
    (start[(first[p] as number) + 1] as number)++;
    (start[(second[p] as number) + 1] as number)++;
  }
  for (let i = 0; i < n; i++) (start[i + 1] as number) += start[i] as number;
  const fill = start.slice();
  const neighbours = new Int32Array(2 * first.length);
  for (let p = 0; p < first.length; p++) {
    const i = first[p] as number;
    const j = second[p] as number;
    neighbours[(fill[i] as number)++] = j;
    neighbours[(fill[j] as number)++] = i;
  }
  return { start, neighbours };
}
