import { describe, expect, it } from 'vitest';
import { bandwidthOrder } from './bandwidth-order.ts';
import { solveByConjugateGradients } from './conjugate-gradient.ts';
import { diagonalOfInverse } from './inverse-diagonal.ts';
import { inverseDiagonalByQuadrature } from './inverse-quadrature.ts';
import { laplacian, multiply, type PairMatrix } from './pair-matrix.ts';
import { seededRandom, shuffled } from './random.ts';
import { tileArena } from './tile-arena.ts';
import { factorise, inverseDiagonal, planTiles, solveFactored } from './tiled-cholesky.ts';

function randomGraph(n: number, pairs: number, seed: number): { first: Int32Array; second: Int32Array } {
  const random = seededRandom(seed);
  const keys = new Set<number>();
  // A chain through all items first, so that the graph is connected.
  const order = shuffled(
    Array.from({ length: n }, (_, i) => i),
    random
  );
  for (let k = 0; k + 1 < n; k++) {
    const [a, b] = [order[k] as number, order[k + 1] as number];
    keys.add(Math.min(a, b) * n + Math.max(a, b));
  }
  while (keys.size < Math.min(pairs, (n * (n - 1)) / 2)) {
    const i = random.integer(n);
    const j = random.integer(n);
    if (i < j) keys.add(i * n + j);
  }
  const sorted = [...keys].sort((a, b) => a - b);
  return {
    first: Int32Array.from(sorted, (key) => Math.floor(key / n)),
    second: Int32Array.from(sorted, (key) => key % n)
  };
}

function randomMatrix(n: number, pairs: number, seed: number, ridge: number): PairMatrix {
  const { first, second } = randomGraph(n, pairs, seed);
  const random = seededRandom(`weights ${seed}`);
  const weights = Float64Array.from(first, () => 0.05 + random.uniform());
  return laplacian(n, first, second, weights, ridge);
}

function inverseByElimination(matrix: PairMatrix): number[][] {
  const { n } = matrix;
  const rows = Array.from({ length: n }, (_, i) =>
    Array.from({ length: 2 * n }, (_, j) => (j === i ? (matrix.diagonal[i] as number) : j === n + i ? 1 : 0))
  );
  matrix.first.forEach((i, p) => {
    const j = matrix.second[p] as number;
    rows[i]![j] = rows[j]![i] = -(matrix.weights[p] as number);
  });
  for (let k = 0; k < n; k++) {
    const pivot = rows[k]![k]!;
    rows[k] = rows[k]!.map((value) => value / pivot);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]!;
      rows[i] = rows[i]!.map((value, j) => value - factor * rows[k]![j]!);
    }
  }
  return rows.map((row) => row.slice(n));
}

const all = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

describe('the tiled Cholesky factorisation', () => {
  it.each([
    [1, 0],
    [3, 3],
    [5, 6],
    [64, 200],
    [65, 200],
    [130, 129],
    [150, 4000]
  ])('of %d rows with %d pairs solves and inverts as Gauss-Jordan elimination does', (n, pairs) => {
    const matrix = randomMatrix(n, pairs, n, 1);
    const inverse = inverseByElimination(matrix);
    const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
    for (const order of [all(n), bandwidthOrder(n, matrix.first, matrix.second)]) {
      const factor = factorise(planTiles(n, matrix.first, matrix.second, order), matrix);
      if (factor === null) throw new Error('not definite');
      const x = solveFactored(factor, b);
      const diagonal = inverseDiagonal(factor);
      for (let i = 0; i < n; i++) {
        expect(diagonal[i]).toBeCloseTo(inverse[i]![i]!, 12);
        expect(x[i]).toBeCloseTo(
          inverse[i]!.reduce((sum, value, j) => sum + value * (b[j] as number), 0),
          11
        );
      }
    }
  });

  it('says null of a matrix that is not positive definite: a Laplacian without ridge', () => {
    const matrix = randomMatrix(40, 100, 1, 0);
    expect(factorise(planTiles(40, matrix.first, matrix.second), matrix)).toBeNull();
  });

  it('keeps a shuffled chain of 3,000 rows in a band of two tiles a row', () => {
    const { first, second } = randomGraph(3000, 2999, 5);
    const natural = planTiles(3000, first, second);
    const banded = planTiles(3000, first, second, bandwidthOrder(3000, first, second));
    expect(natural.slotCount).toBeGreaterThan(500);
    expect(banded.slotCount).toBeLessThanOrEqual(2 * banded.tiles);
  });

  it('has a vector kernel that gives what the plain one gives, to the last bit', () => {
    const side = 64;
    const size = side * side;
    const random = seededRandom(4);
    const values = Float64Array.from({ length: 3 * size }, () => random.normal());
    const plain = tileArena(3 * size, Infinity);
    const vector = tileArena(3 * size, 0);
    for (const arena of [plain, vector]) {
      arena.data.set(values);
      arena.subtractProduct(0, size, 2 * size, side);
      arena.subtractProduct(size, size, 0, side);
    }
    expect(vector.data.buffer.byteLength % 65_536).toBe(0); // it is WebAssembly memory, not a fallback
    expect(vector.data).toEqual(plain.data);
  });
});

