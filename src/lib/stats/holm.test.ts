import { describe, expect, it } from 'vitest';
import { holm } from './holm.ts';
import { seededRandom } from './random.ts';

describe('holm', () => {
  it('multiplies the i-th smallest by what is left, monotone and capped at 1', () => {
    const corrected = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((value, i) => expect(corrected[i]).toBeCloseTo(value, 14));
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  it('does not count tests that could not be made', () => {
    expect(holm([null, 0.03, null])).toEqual([null, 0.03, null]);
  });

  it('refuses what is no p-value', () => {
    expect(() => holm([1.2])).toThrow(RangeError);
    expect(() => holm([Number.NaN])).toThrow(RangeError);
  });

  it('keeps the chance of any false rejection at 5 % and rejects whenever Bonferroni does', () => {
    const random = seededRandom('holm');
    let families = 0;
    for (let run = 0; run < 4000; run++) {
      const p = Array.from({ length: 10 }, () => random.uniform());
      const corrected = holm(p);
      if (corrected.some((value) => (value as number) < 0.05)) families++;
      p.forEach((value, i) => expect(corrected[i]).toBeLessThanOrEqual(Math.min(1, 10 * value) + 1e-15));
    }
    expect(families / 4000).toBeLessThan(0.062);
    expect(families / 4000).toBeGreaterThan(0.036);
  });
});
