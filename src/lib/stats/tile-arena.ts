/**
 * Memory for tiles, and the one product on them that factorisation and inversion consist of.
 *
 * Inside a tile four rows are interleaved: row r, column c of a tile of side b lies at
 * (r >> 2)·4b + 4c + (r & 3). In this order both operands of C −= A·Bᵀ are read front to back and a 4 × 4
 * block of C is contiguous.
 */
export interface TileArena {
  readonly data: Float64Array;
  /** C −= A·Bᵀ for three tiles that begin at these places in `data`; `side` is a multiple of 4. */
  subtractProduct(c: number, a: number, b: number, side: number): void;
}

/**
 * An arena in plain memory, or, from `simdFrom` numbers on, in the memory of a small WebAssembly module whose
 * product kernel takes two numbers at a time. Both kernels add in the same order, so results are the same to
 * the last bit; where WebAssembly or its vectors are missing, the plain one serves for any size.
 */
export function tileArena(length: number, simdFrom = 1 << 13): TileArena {
  return (length >= simdFrom ? simdArena(length) : null) ?? plainArena(length);
}

/** Place of (row, column) inside a tile. */
export function within(row: number, column: number, side: number): number {
  return (row >> 2) * 4 * side + 4 * column + (row & 3);
}

function plainArena(length: number): TileArena {
  const data = new Float64Array(length);
  return { data, subtractProduct: (c, a, b, side) => subtractProduct(data, c, a, b, side) };
}

/** The product in JavaScript: sixteen sums at once is what keeps a scalar unit busy. */
function subtractProduct(t: Float64Array, c: number, a: number, b: number, side: number): void {
  const stride = 4 * side;
  let target = c;
  for (let row = 0; row < side; row += 4) {
    const aStart = a + row * side;
    for (let col = 0; col < side; col += 4) {
      let s00 = 0, s01 = 0, s02 = 0, s03 = 0; // prettier-ignore
      let s10 = 0, s11 = 0, s12 = 0, s13 = 0; // prettier-ignore
      let s20 = 0, s21 = 0, s22 = 0, s23 = 0; // prettier-ignore
      let s30 = 0, s31 = 0, s32 = 0, s33 = 0; // prettier-ignore
      let ia = aStart;
      let ib = b + col * side;
      for (const end = aStart + stride; ia < end; ia += 4, ib += 4) {
        const a0 = t[ia] as number;
        const a1 = t[ia + 1] as number;
        const a2 = t[ia + 2] as number;
        const a3 = t[ia + 3] as number;
        const b0 = t[ib] as number;
        const b1 = t[ib + 1] as number;
        const b2 = t[ib + 2] as number;
        const b3 = t[ib + 3] as number;
        s00 += a0 * b0;
        s01 += a0 * b1;
        s02 += a0 * b2;
        s03 += a0 * b3;
        s10 += a1 * b0;
        s11 += a1 * b1;
        s12 += a1 * b2;
        s13 += a1 * b3;
        s20 += a2 * b0;
        s21 += a2 * b1;
        s22 += a2 * b2;
        s23 += a2 * b3;
        s30 += a3 * b0;
        s31 += a3 * b1;
        s32 += a3 * b2;
        s33 += a3 * b3;
      }
      (t[target] as number) -= s00;
      (t[target + 1] as number) -= s10;
      (t[target + 2] as number) -= s20;
      (t[target + 3] as number) -= s30;
      (t[target + 4] as number) -= s01;
      (t[target + 5] as number) -= s11;
      (t[target + 6] as number) -= s21;
      (t[target + 7] as number) -= s31;
      (t[target + 8] as number) -= s02;
      (t[target + 9] as number) -= s12;
      (t[target + 10] as number) -= s22;
      (t[target + 11] as number) -= s32;
      (t[target + 12] as number) -= s03;
      (t[target + 13] as number) -= s13;
      (t[target + 14] as number) -= s23;
      (t[target + 15] as number) -= s33;
      target += 16;
    }
  }
}

const PAGE = 65_536;
let compiled: WebAssembly.Module | null | undefined;

function simdArena(length: number): TileArena | null {
  if (compiled === undefined) compiled = compileKernel();
  if (compiled === null) return null;
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((length * 8) / PAGE) });
    const { exports } = new WebAssembly.Instance(compiled, { arena: { memory } });
    const kernel = exports['product'] as (c: number, a: number, b: number, side: number) => void;
    return {
      data: new Float64Array(memory.buffer, 0, length),
      subtractProduct: (c, a, b, side) => kernel(8 * c, 8 * a, 8 * b, side)
    };
  } catch {
    // No room for the memory: the plain arena may still find some.
    return null;
  }
}

function compileKernel(): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(kernelBytes());
  } catch {
    // No WebAssembly, no vectors, or a page whose policy forbids compiling.
    return null;
  }
}

