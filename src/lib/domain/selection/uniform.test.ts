import { describe, expect, it } from 'vitest';
import { uniformSelection } from './uniform.ts';

const items = (...mos: number[]) => mos.map((value) => ({ mos: value }));

describe('uniformSelection', () => {
  it('spreads over the ranks, ends included, lowest first', () => {
    expect(uniformSelection(items(50, 10, 40, 20, 30), 3)).toEqual([1, 4, 0]);
    expect(uniformSelection(items(50, 10, 40, 20, 30), 2)).toEqual([1, 0]);
  });

  it('takes the middle of one, all of too many, none of none', () => {
    expect(uniformSelection(items(3, 1, 2), 1)).toEqual([2]);
    expect(uniformSelection(items(3, 1, 2), 7)).toEqual([1, 2, 0]);
    expect(uniformSelection(items(3, 1, 2), 0)).toEqual([]);
    expect(uniformSelection([], 2)).toEqual([]);
  });

  it('leaves neighbours in rank at most one step apart from even, without repeats', () => {
    for (const n of [2, 7, 50, 99, 100]) {
      const chosen = uniformSelection(items(...Array.from({ length: 100 }, (_, i) => (i * 37) % 100)), n);
      expect(new Set(chosen).size).toBe(n);
      const ranks = chosen.map((index) => (index * 37) % 100);
      const gaps = ranks.slice(1).map((rank, k) => rank - ranks[k]!);
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    }
  });

  it('keeps equal MOS in the order of their rows and refuses a broken count', () => {
    expect(uniformSelection(items(5, 5, 5), 2)).toEqual([0, 2]);
    expect(() => uniformSelection(items(1), 1.5)).toThrow(RangeError);
  });
});
