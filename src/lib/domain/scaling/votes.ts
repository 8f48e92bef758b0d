import type { Choice } from '../response.ts';

/**
 * Pair votes added up: every pair that was compared once, with first < second, in ascending order. Votes are
 * kept as counts, so a million votes cost what their distinct pairs cost (36 bytes each) and no objects.
 */
export interface WinTable {
  /** Number of items; those without votes count too. */
  readonly items: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Votes for `first` over `second`, the other way round, and for neither. */
  readonly winsFirst: Float64Array;
  readonly winsSecond: Float64Array;
  readonly ties: Float64Array;
  /** Votes in all, and those in which each item took part. A tie counts once. */
  readonly nVotes: number;
  readonly votes: Float64Array;
}

export interface VoteCollector {
  /**
   * Counts votes on a pair of items, numbered from 0.
   *
   * @param count how many votes, a finite number ≥ 0. A count of 0 is no vote, but makes the items known.
   * @throws RangeError for first = second, a number below 0 or a count that is negative or not finite.
   */
  add(first: number, second: number, choice: Choice, count?: number): void;
  /**
   * The table; the collector is empty again afterwards, so that its memory is free.
   *
   * @param items number of items, at least one above the largest that was given; by default exactly that.
   */
  finish(items?: number): WinTable;
}

/** Collects votes one by one into a win table, in memory that grows with the distinct pairs alone. */
export function collectVotes(): VoteCollector {
  let capacity = 0;
  let pairs = 0;
  let known = 0;
  let low = new Int32Array(0);
  let high = new Int32Array(0);
  let winsLow = new Float64Array(0);
  let winsHigh = new Float64Array(0);
  let ties = new Float64Array(0);
  // Open addressing, at most half full: slot → pair + 1.
  let slots = new Int32Array(0);
  resize(64);

  function slotOf(a: number, b: number): number {
    let slot = hash(a, b) & (slots.length - 1);
    for (;;) {
      const pair = (slots[slot] as number) - 1;
      if (pair < 0 || (low[pair] === a && high[pair] === b)) return slot;
      slot = (slot + 1) & (slots.length - 1);
    }
  }

  function resize(to: number): void {
    capacity = to;
    low = widened(low, new Int32Array(capacity));
    high = widened(high, new Int32Array(capacity));
    winsLow = widened(winsLow, new Float64Array(capacity));
    winsHigh = widened(winsHigh, new Float64Array(capacity));
    ties = widened(ties, new Float64Array(capacity));
    slots = new Int32Array(2 * capacity);
    for (let pair = 0; pair < pairs; pair++) {
      slots[slotOf(low[pair] as number, high[pair] as number)] = pair + 1;
    }
  }

  return {
    add(first, second, choice, count = 1) {
      if (!Number.isInteger(first) || !Number.isInteger(second) || first < 0 || second < 0) {
        throw new RangeError(`items are numbered from 0, not ${first} and ${second}`);
      }
      if (first === second) throw new RangeError(`item ${first} cannot be compared with itself`);
      if (!(count >= 0 && count < Infinity)) throw new RangeError(`a count is at least 0, not ${count}`);
      known = Math.max(known, first + 1, second + 1);
      if (count === 0) return;
      const swapped = first > second;
      const a = swapped ? second : first;
      const b = swapped ? first : second;
      let slot = slotOf(a, b);
      if (slots[slot] === 0) {
        if (pairs === capacity) {
          resize(2 * capacity);
          slot = slotOf(a, b);
        }
        low[pairs] = a;
        high[pairs] = b;
        slots[slot] = ++pairs;
      }
      const pair = (slots[slot] as number) - 1;
      const target = choice === 'same' ? ties : (choice === 'first') !== swapped ? winsLow : winsHigh;
      (target[pair] as number) += count;
    },
    finish(items = known) {
      if (items < known) throw new RangeError(`${known} items have votes, more than ${items}`);
      slots = new Int32Array(0);
      const order = ascending(low.subarray(0, pairs), high.subarray(0, pairs), items);
      // One after the other, so that at most one of them is there twice.
      low = picked(order, low, new Int32Array(pairs));
      high = picked(order, high, new Int32Array(pairs));
      winsLow = picked(order, winsLow, new Float64Array(pairs));
      winsHigh = picked(order, winsHigh, new Float64Array(pairs));
      ties = picked(order, ties, new Float64Array(pairs));
      const table = winTable(items, low, high, winsLow, winsHigh, ties);
      pairs = 0;
      known = 0;
      low = high = new Int32Array(0);
      winsLow = winsHigh = ties = new Float64Array(0);
      resize(64);
      return table;
    }
  };
}

/**
 * A win table from a full matrix: `wins[i][j]` votes for i over j, `ties[i][j] = ties[j][i]` for neither (each
 * pair's ties are read once, above the diagonal).
 */
export function winTableFromMatrix(
  wins: readonly (readonly number[])[],
  ties: readonly (readonly number[])[] = []
): WinTable {
  const collector = collectVotes();
  for (let i = 0; i < wins.length; i++) {
    for (let j = i + 1; j < wins.length; j++) {
      collector.add(i, j, 'first', wins[i]?.[j] ?? 0);
      collector.add(i, j, 'second', wins[j]?.[i] ?? 0);
      collector.add(i, j, 'same', ties[i]?.[j] ?? 0);
    }
  }
  return collector.finish(wins.length);
}

function winTable(
  items: number,
  first: Int32Array,
  second: Int32Array,
  winsFirst: Float64Array,
  winsSecond: Float64Array,
  ties: Float64Array
): WinTable {
  const votes = new Float64Array(items);
  let nVotes = 0;
  for (let p = 0; p < first.length; p++) {
    const count = (winsFirst[p] as number) + (winsSecond[p] as number) + (ties[p] as number);
    (votes[first[p] as number] as number) += count;
    (votes[second[p] as number] as number) += count;
    nVotes += count;
  }
  return { items, first, second, winsFirst, winsSecond, ties, nVotes, votes };
}

/**
 * The order of the pairs by (low, high), by counting twice. Results then do not depend on the order of the
 * votes, not even in their last digit.
 */
function ascending(low: Int32Array, high: Int32Array, items: number): Int32Array {
  const byHigh = countingOrder(high, items);
  const starts = new Int32Array(items + 1);
  for (const value of low) (starts[value + 1] as number)++;
  for (let i = 0; i < items; i++) (starts[i + 1] as number) += starts[i] as number;
  const result = new Int32Array(low.length);
  for (const pair of byHigh) {
    const value = low[pair] as number;
    result[(starts[value] as number)++] = pair;
  }
  return result;
}

function countingOrder(keys: Int32Array, bound: number): Int32Array {
  const starts = new Int32Array(bound + 1);
  for (const key of keys) (starts[key + 1] as number)++;
  for (let i = 0; i < bound; i++) (starts[i + 1] as number) += starts[i] as number;
  const result = new Int32Array(keys.length);
  for (let k = 0; k < keys.length; k++) result[(starts[keys[k] as number] as number)++] = k;
  return result;
}

function widened<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function picked<T extends Int32Array | Float64Array>(order: Int32Array, from: T, to: T): T {
  for (let k = 0; k < order.length; k++) to[k] = from[order[k] as number] as number;
  return to;
}

function hash(a: number, b: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
