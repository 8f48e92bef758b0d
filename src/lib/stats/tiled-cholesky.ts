import type { PairMatrix } from './pair-matrix.ts';
import { tileArena, within, type TileArena } from './tile-arena.ts';

/**
 * Cholesky factorisation A = L Lᵀ in square tiles, of which only those are stored and touched that the
 * elimination can fill. It serves full matrices (5,000 rows: 3,160 tiles, 104 MB) and banded ones (a chain of
 * any length: two tiles a row) with the same code. Nearly all the time goes into one product on tiles.
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
  /**
   * L by slots, then per diagonal tile −L⁻¹ (so that the subtracting product applies +L⁻¹), then room for one
   * column of tiles and two more.
   */
  readonly arena: TileArena;
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
  const tiles = Math.max(1, Math.ceil(n / LARGEST_SIDE));
  // As small as so many tiles allow: 150 rows take three tiles of 52, and not of 64.
  const side = Math.max(4, 4 * Math.ceil(n / (4 * tiles)));
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
  const { size, inverses, spare, length } = layout(plan);
  const arena = tileArena(length);
  const { data } = arena;
  const place = (row: number, column: number): number => {
    const i = Math.floor(row / side);
    const j = Math.floor(column / side);
    return (slots[at(i, j)] as number) * size + within(row - i * side, column - j * side, side);
  };
  for (let i = 0; i < n; i++) {
    const row = position[i] as number;
    data[place(row, row)] = i === ground ? 1 : (matrix.diagonal[i] as number);
  }
  for (let row = n; row < tiles * side; row++) data[place(row, row)] = 1;
  for (let p = 0; p < matrix.first.length; p++) {
    const i = matrix.first[p] as number;
    const j = matrix.second[p] as number;
    if (i === ground || j === ground) continue;
    const a = position[i] as number;
    const b = position[j] as number;
    (data[a > b ? place(a, b) : place(b, a)] as number) -= matrix.weights[p] as number;
  }

  for (let j = 0; j < tiles; j++) {
    for (let i = j; i < tiles; i++) {
      const target = slots[at(i, j)] as number;
      if (target < 0) continue;
      for (let k = 0; k < j; k++) {
        const left = slots[at(i, k)] as number;
        const right = slots[at(j, k)] as number;
        if (left < 0 || right < 0) continue;
        arena.subtractProduct(target * size, left * size, right * size, side);
      }
    }
    const diagonal = (slots[at(j, j)] as number) * size;
    if (!factoriseTile(data, diagonal, side)) return null;
    negateInverse(data, diagonal, inverses + j * size, side);
    for (let i = j + 1; i < tiles; i++) {
      const slot = slots[at(i, j)] as number;
      if (slot < 0) continue;
      const target = slot * size;
      data.copyWithin(spare, target, target + size);
      data.fill(0, target, target + size);
      arena.subtractProduct(target, spare, inverses + j * size, side);
    }
  }
  return { plan, arena };
}

/** x with A x = b, both in the original order of the rows. */
export function solveFactored(factor: Factor, b: Float64Array): Float64Array {
  const { plan } = factor;
  const { data } = factor.arena;
  const { n, side, tiles, slots, order } = plan;
  const { size, inverses } = layout(plan);
  const x = new Float64Array(tiles * side);
  const part = new Float64Array(side);
  for (let k = 0; k < n; k++) x[k] = b[order[k] as number] as number;
  for (let i = 0; i < tiles; i++) {
    for (let k = 0; k < i; k++) {
      const slot = slots[at(i, k)] as number;
      if (slot >= 0) subtractTimes(x, i * side, data, slot * size, x, k * side, side);
    }
    part.set(x.subarray(i * side, (i + 1) * side));
    x.fill(0, i * side, (i + 1) * side);
    subtractTimes(x, i * side, data, inverses + i * size, part, 0, side);
  }
  for (let i = tiles - 1; i >= 0; i--) {
    for (let k = i + 1; k < tiles; k++) {
      const slot = slots[at(k, i)] as number;
      if (slot >= 0) subtractTransposedTimes(x, i * side, data, slot * size, x, k * side, side);
    }
    part.set(x.subarray(i * side, (i + 1) * side));
    x.fill(0, i * side, (i + 1) * side);
    subtractTransposedTimes(x, i * side, data, inverses + i * size, part, 0, side);
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
  const { plan, arena } = factor;
  const { data } = arena;
  const { n, side, tiles, slots, order } = plan;
  const { size, inverses, column, spare, turned } = layout(plan);
  // Tile i of the column holds the transpose of L⁻¹'s tile (i, j): its rows are columns of L⁻¹.
  const holds = new Uint8Array(tiles);
  const result = new Float64Array(n);
  for (let j = 0; j < tiles; j++) {
    data.fill(0, column + j * size, column + tiles * size);
    holds.fill(0);
    transpose(data, inverses + j * size, column + j * size, side, -1);
    holds[j] = 1;
    for (let i = j + 1; i < tiles; i++) {
      let any = false;
      for (let k = j; k < i; k++) {
        const slot = slots[at(i, k)] as number;
        if (slot < 0 || holds[k] === 0) continue;
        if (!any) data.fill(0, spare, spare + size);
        any = true;
        arena.subtractProduct(spare, slot * size, column + k * size, side);
      }
      if (!any) continue;
      holds[i] = 1;
      transpose(data, spare, turned, side, 1);
      arena.subtractProduct(column + i * size, turned, inverses + i * size, side);
    }
    const rows = Math.min(side, n - j * side);
    for (let c = 0; c < rows; c++) {
      let total = 0;
      for (let i = j; i < tiles; i++) {
        if (holds[i] === 0) continue;
        const base = column + i * size + within(c, 0, side);
        for (let r = 0; r < side; r++) {
          const value = data[base + 4 * r] as number;
          total += value * value;
        }
      }
      result[order[j * side + c] as number] = total;
    }
    onColumn?.(j + 1, tiles);
  }
  return result;
}

/** Where the parts of a factor's arena begin, and how long it is. */
function layout({ side, tiles, slotCount }: TilePlan) {
  const size = side * side;
  const inverses = slotCount * size;
  const column = inverses + tiles * size;
  const spare = column + tiles * size;
  return { size, inverses, column, spare, turned: spare + size, length: spare + 2 * size };
}

function at(i: number, j: number): number {
  return (i * (i + 1)) / 2 + j;
}

function identity(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => i);
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
function negateInverse(t: Float64Array, l: number, out: number, side: number): void {
  t.fill(0, out, out + side * side);
  for (let j = 0; j < side; j++) {
    for (let i = j; i < side; i++) {
      let value = i === j ? -1 : 0;
      for (let k = j; k < i; k++) {
        value -= (t[l + within(i, k, side)] as number) * (t[out + within(k, j, side)] as number);
      }
      t[out + within(i, j, side)] = value / (t[l + within(i, i, side)] as number);
    }
  }
}

function transpose(t: Float64Array, a: number, out: number, side: number, sign: number): void {
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) {
      t[out + within(c, r, side)] = sign * (t[a + within(r, c, side)] as number);
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
