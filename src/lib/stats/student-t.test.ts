import { describe, expect, it } from 'vitest';
import { chiSquareQuantile, chiSquareTails, fQuantile, fTails } from './f-and-chi-square.ts';
import { logGamma } from './gamma.ts';
import { studentCdf, studentQuantile, studentTwoSidedP } from './student-t.ts';

function expectRelative(actual: number, expected: number, tolerance = 5e-14): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

describe('logGamma', () => {
  it('is the logarithm of the factorial at whole numbers', () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n++) {
      expectRelative(Math.exp(logGamma(n)), factorial);
      factorial *= n;
    }
  });
  it('is ln √π at one half and keeps the recurrence everywhere', () => {
    expectRelative(logGamma(0.5), Math.log(Math.PI) / 2);
    for (const x of [1e-5, 0.3, 2.7, 13.5, 13.999, 200.25, 1e6]) {
      expect(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x))).toBeLessThan(
        1e-14 * Math.max(1, logGamma(x + 1))
      );
    }
  });
  it('refuses what has no logarithm', () => {
    expect(() => logGamma(0)).toThrow(RangeError);
    expect(() => logGamma(Number.NaN)).toThrow(RangeError);
  });
});

/** t, df, P(|T| ≥ t), from 40-digit arithmetic. */
const TWO_SIDED: readonly (readonly [number, number, number])[] = [
  [1e-8, 0.3, 0.999999995413615],
  [0.5, 0.3, 0.8007107926214776],
  [1.98, 0.3, 0.5659046736209783],
  [10, 0.3, 0.35024161332878173],
  [1e5, 0.3, 0.022104366595332898],
  [1e-8, 1, 0.9999999936338023],
  [0.5, 1, 0.7048327646991335],
  [1.98, 1, 0.29773423659970516],
  [10, 1, 0.06345103486110713],
  [1e5, 1, 6.366197723463607e-6],
  [1e-8, 3, 0.999999992648948],
  [0.5, 3, 0.651447964848151],
  [1.98, 3, 0.14205746776479675],
  [10, 3, 0.0021283990584141503],
  [1e5, 3, 2.2053155808932545e-15],
  [1e-8, 7.5, 0.9999999922819853],
  [0.5, 7.5, 0.6314109646224544],
  [1.98, 7.5, 0.08544388036202481],
  [10, 7.5, 1.3365978149387462e-5],
  [1e5, 7.5, 1.7039416041959908e-35],
  [1e-8, 144, 0.9999999920349945],
  [0.5, 144, 0.6178382827168069],
  [1.98, 144, 0.04960958434637389],
  [10, 144, 3.323131587852436e-18],
  [1e-8, 10000, 0.9999999920213538],
  [0.5, 10000, 0.6170860793232334],
  [1.98, 10000, 0.047730897764299146],
  [10, 10000, 1.9632807428663828e-23],
  [1e-8, 1000000000, 0.9999999920211544],
  [0.5, 1000000000, 0.6170750775619942],
  [1.98, 1000000000, 0.04770352895669614],
  [10, 1000000000, 1.5239744906091078e-23]
];

describe("Student's t", () => {
  it.each(TWO_SIDED)('has the two-sided p of 40-digit arithmetic at t = %d, df = %d', (t, df, p) => {
    expectRelative(studentTwoSidedP(t, df), p);
    expect(studentTwoSidedP(-t, df)).toBe(studentTwoSidedP(t, df));
  });

  it('is the Cauchy distribution at one degree of freedom and has its closed form at two', () => {
    for (const t of [-30, -2, -0.1, 0, 0.7, 5]) {
      expectRelative(studentCdf(t, 1), 0.5 + Math.atan(t) / Math.PI, 1e-13);
      expectRelative(studentCdf(t, 2), 0.5 + t / (2 * Math.SQRT2 * Math.sqrt(1 + (t * t) / 2)), 1e-13);
    }
  });

  it('has the tabled critical values', () => {
    const table: [number, number][] = [
      [1, 12.706204736174705],
      [2, 4.302652729749464],
      [10, 2.2281388519862744],
      [144, 1.9765750658304433],
      [1e9, 1.959963986912325]
    ];
    for (const [df, t] of table) expectRelative(studentQuantile(0.975, df), t, 1e-13);
  });

  it('gives back the probability that its quantile was asked for', () => {
    for (const df of [0.4, 1, 3.7, 25, 4000]) {
      for (const p of [1e-30, 1e-6, 0.02, 0.4, 0.6, 0.999]) {
        expectRelative(studentCdf(studentQuantile(p, df), df), p, 1e-13);
      }
      expect(studentQuantile(0.5, df)).toBe(0);
      expect(studentQuantile(0, df)).toBe(Number.NEGATIVE_INFINITY);
    }
  });

  it('refuses what is no degree of freedom and no probability', () => {
    expect(() => studentTwoSidedP(1, 0)).toThrow(RangeError);
    expect(() => studentTwoSidedP(Number.NaN, 3)).toThrow(RangeError);
    expect(() => studentQuantile(1.1, 3)).toThrow(RangeError);
  });
});

describe('F and chi-square', () => {
  it('are the squares of t and of the normal', () => {
    for (const df of [1, 4, 60]) {
      for (const t of [0.2, 1.5, 6]) expectRelative(fTails(t * t, 1, df).upper, studentTwoSidedP(t, df));
    }
    // 2·(1 − Φ(1.96)), to 17 digits.
    expectRelative(chiSquareTails(1.96 * 1.96, 1).upper, 0.04999579029644087);
  });

  it('have tails that sum to one and quantiles that lead back', () => {
    for (const [d1, d2] of [
      [1, 1],
      [2.5, 7],
      [78, 1950]
    ] as const) {
      for (const p of [1e-12, 0.025, 0.5, 0.975]) {
        expectRelative(fTails(fQuantile(p, d1, d2), d1, d2).lower, p, 1e-12);
        expectRelative(chiSquareTails(chiSquareQuantile(p, d2), d2).lower, p, 1e-12);
      }
      const { lower, upper } = fTails(1.3, d1, d2);
      expectRelative(lower + upper, 1, 1e-14);
    }
  });

  it('have the exponential distribution at two degrees of freedom', () => {
    for (const x of [0.01, 1, 700]) expectRelative(chiSquareTails(x, 2).upper, Math.exp(-x / 2), 2e-13);
  });
});
