import { describe, expect, it } from 'vitest';
import { kendall, kendallTest, pearson, pearsonTest, spearman, spearmanTest } from './correlation.ts';
import { seededRandom } from './random.ts';

const random = seededRandom('correlation tests');
const draw = (n: number, levels: number) => Array.from({ length: n }, () => random.integer(levels));

/** τ-b straight from its definition, in O(n²). */
function kendallByPairs(x: number[], y: number[]): number | null {
  let sum = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const a = Math.sign((x[i] as number) - (x[j] as number));
      const b = Math.sign((y[i] as number) - (y[j] as number));
      sum += a * b;
      untiedX += a * a;
      untiedY += b * b;
    }
  }
  return untiedX === 0 || untiedY === 0 ? null : sum / Math.sqrt(untiedX * untiedY);
}

describe('correlations', () => {
  it('do not exist for constants, for one pair and for none', () => {
    for (const correlation of [pearson, spearman, kendall, pearsonTest, spearmanTest, kendallTest]) {
      expect(correlation([1, 1, 1], [1, 2, 3])).toBeNull();
      expect(correlation([1, 2, 3], [0.1, 0.1, 0.1])).toBeNull();
      expect(correlation([1], [2])).toBeNull();
      expect(correlation([], [])).toBeNull();
    }
  });

  it('are exactly ±1 at perfect agreement, and two pairs always agree perfectly', () => {
    const x = Array.from({ length: 1001 }, (_, i) => i * 0.1);
    for (const correlation of [spearman, kendall]) {
      expect(correlation(x, x.map(Math.exp))).toBe(1);
      expect(
        correlation(
          x,
          x.map((value) => -(value ** 3))
        )
      ).toBe(-1);
      expect(correlation([1, 2], [5, 3])).toBe(-1);
    }
    expect(pearson([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])).toBe(1);
    expect(pearsonTest([1, 2], [3, 9])).toEqual({ estimate: 1, p: null, n: 2 });
    expect(spearmanTest([1, 2, 3], [3, 9, 10])?.p).toBe(0);
  });

  it('do not change with units, order of the pairs or exchange of x and y; a turned axis turns the sign', () => {
    const x = draw(60, 1000);
    const y = x.map((value) => value + 300 * random.normal());
    const turned = x.map((_, i) => i).reverse();
    for (const correlation of [pearson, spearman, kendall]) {
      const r = correlation(x, y) as number;
      expect(
        correlation(
          x.map((value) => value * 1e-3 - 4),
          y
        )
      ).toBeCloseTo(r, 9);
      expect(correlation(y, x)).toBeCloseTo(r, 12);
      expect(
        correlation(
          turned.map((i) => x[i] as number),
          turned.map((i) => y[i] as number)
        )
      ).toBeCloseTo(r, 12);
      expect(
        correlation(
          x,
          y.map((value) => -value)
        )
      ).toBeCloseTo(-r, 12);
    }
  });

  it("keep Pearson's r for values at both ends of the range of doubles", () => {
    const x = draw(20, 9).map((value) => value + 1);
    const y = x.map((value) => value + random.normal());
    const r = pearson(x, y) as number;
    expect(
      pearson(
        x.map((value) => value * 1.9e307),
        y.map((value) => value * 1e-300)
      )
    ).toBeCloseTo(r, 12);
  });

  it("count Kendall's pairs as the definition does, ties and all", () => {
    for (let n = 2; n < 60; n++) {
      const x = draw(n, 1 + random.integer(n));
      const y = draw(n, 1 + random.integer(n));
      const expected = kendallByPairs(x, y);
      const actual = kendall(x, y);
      if (expected === null) expect(actual).toBeNull();
      else expect(actual).toBeCloseTo(expected, 13);
    }
  });

  it('refuse values without partner and values that are no numbers', () => {
    for (const correlation of [pearson, spearman, kendall]) {
      expect(() => correlation([1, 2], [1])).toThrow(RangeError);
      expect(() => correlation([1, Number.NaN, 2], [1, 2, 3])).toThrow(RangeError);
      expect(() => correlation([1, 3, 2], [1, Number.POSITIVE_INFINITY, 3])).toThrow(RangeError);
    }
  });
});

describe('p-values', () => {
  it("have Kendall's exact permutation distribution for small samples without ties", () => {
    // Of the 24 orders of four items 1 and 1 have 0 and 6 exchanges, 3 and 3 have 1 and 5.
    expect(kendallTest([1, 2, 3, 4], [1, 2, 3, 4])?.p).toBeCloseTo(2 / 24, 14);
    expect(kendallTest([1, 2, 3, 4], [1, 2, 4, 3])?.p).toBeCloseTo(8 / 24, 14);
    expect(kendallTest([1, 2, 3, 4], [2, 1, 4, 3], 'exact')?.p).toBeCloseTo(18 / 24, 14);
    expect(() => kendallTest([1, 1, 3], [1, 2, 3], 'exact')).toThrow(RangeError);
  });

  it('reject a true null in 5 % of samples, within Monte-Carlo error', () => {
    const runs = 4000;
    const rejected = [0, 0, 0];
    for (let run = 0; run < runs; run++) {
      const x = Array.from({ length: 25 }, () => random.normal());
      const y = Array.from({ length: 25 }, () => random.normal());
      [pearsonTest, spearmanTest, kendallTest].forEach((test, which) => {
        if ((test(x, y)?.p as number) < 0.05) rejected[which] = (rejected[which] as number) + 1;
      });
    }
    for (const count of rejected) expect(Math.abs(count / runs - 0.05)).toBeLessThan(0.0125);
  });
});
