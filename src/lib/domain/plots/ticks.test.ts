import { describe, expect, it } from 'vitest';
import { ticks } from './ticks.ts';

describe('ticks', () => {
  it('are round and within the span', () => {
    expect(ticks(0, 100)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks(1, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(ticks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(0, 0.3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(ticks(-3, 3, 3)).toEqual([-2, 0, 2]);
  });

  it('are none where there is no span', () => {
    expect(ticks(2, 2)).toEqual([]);
    expect(ticks(0, Infinity)).toEqual([]);
    expect(ticks(NaN, 1)).toEqual([]);
  });
});
