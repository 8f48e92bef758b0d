import { describe, expect, it } from 'vitest';
import { midRanks, rankGroups } from './rank.ts';
import { seededRandom } from './random.ts';

describe('midRanks', () => {
  it('shares the mean rank among equal values', () => {
    expect([...midRanks([10, 20, 20, 5])]).toEqual([2, 3.5, 3.5, 1]);
    expect([...midRanks([7, 7, 7])]).toEqual([2, 2, 2]);
    expect([...midRanks([0, -0, -1])]).toEqual([2.5, 2.5, 1]);
    expect([...midRanks([])]).toEqual([]);
  });

  it('always sums to n(n + 1)/2 and does not care for monotone maps', () => {
    const random = seededRandom('ranks');
    for (let n = 1; n < 40; n++) {
      const values = Array.from({ length: n }, () => random.integer(12));
      const ranks = midRanks(values);
      expect(ranks.reduce((a, b) => a + b, 0)).toBe((n * (n + 1)) / 2);
      expect([...midRanks(values.map((value) => Math.exp(value / 3)))]).toEqual([...ranks]);
    }
  });

  it('refuses NaN, which has no place in an order', () => {
    expect(() => midRanks([1, Number.NaN])).toThrow(RangeError);
  });
});

describe('rankGroups', () => {
  it('numbers the distinct values from 0 in ascending order', () => {
    const { group, groups } = rankGroups([3, 1, 3, -2]);
    expect([...group]).toEqual([2, 1, 2, 0]);
    expect(groups).toBe(3);
  });
});
