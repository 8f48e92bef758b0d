import { shuffled, type Random } from '#lib/stats/random.ts';

/**
 * Which of `count` items are compared, and which of the two is named first: k·N pairs, each item in 2k of them, first
 * in k and second in k. Where that many different pairs do not exist (2k ≥ N − 1), all of them, each item first as often
 * as second, ±1. No pair twice; the comparisons always join all items into one whole.
 *
 * A ring through all items in random order keeps the graph connected; the other k − 1 rounds start as longer strides
 * along that ring and are then mixed by exchanging the second items of two random pairs, which changes neither how
 * often an item stands first nor how often second.
 *
 * @param count at least 2.
 */
export function planPairs(count: number, pairsPerItem: number, random: Random): [number, number][] {
  const labels = shuffled(
    Array.from({ length: count }, (_, index) => index),
    random
  );
  const at = (index: number) => labels[index % count] as number;
  const strides = Math.min(pairsPerItem, Math.floor((count - 1) / 2));
  const from = new Int32Array(strides * count);
  const to = new Int32Array(strides * count);
  for (let stride = 1; stride <= strides; stride++) {
    for (let i = 0; i < count; i++) {
      from[(stride - 1) * count + i] = at(i);
      to[(stride - 1) * count + i] = at(i + stride);
    }
  }
  if (2 * pairsPerItem < count - 1) mix(from, to, count, strides, random);
  const pairs = Array.from(from, (first, edge): [number, number] => [first, to[edge] as number]);
  // An even number of items and all pairs: the last stride, half-way round, meets itself.
  if (count % 2 === 0 && 2 * pairsPerItem >= count - 1) {
    for (let i = 0; i < count / 2; i++) pairs.push([at(i), at(i + count / 2)]);
  }
  return shuffled(pairs, random);
}

function mix(from: Int32Array, to: Int32Array, count: number, strides: number, random: Random): void {
  const width = 2 * strides;
  const neighbours = new Int32Array(count * width);
  const filled = new Int32Array(count);
  const join = (a: number, b: number) => {
    neighbours[a * width + (filled[a] as number)] = b;
    filled[a] = (filled[a] as number) + 1;
  };
  from.forEach((a, edge) => {
    const b = to[edge] as number;
    join(a, b);
    join(b, a);
  });
  const joined = (a: number, b: number) => {
    for (let i = a * width; i < (a + 1) * width; i++) if (neighbours[i] === b) return true;
    return false;
  };
  const replace = (a: number, old: number, fresh: number) => {
    let i = a * width;
    while (neighbours[i] !== old) i++;
    neighbours[i] = fresh;
  };

  // The first `count` edges are the ring that holds the graph together; they stay.
  const free = from.length - count;
  if (free < 2) return;
  const attempts = free * (free > 100_000 ? 3 : 10);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const one = count + random.integer(free);
    const other = count + random.integer(free);
    const a = from[one] as number;
    const b = to[one] as number;
    const c = from[other] as number;
    const d = to[other] as number;
    if (a === c || a === d || b === c || b === d || joined(a, d) || joined(c, b)) continue;
    to[one] = d;
    to[other] = b;
    replace(a, b, d);
    replace(b, a, c);
    replace(c, d, b);
    replace(d, c, a);
  }
}