/**
 * The module, assembled here so that no binary lies in the repository. Its one function does what
 * `subtractProduct` does, with the four rows of a block in two vectors:
 *
 *   for each row group of A:                  (ra steps by one group to aEnd)
 *     for each row group of B:                (rb likewise to bEnd)
 *       sums = 0
 *       for each k: sums[col] += A[rows, k] × B[col, k]
 *       C −= sums; c moves on by 16 numbers
 */
function kernelBytes(): Uint8Array<ArrayBuffer> {
  const I32 = 0x7f;
  const V128 = 0x7b;
  // Parameters: byte addresses of the three tiles, and the side. Then the locals.
  const [c, ra, b, side, stride, aEnd, bEnd, rb, ia, ib, kEnd] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const [upper, lower, factor, sums] = [11, 12, 13, 14];

  const get = (local: number) => [0x20, local];
  const set = (local: number) => [0x21, local];
  const constant = (value: number) => [0x41, ...signedLeb(value)];
  const ADD = 0x6a;
  const MULTIPLY = 0x6c;
  const DIVIDE = 0x6e;
  const advance = (local: number, by: number[]) => [...get(local), ...by, ADD, ...set(local)];
  const vector = (opcode: number) => [0xfd, ...leb(opcode)];
  const load = (local: number, offset: number) => [...get(local), ...vector(0), 3, offset];
  const loadSplat = (local: number, offset: number) => [...get(local), ...vector(10), 3, offset];
  const store = (offset: number) => [...vector(11), 3, ...leb(offset)];
  const V_ADD = vector(240);
  const V_SUBTRACT = vector(241);
  const V_MULTIPLY = vector(242);
  const zero = [...vector(12), ...new Array<number>(16).fill(0)];
  const loopWhileBelow = (local: number, bound: number, body: number[]) =>
    [0x03, 0x40, ...body, ...get(local), ...get(bound), 0x49, 0x0d, 0, 0x0b]; // prettier-ignore

  const columns = [0, 1, 2, 3];
  const addTo = (sum: number, rows: number) =>
    [...get(sum), ...get(rows), ...get(factor), ...V_MULTIPLY, ...V_ADD, ...set(sum)]; // prettier-ignore
  const oneK = [
    ...load(ia, 0),
    ...set(upper),
    ...load(ia, 16),
    ...set(lower),
    ...columns.flatMap((column) => [
      ...loadSplat(ib, 8 * column),
      ...set(factor),
      ...addTo(sums + 2 * column, upper),
      ...addTo(sums + 2 * column + 1, lower)
    ]),
    ...advance(ia, constant(32)),
    ...advance(ib, constant(32))
  ];
  const subtractFromC = (sum: number, offset: number) =>
    [...get(c), ...load(c, offset), ...get(sum), ...V_SUBTRACT, ...store(offset)]; // prettier-ignore
  const perBlock = [
    ...columns.flatMap((column) => [
      ...zero,
      ...set(sums + 2 * column),
      ...zero,
      ...set(sums + 2 * column + 1)
    ]),
    ...get(ra),
    ...set(ia),
    ...get(rb),
    ...set(ib),
    ...loopWhileBelow(ia, kEnd, oneK),
    ...columns.flatMap((column) => [
      ...subtractFromC(sums + 2 * column, 32 * column),
      ...subtractFromC(sums + 2 * column + 1, 32 * column + 16)
    ]),
    ...advance(c, constant(128)),
    ...advance(rb, get(stride))
  ];
  const perRowGroup = [
    ...get(b),
    ...set(rb),
    ...get(ra),
    ...get(stride),
    ADD,
    ...set(kEnd),
    ...loopWhileBelow(rb, bEnd, perBlock),
    ...get(kEnd),
    ...set(ra)
  ];
  const tileEnd = (tile: number) =>
    [...get(tile), ...get(side), ...get(stride), MULTIPLY, ...constant(4), DIVIDE, ADD]; // prettier-ignore
  const body = [
    ...leb(2),
    ...[...leb(7), I32],
    ...[...leb(11), V128],
    ...get(side),
    ...constant(32),
    MULTIPLY,
    ...set(stride),
    ...tileEnd(ra),
    ...set(aEnd),
    ...tileEnd(b),
    ...set(bEnd),
    ...loopWhileBelow(ra, aEnd, perRowGroup),
    0x0b
  ];
  const section = (id: number, content: number[]) => [id, ...leb(content.length), ...content];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 4, I32, I32, I32, I32, 0]),
    ...section(2, [1, ...name('arena'), ...name('memory'), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('product'), 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body])
  ]);
}

function name(text: string): number[] {
  return [text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))];
}

/** Whole numbers as WebAssembly writes them: seven bits a byte, the eighth says that more follow. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

function signedLeb(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signedLeb(value >>> 7)];
}
