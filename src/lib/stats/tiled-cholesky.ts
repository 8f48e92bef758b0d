import type { PairMatrix } from './pair-matrix.ts';

/**
 * Cholesky factorisation A = L Lᵀ in square tiles, of which only those are stored and touched that the
 * elimination can fill. It serves full matrices (5,000 rows: 3,160 tiles, 104 MB, the speed of the machine's
 * scalar unit) and banded ones (a chain of any length: two tiles a row) with the same code.
 *
 * Inside a tile four rows are interleaved: row r, column c of a tile of side b lies at
 * (r >> 2)·4b + 4c + (r & 3). In this order both operands of C −= A·Bᵀ are read front to back and a 4 × 4
 * block of C is contiguous, and that one product is all that factorisation and inversion consist of.
 */
export interface TilePlan {
  readonly n: number;
  /** Side of a tile, a multiple of 4. */
  readonly side: number;
  readonly tiles: number;
  /** Row of the permuted matrix → row of the original one. */
  readonly order: Int32Array;
  /** Original row → permuted row. */
  readonly position: Int32Array;
  /** Slot of tile (i, j ≤ i) at i(i + 1)/2 + j, or −1 where it stays empty. */
  readonly slots: Int32Array;
  readonly slotCount: number;
  /** Multiplications needed to factorise and to get the diagonal of the inverse. */
  readonly factorWork: number;
  readonly inverseWork: number;
}

export interface Factor {
  readonly plan: TilePlan;
  readonly lower: Float64Array;
  /** Per diagonal tile −L⁻¹, so that the subtracting product applies +L⁻¹. */
  readonly negatedInverses: Float64Array;
}

const LARGEST_SIDE = 64;

/**
 * Which tiles a factorisation fills, found before any number is touched.
 *
 * @param order the elimination order: permuted row → original row.
 */
export function planTiles(
  n: number,
  first: Int32Array,
  second: Int32Array,
  order: Int32Array = identity(n)
): TilePlan {
  const side = Math.min(LARGEST_SIDE, Math.max(4, 4 * Math.ceil(n / 4)));
  const tiles = Math.max(1, Math.ceil(n / side));
  const position = new Int32Array(n);
  for (let k = 0; k < n; k++) position[order[k] as number] = k;
  const filled = new Uint8Array((tiles * (tiles + 1)) / 2);
  for (let i = 0; i < tiles; i++) filled[at(i, i)] = 1;
  for (let p = 0; p < first.length; p++) {
    const a = Math.floor((position[first[p] as number] as number) / side);
    const b = Math.floor((position[second[p] as number] as number) / side);
    filled[a > b ? at(a, b) : at(b, a)] = 1;
  }
  let products = 0;
  const below = new Int32Array(tiles);
  for (let k = 0; k < tiles; k++) {
    let count = 0;
    for (let i = k + 1; i < tiles; i++) if (filled[at(i, k)] === 1) below[count++] = i;
    for (let x = 0; x < count; x++) {
      for (let y = 0; y <= x; y++) filled[at(below[x] as number, below[y] as number)] = 1;
    }
    products += (count * (count + 1)) / 2 + count;
  }
  const slots = new Int32Array(filled.length).fill(-1);
  let slotCount = 0;
  let inverseProducts = 0;
  for (let i = 0; i < tiles; i++) {
    for (let j = 0; j <= i; j++) {
      if (filled[at(i, j)] !== 1) continue;
      slots[at(i, j)] = slotCount++;
      inverseProducts += j + 1;
    }
  }
  const volume = side ** 3;
  return {
    n,
    side,
    tiles,
    order,
    position,
    slots,
    slotCount,
    factorWork: products * volume,
    inverseWork: inverseProducts * volume
  };
}

/**
 * Factorises a pair matrix.
 *
 * @param ground a row to leave out (its row and column are those of the identity), which makes the Laplacian
 *   of a connected graph definite; −1 for none.
 * @returns null when a pivot is not positive: the matrix is not positive definite in double precision.
 */
export function factorise(plan: TilePlan, matrix: PairMatrix, ground = -1): Factor | null {
  const { n, side, tiles, slots, position } = plan;
  const size = side * side;
  const lower = new Float64Array(plan.slotCount * size);
  const place = (row: number, column: number): number => {
    const i = Math.floor(row / side);
    const j = Math.floor(column / side);
    return (slots[at(i, j)] as number) * size + within(row - i * side, column - j * side, side);
  };
  for (let i = 0; i < n; i++) {
    const row = position[i] as number;
    lower[place(row, row)] = i === ground ? 1 : (matrix.diagonal[i] as number);
  }
  for (let row = n; row < tiles * side; row++) lower[place(row, row)] = 1;
  for (let p = 0; p < matrix.first.length; p++) {
    const i = matrix.first[p] as number;
    const j = matrix.second[p] as number;
    if (i === ground || j === ground) continue;
    const a = position[i] as number;
    const b = position[j] as number;
    (lower[a > b ? place(a, b) : place(b, a)] as number) -= matrix.weights[p] as number;
  }

  const negatedInverses = new Float64Array(tiles * size);
  const spare = new Float64Array(size);
  for (let j = 0; j < tiles; j++) {
    for (let i = j; i < tiles; i++) {
      const target = slots[at(i, j)] as number;
      if (target < 0) continue;
      for (let k = 0; k < j; k++) {
        const left = slots[at(i, k)] as number;
        const right = slots[at(j, k)] as number;
        if (left < 0 || right < 0) continue;
        subtractProduct(lower, target * size, lower, left * size, lower, right * size, side);
      }
    }
    const diagonal = (slots[at(j, j)] as number) * size;
    if (!factoriseTile(lower, diagonal, side)) return null;
    negateInverse(lower, diagonal, negatedInverses, j * size, side);
    for (let i = j + 1; i < tiles; i++) {
      const target = slots[at(i, j)] as number;
      if (target < 0) continue;
      spare.set(lower.subarray(target * size, (target + 1) * size));
      lower.fill(0, target * size, (target + 1) * size);
      subtractProduct(lower, target * size, spare, 0, negatedInverses, j * size, side);
    }
  }
  return { plan, lower, negatedInverses };
}

