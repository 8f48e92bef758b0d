import { describe, expect, it } from 'vitest';
import { bcaInterval, bootstrapReplicates, jackknife, percentileInterval } from '#lib/stats/bootstrap.ts';
import { pearson, spearman } from '#lib/stats/correlation.ts';
import {
  differenceInterval,
  hittner,
  independentCorrelations,
  mengRosenthalRubin,
  mengRosenthalRubinInterval,
  separateCorrelations,
  steiger,
  williams,
  type ComparisonTest
} from '#lib/stats/dependent-correlations.ts';
import { fisherScaleInterval, pearsonInterval, spearmanInterval } from '#lib/stats/intervals.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { goldenDir, readGolden, readGoldenRows } from './golden.ts';

const images = () =>
  readGoldenRows('data/avt_ai_images_mos_predictions.csv').filter((row) =>
    Object.values(row).every((cell) => cell !== '')
  );

function expectBounds(
  actual: readonly number[] | null,
  expected: readonly number[] | undefined,
  tolerance: number
) {
  if (expected === undefined) return;
  expect(actual).not.toBeNull();
  expected.forEach((bound, i) =>
    expect(Math.abs((actual?.[i] as number) - bound)).toBeLessThanOrEqual(tolerance)
  );
}

interface Reference {
  statistic: number;
  p: number;
  df: number | null;
  ci: [number, number];
}

function expectTest(actual: ComparisonTest | null, expected: Reference | undefined) {
  expect(actual?.statistic).toBeCloseTo(expected?.statistic as number, 8);
  expect(actual?.p).toBeCloseTo(expected?.p as number, 8);
}

describe.skipIf(goldenDir() === null)("comparisons of correlations equal R's cocor (1e-8)", () => {
  // Left out: Pearson-Filon, Hotelling, Olkin, Hendrickson and unpooled Dunn-Clark; each is superseded by one of
  // those here and none is offered.
  it('for two models against the same scores', () => {
    type Case = { n: number; method: string; r_y_x1: number; r_y_x2: number; r_x1_x2: number } & {
      y: string;
      x1: string;
      x2: string;
      tests: Record<string, Reference>;
    };
    const cases = readGolden<{ expected: { overlapping: Case[] } }>('dependent_correlations_avt').expected
      .overlapping;
    expect(cases).toHaveLength(12);
    const rows = images();
    for (const { tests, n, ...one } of cases) {
      const column = (name: string) => rows.map((row) => Number(row[name]));
      const correlation = one.method === 'spearman' ? spearman : pearson;
      const given = {
        r1: correlation(column(one.y), column(one.x1)) as number,
        r2: correlation(column(one.y), column(one.x2)) as number,
        r12: correlation(column(one.x1), column(one.x2)) as number,
        n
      };
      expect(given.r1).toBeCloseTo(one.r_y_x1, 8);
      expectTest(mengRosenthalRubin(given), tests['meng1992']);
      expectTest(steiger(given), tests['steiger1980']);
      expectTest(williams(given), tests['williams1959']);
      expectTest(hittner(given), tests['hittner2003']);
      expectBounds(mengRosenthalRubinInterval(given), tests['meng1992']?.ci, 1e-8);
      const both = { r1: given.r1, n1: n, r2: given.r2, n2: n };
      expectBounds(differenceInterval(both, given.r12), tests['zou2007']?.ci, 1e-8);
    }
  });

  it('for separate samples, and for pairs that share no variable', () => {
    const { expected } = readGolden<{
      expected: {
        independent: {
          r1: number;
          n1: number;
          r2: number;
          n2: number;
          fisher_z: number;
          fisher_p: number;
          zou_ci: number[];
        }[];
        nonoverlapping: { n: number; R: number[]; tests: Record<string, Reference> }[];
      };
    }>('dependent_correlations_avt');
    for (const { fisher_z, fisher_p, zou_ci, ...given } of expected.independent) {
      const test = independentCorrelations(given);
      expect(test?.statistic).toBeCloseTo(fisher_z, 8);
      expect(test?.p).toBeCloseTo(fisher_p, 8);
      expectBounds(differenceInterval(given), zou_ci, 1e-8);
    }
    for (const { n, R, tests } of expected.nonoverlapping) {
      const at = (row: number, column: number) => R[4 * row + column] as number;
      const given = {
        jk: at(0, 1),
        hm: at(2, 3),
        jh: at(0, 2),
        jm: at(0, 3),
        kh: at(1, 2),
        km: at(1, 3),
        n
      };
      expectTest(separateCorrelations(given, 'mean'), tests['steiger1980']);
      expectTest(separateCorrelations(given, 'fisher'), tests['silver2004']);
    }
  });
});

