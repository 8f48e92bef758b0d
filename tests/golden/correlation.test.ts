import { describe, expect, it } from 'vitest';
import {
  kendall,
  kendallTest,
  pearson,
  pearsonTest,
  spearman,
  spearmanTest
} from '#lib/stats/correlation.ts';
import { goldenDir, readGolden, readGoldenRows } from './golden.ts';

interface Expected {
  n: number;
  plcc_raw: number;
  plcc_p: number;
  srcc: number;
  srcc_p_t: number;
  krcc_tau_b: number;
  krcc_p_scipy_auto: number;
  krcc_p_asymptotic: number;
}

function check(x: number[], y: number[], expected: Expected, near: (actual: number, value: number) => void) {
  expect(x.length).toBe(expected.n);
  const abs = (actual: number | null | undefined, value: number) =>
    expect(Math.abs((actual as number) - value)).toBeLessThanOrEqual(1e-9);
  abs(pearson(x, y), expected.plcc_raw);
  abs(spearman(x, y), expected.srcc);
  abs(kendall(x, y), expected.krcc_tau_b);
  near(pearsonTest(x, y)?.p as number, expected.plcc_p);
  near(spearmanTest(x, y)?.p as number, expected.srcc_p_t);
  near(kendallTest(x, y)?.p as number, expected.krcc_p_scipy_auto);
  near(kendallTest(x, y, 'asymptotic')?.p as number, expected.krcc_p_asymptotic);
}

describe.skipIf(goldenDir() === null)('correlations equal SciPy', () => {
  // τ-c is in the files too; this project reports τ-b alone.
  it('on 146 images and six models (1e-9; p 1e-6 relative)', () => {
    const golden = readGolden<{ expected: Record<string, Expected> }>('corr_avt_ai_images');
    const rows = readGoldenRows('data/avt_ai_images_mos_predictions.csv').filter((row) =>
      Object.values(row).every((cell) => cell !== '')
    );
    const y = rows.map((row) => Number(row['appeal_mean']));
    expect(Object.keys(golden.expected)).toHaveLength(6);
    for (const [model, expected] of Object.entries(golden.expected)) {
      const x = rows.map((row) => Number(row[model]));
      check(x, y, expected, (actual, value) =>
        expect(Math.abs(actual - value)).toBeLessThanOrEqual(1e-6 * Math.abs(value))
      );
    }
  });

  it('on small samples with ties, and do not exist where one side is constant (1e-9)', () => {
    type Case = { x: number[]; y: number[]; expected: Expected & { undefined?: string } };
    const cases = readGolden<{ expected: Case[] }>('corr_small_ties_avt').expected;
    expect(cases.length).toBeGreaterThan(10);
    for (const { x, y, expected } of cases) {
      if (expected.undefined !== undefined) {
        for (const correlation of [pearson, spearman, kendall]) expect(correlation(x, y)).toBeNull();
      } else if (expected.n === undefined) {
        for (const correlation of [pearson, spearman, kendall]) expect(correlation(x, y)).toBe(1);
      } else {
        check(x, y, expected, (actual, value) => expect(Math.abs(actual - value)).toBeLessThanOrEqual(1e-9));
      }
    }
  });

  it("equal R's cor.test, exact distributions included where there are no ties (1e-8)", () => {
    interface Case {
      x: number[];
      y: number[];
      spearman_rho: number;
      kendall_tau: number;
      pearson_r: number;
      pearson_p: number;
    }
    const { expected } = readGolden<{ expected: { cor_test: Case[] } }>('dependent_correlations_avt');
    for (const { x, y, ...r } of expected.cor_test) {
      // R's exact (or Edgeworth) p of Spearman and its continuity-free p of Kendall on other rules are left out.
      expect(spearman(x, y)).toBeCloseTo(r.spearman_rho, 8);
      expect(kendall(x, y)).toBeCloseTo(r.kendall_tau, 8);
      expect(pearson(x, y)).toBeCloseTo(r.pearson_r, 8);
      expect(pearsonTest(x, y)?.p).toBeCloseTo(r.pearson_p, 8);
    }
  });
});