/** x with A x = b, both in the original order of the rows. */
export function solveFactored(factor: Factor, b: Float64Array): Float64Array {
  const { plan, lower, negatedInverses } = factor;
  const { n, side, tiles, slots, order } = plan;
  const size = side * side;
  const x = new Float64Array(tiles * side);
  const part = new Float64Array(side);
  for (let k = 0; k < n; k++) x[k] = b[order[k] as number] as number;
  for (let i = 0; i < tiles; i++) {
    for (let k = 0; k < i; k++) {
      const slot = slots[at(i, k)] as number;
      if (slot >= 0) subtractTimes(x, i * side, lower, slot * size, x, k * side, side);
    }
    part.set(x.subarray(i * side, (i + 1) * side));
    x.fill(0, i * side, (i + 1) * side);
    subtractTimes(x, i * side, negatedInverses, i * size, part, 0, side);
  }
  for (let i = tiles - 1; i >= 0; i--) {
    for (let k = i + 1; k < tiles; k++) {
      const slot = slots[at(k, i)] as number;
      if (slot >= 0) subtractTransposedTimes(x, i * side, lower, slot * size, x, k * side, side);
    }
    part.set(x.subarray(i * side, (i + 1) * side));
    x.fill(0, i * side, (i + 1) * side);
    subtractTransposedTimes(x, i * side, negatedInverses, i * size, part, 0, side);
  }
  const result = new Float64Array(n);
  for (let k = 0; k < n; k++) result[order[k] as number] = x[k] as number;
  return result;
}

/**
 * The diagonal of A⁻¹ = L⁻ᵀ L⁻¹: the squared length of every column of L⁻¹, one column of tiles at a time,
 * so that besides L only n × side numbers are held.
 */
export function inverseDiagonal(
  factor: Factor,
  onColumn?: (done: number, all: number) => void
): Float64Array {
  const { plan, lower, negatedInverses } = factor;
  const { n, side, tiles, slots, order } = plan;
  const size = side * side;
  // Tile i of the column holds the transpose of L⁻¹'s tile (i, j): its rows are columns of L⁻¹.
  const column = new Float64Array(tiles * size);
  const holds = new Uint8Array(tiles);
  const sum = new Float64Array(size);
  const turned = new Float64Array(size);
  const result = new Float64Array(n);
  for (let j = 0; j < tiles; j++) {
    column.fill(0, j * size);
    holds.fill(0);
    transpose(negatedInverses, j * size, column, j * size, side, -1);
    holds[j] = 1;
    for (let i = j + 1; i < tiles; i++) {
      let any = false;
      for (let k = j; k < i; k++) {
        const slot = slots[at(i, k)] as number;
        if (slot < 0 || holds[k] === 0) continue;
        if (!any) sum.fill(0);
        any = true;
        subtractProduct(sum, 0, lower, slot * size, column, k * size, side);
      }
      if (!any) continue;
      holds[i] = 1;
      transpose(sum, 0, turned, 0, side, 1);
      subtractProduct(column, i * size, turned, 0, negatedInverses, i * size, side);
    }
    const rows = Math.min(side, n - j * side);
    for (let c = 0; c < rows; c++) {
      let total = 0;
      for (let i = j; i < tiles; i++) {
        if (holds[i] === 0) continue;
        const base = i * size + within(c, 0, side);
        for (let r = 0; r < side; r++) {
          const value = column[base + 4 * r] as number;
          total += value * value;
        }
      }
      result[order[j * side + c] as number] = total;
    }
    onColumn?.(j + 1, tiles);
  }
  return result;
}

function at(i: number, j: number): number {
  return (i * (i + 1)) / 2 + j;
}

function within(row: number, column: number, side: number): number {
  return (row >> 2) * 4 * side + 4 * column + (row & 3);
}

function identity(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => i);
}

