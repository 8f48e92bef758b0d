import { describe, expect, it } from 'vitest';
import { histogram } from './histogram.ts';

describe('histogram', () => {
  it('counts every value within once, the upper end in the last part', () => {
    expect(histogram([0, 0.5, 1, 1.999, 2, 3, 4], 0, 4, 4)).toEqual([2, 2, 1, 2]);
  });

  it('leaves out what lies outside', () => {
    expect(histogram([-1, 5, NaN, 2], 0, 4, 2)).toEqual([0, 1]);
  });
});