describe.skipIf(goldenDir() === null)('intervals of correlations equal the reference (1e-9)', () => {
  type Expected = Record<string, [number, number]> & { n: never; srcc: never; plcc_raw: never };
  it('Fisher, Bonett-Wright and Fieller', () => {
    const all = [
      ...Object.values(readGolden<{ expected: Record<string, Expected> }>('corr_avt_ai_images').expected),
      ...readGolden<{ expected: { expected: Expected }[] }>('corr_small_ties_avt').expected.map(
        (c) => c.expected
      )
    ].filter((expected) => expected['plcc_ci95_fisher'] !== undefined);
    expect(all.length).toBeGreaterThan(12);
    for (const expected of all) {
      const { n, srcc, plcc_raw } = expected as unknown as { n: number; srcc: number; plcc_raw: number };
      expectBounds(pearsonInterval(plcc_raw, n), expected['plcc_ci95_fisher'], 1e-9);
      expectBounds(pearsonInterval(srcc, n), expected['srcc_ci95_fisher_1/(n-3)'], 1e-9);
      expectBounds(spearmanInterval(srcc, n), expected['srcc_ci95_bonett_wright_(1+r2/2)/(n-3)'], 1e-9);
      expectBounds(fisherScaleInterval(srcc, 1.06 / (n - 3)), expected['srcc_ci95_fieller_1.06/(n-3)'], 1e-9);
    }
  });
});

describe.skipIf(goldenDir() === null)('bootstrap intervals equal 200,000 resamples of the reference', () => {
  interface Run {
    percentile95: [number, number];
    bca95: [number, number];
    z0: number;
    acceleration: number;
    bootstrap_se: number;
  }
  interface Entry {
    n: number;
    estimate: number;
    run_seed1: Run;
    suggested_tolerance_at_B_10000: number;
  }
  const statistics: Record<string, (y: number[], x: number[], second: number[]) => number | null> = {
    srcc: (y, x) => spearman(x, y),
    plcc: (y, x) => pearson(x, y),
    srcc_first_25_rows: (y, x) => spearman(x, y),
    'srcc_difference(first - second)': (y, x, second) => {
      const a = spearman(x, y);
      const b = spearman(second, y);
      return a === null || b === null ? null : a - b;
    }
  };
  it.each(Object.keys(statistics))('%s: percentile and BCa, at 10,000 resamples', (name) => {
    const golden = readGolden<{ expected: Record<string, Entry> }>('bootstrap_avt').expected[name] as Entry;
    const rows = images().slice(0, golden.n);
    const column = (of: string) => rows.map((row) => Number(row[of]));
    const [y, x, second] = [column('appeal_mean'), column('NIQE'), column('MANIQA')];
    const pick = (values: number[], draw: Int32Array) => Array.from(draw, (i) => values[i] as number);
    const statistic = ([draw]: readonly Int32Array[]) =>
      statistics[name]?.(pick(y, draw!), pick(x, draw!), pick(second, draw!)) ?? null;
    const estimate = statistic([Int32Array.from(rows.keys())]) as number;
    expect(estimate).toBeCloseTo(golden.estimate, 9);
    const plan = { sizes: [golden.n], statistic, replicates: 10_000, random: seededRandom(name) };
    const replicates = bootstrapReplicates(plan);
    const tolerance = golden.suggested_tolerance_at_B_10000;
    const { percentile95, bca95, acceleration, z0 } = golden.run_seed1;
    expectBounds(percentileInterval(replicates), percentile95, tolerance);
    const bca = bcaInterval(estimate, replicates, jackknife(plan));
    expectBounds(bca?.interval ?? null, bca95, tolerance);
    expect(bca?.acceleration).toBeCloseTo(acceleration, 9);
    expect(Math.abs((bca?.z0 as number) - z0)).toBeLessThan(0.05);
  });
});
