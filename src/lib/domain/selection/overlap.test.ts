import { describe, expect, it } from 'vitest';
import { selectionOverlap } from './overlap.ts';

describe('selectionOverlap', () => {
  it('counts what is shared beside what chance would share', () => {
    expect(selectionOverlap(['a', 'b', 'c', 'd'], ['d', 'x', 'b'], 12)).toEqual({
      shared: ['b', 'd'],
      onlyFirst: 2,
      onlySecond: 1,
      jaccard: 2 / 5,
      expectedByChance: 1
    });
  });

  it('of two empty selections has no Jaccard index', () => {
    expect(selectionOverlap([], [], 0)).toMatchObject({ shared: [], jaccard: null, expectedByChance: 0 });
  });

  it('refuses a population that is too small', () => {
    expect(() => selectionOverlap(['a'], ['b'], 1)).toThrow(RangeError);
  });
});