describe('conjugate gradients', () => {
  it('solve what the factorisation solves, and a Laplacian up to a constant', () => {
    for (const ridge of [1, 0]) {
      const matrix = randomMatrix(200, 900, 3, ridge);
      const b = Float64Array.from({ length: 200 }, (_, i) => Math.cos(i));
      const mean = b.reduce((sum, value) => sum + value, 0) / 200;
      for (let i = 0; i < 200; i++) (b[i] as number) -= mean;
      const { x } = solveByConjugateGradients(matrix, b);
      const back = new Float64Array(200);
      multiply(matrix, x, back);
      for (let i = 0; i < 200; i++)
        expect(Math.abs((back[i] as number) - (b[i] as number))).toBeLessThan(1e-11);
    }
  });

  it('give 0 for 0', () => {
    const matrix = randomMatrix(10, 20, 1, 1);
    expect(solveByConjugateGradients(matrix, new Float64Array(10)).x).toEqual(new Float64Array(10));
  });
});

describe('the diagonal of the inverse', () => {
  it('is the same by quadrature and by factorisation, with a ridge and as a pseudo-inverse', () => {
    const n = 400;
    for (const ridge of [1, 0]) {
      const matrix = randomMatrix(n, 3000, 8, ridge);
      const one = new Int32Array(n);
      const direct = diagonalOfInverse(matrix, ridge, one, [n]);
      const quadrature = inverseDiagonalByQuadrature(matrix, ridge, one, [n], all(n), 1000);
      if (direct === null || quadrature === null) throw new Error('no result');
      for (let i = 0; i < n; i++) {
        expect(Math.abs((quadrature.values[i] as number) / (direct[i] as number) - 1)).toBeLessThan(1e-8);
      }
    }
  });

  it('of the pseudo-inverse of one pair of weight w is 1/(4w) twice', () => {
    const matrix = laplacian(2, Int32Array.of(0), Int32Array.of(1), Float64Array.of(5), 0);
    const diagonal = diagonalOfInverse(matrix, 0, Int32Array.of(0, 0), [2]);
    expect(diagonal?.[0]).toBeCloseTo(1 / 20, 15);
    expect(diagonal?.[1]).toBeCloseTo(1 / 20, 15);
  });

  it('takes components apart: an item alone has 1/ridge', () => {
    const matrix = laplacian(3, Int32Array.of(0), Int32Array.of(1), Float64Array.of(5), 0.5);
    const components = Int32Array.of(0, 0, 1);
    const direct = diagonalOfInverse(matrix, 0.5, components, [2, 1]);
    const quadrature = inverseDiagonalByQuadrature(matrix, 0.5, components, [2, 1], all(3), 50);
    expect(direct?.[2]).toBeCloseTo(2, 14);
    expect(quadrature?.values[2]).toBeCloseTo(2, 14);
    expect(quadrature?.values[0]).toBeCloseTo(direct?.[0] as number, 12);
  });

  it('gives up where the iterations allowed do not do', () => {
    const { first, second } = randomGraph(300, 299, 2);
    const chain = laplacian(300, first, second, new Float64Array(299).fill(1), 0);
    expect(inverseDiagonalByQuadrature(chain, 0, new Int32Array(300), [300], all(300), 20)).toBeNull();
  });
});