/** C −= A·Bᵀ on tiles: nearly all the time of a large problem is spent here, hence sixteen accumulators. */
function subtractProduct(
  c: Float64Array,
  c0: number,
  a: Float64Array,
  a0: number,
  b: Float64Array,
  b0: number,
  side: number
): void {
  const stride = 4 * side;
  for (let row = 0; row < side; row += 4) {
    const aStart = a0 + row * side;
    let target = c0 + row * side;
    for (let col = 0; col < side; col += 4) {
      let s00 = 0, s01 = 0, s02 = 0, s03 = 0; // prettier-ignore
      let s10 = 0, s11 = 0, s12 = 0, s13 = 0; // prettier-ignore
      let s20 = 0, s21 = 0, s22 = 0, s23 = 0; // prettier-ignore
      let s30 = 0, s31 = 0, s32 = 0, s33 = 0; // prettier-ignore
      let ia = aStart;
      let ib = b0 + col * side;
      for (const end = aStart + stride; ia < end; ia += 4, ib += 4) {
        const a0k = a[ia] as number;
        const a1k = a[ia + 1] as number;
        const a2k = a[ia + 2] as number;
        const a3k = a[ia + 3] as number;
        const b0k = b[ib] as number;
        const b1k = b[ib + 1] as number;
        const b2k = b[ib + 2] as number;
        const b3k = b[ib + 3] as number;
        s00 += a0k * b0k;
        s01 += a0k * b1k;
        s02 += a0k * b2k;
        s03 += a0k * b3k;
        s10 += a1k * b0k;
        s11 += a1k * b1k;
        s12 += a1k * b2k;
        s13 += a1k * b3k;
        s20 += a2k * b0k;
        s21 += a2k * b1k;
        s22 += a2k * b2k;
        s23 += a2k * b3k;
        s30 += a3k * b0k;
        s31 += a3k * b1k;
        s32 += a3k * b2k;
        s33 += a3k * b3k;
      }
      (c[target] as number) -= s00;
      (c[target + 1] as number) -= s10;
      (c[target + 2] as number) -= s20;
      (c[target + 3] as number) -= s30;
      (c[target + 4] as number) -= s01;
      (c[target + 5] as number) -= s11;
      (c[target + 6] as number) -= s21;
      (c[target + 7] as number) -= s31;
      (c[target + 8] as number) -= s02;
      (c[target + 9] as number) -= s12;
      (c[target + 10] as number) -= s22;
      (c[target + 11] as number) -= s32;
      (c[target + 12] as number) -= s03;
      (c[target + 13] as number) -= s13;
      (c[target + 14] as number) -= s23;
      (c[target + 15] as number) -= s33;
      target += 16;
    }
  }
}

/** Cholesky of one diagonal tile in place; the part above its diagonal becomes 0. */
function factoriseTile(a: Float64Array, a0: number, side: number): boolean {
  const get = (r: number, c: number) => a[a0 + within(r, c, side)] as number;
  for (let j = 0; j < side; j++) {
    let pivot = get(j, j);
    const scale = pivot;
    for (let k = 0; k < j; k++) pivot -= get(j, k) ** 2;
    if (!(pivot > 1e-14 * scale)) return false;
    const root = Math.sqrt(pivot);
    a[a0 + within(j, j, side)] = root;
    for (let i = j + 1; i < side; i++) {
      let value = get(i, j);
      for (let k = 0; k < j; k++) value -= get(i, k) * get(j, k);
      a[a0 + within(i, j, side)] = value / root;
      a[a0 + within(j, i, side)] = 0;
    }
  }
  return true;
}

/** −L⁻¹ of a lower-triangular tile, by columns. */
function negateInverse(l: Float64Array, l0: number, out: Float64Array, out0: number, side: number): void {
  for (let j = 0; j < side; j++) {
    for (let i = j; i < side; i++) {
      let value = i === j ? -1 : 0;
      for (let k = j; k < i; k++) {
        value -= (l[l0 + within(i, k, side)] as number) * (out[out0 + within(k, j, side)] as number);
      }
      out[out0 + within(i, j, side)] = value / (l[l0 + within(i, i, side)] as number);
    }
  }
}

function transpose(
  a: Float64Array,
  a0: number,
  out: Float64Array,
  out0: number,
  side: number,
  sign: number
): void {
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) {
      out[out0 + within(c, r, side)] = sign * (a[a0 + within(r, c, side)] as number);
    }
  }
}

function subtractTimes(
  y: Float64Array,
  y0: number,
  a: Float64Array,
  a0: number,
  x: Float64Array,
  x0: number,
  side: number
): void {
  for (let r = 0; r < side; r++) {
    const base = a0 + within(r, 0, side);
    let total = 0;
    for (let c = 0; c < side; c++) total += (a[base + 4 * c] as number) * (x[x0 + c] as number);
    (y[y0 + r] as number) -= total;
  }
}

function subtractTransposedTimes(
  y: Float64Array,
  y0: number,
  a: Float64Array,
  a0: number,
  x: Float64Array,
  x0: number,
  side: number
): void {
  for (let r = 0; r < side; r++) {
    const base = a0 + within(r, 0, side);
    const value = x[x0 + r] as number;
    for (let c = 0; c < side; c++) (y[y0 + c] as number) -= (a[base + 4 * c] as number) * value;
  }
}
