import { describe, expect, it } from 'vitest';
import { pearson, spearman } from './correlation.ts';
import {
  differenceInterval,
  hittner,
  independentCorrelations,
  mengRosenthalRubin,
  mengRosenthalRubinInterval,
  steiger,
  williams,
  type OverlappingCorrelations
} from './dependent-correlations.ts';
import { seededRandom } from './random.ts';

const random = seededRandom('dependent correlations');
const TESTS = { mengRosenthalRubin, steiger, williams, hittner };

/** n rows of y with two predictors, each correlating `rho` with y through the same errors in part. */
function rows(n: number, rho: number, shared: number) {
  const y: number[] = [];
  const x1: number[] = [];
  const x2: number[] = [];
  for (let i = 0; i < n; i++) {
    const quality = random.normal();
    const common = Math.sqrt(shared) * random.normal();
    const own = () => Math.sqrt(1 - rho * rho) * (common + Math.sqrt(1 - shared) * random.normal());
    y.push(quality);
    x1.push(rho * quality + own());
    x2.push(rho * quality + own());
  }
  return { y, x1, x2 };
}

describe('comparisons of dependent correlations', () => {
  it.each([
    { rho: 0.6, shared: 0.4, withRanks: [0.035, 0.075] as const },
    // Fisher's z of ranks varies more than that of measurements where the correlation is strong, and none of
    // these tests knows it: with Spearman's coefficients they reject too often there.
    { rho: 0.85, shared: 0.2, withRanks: [0.06, 0.1] as const },
    { rho: 0.2, shared: 0.7, withRanks: [0.035, 0.075] as const }
  ])(
    'reject a true null in 5 % of samples (r = $rho, $shared of the error shared)',
    ({ rho, shared, withRanks }) => {
      const runs = 2500;
      const rejected: Record<string, number> = {};
      let ranks = 0;
      let covered = 0;
      for (let run = 0; run < runs; run++) {
        const { y, x1, x2 } = rows(60, rho, shared);
        const given: OverlappingCorrelations = {
          r1: pearson(x1, y) as number,
          r2: pearson(x2, y) as number,
          r12: pearson(x1, x2) as number,
          n: 60
        };
        for (const [name, test] of Object.entries(TESTS)) {
          rejected[name] = (rejected[name] ?? 0) + ((test(given)?.p as number) < 0.05 ? 1 : 0);
        }
        const [low, high] = mengRosenthalRubinInterval(given)!;
        if (low <= 0 && high >= 0) covered++;
        const ranked = {
          r1: spearman(x1, y) as number,
          r2: spearman(x2, y) as number,
          r12: spearman(x1, x2) as number,
          n: 60
        };
        if ((mengRosenthalRubin(ranked)?.p as number) < 0.05) ranks++;
      }
      for (const count of Object.values(rejected)) expect(Math.abs(count / runs - 0.05)).toBeLessThan(0.016);
      expect(Math.abs(covered / runs - 0.95)).toBeLessThan(0.016);
      expect(ranks / runs).toBeGreaterThan(withRanks[0]);
      expect(ranks / runs).toBeLessThan(withRanks[1]);
    }
  );

  it('reject a true null in 5 % of separate samples', () => {
    const runs = 2500;
    let rejected = 0;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const a = rows(50, 0.6, 0);
      const b = rows(35, 0.6, 0);
      const given = { r1: pearson(a.x1, a.y) as number, n1: 50, r2: pearson(b.x1, b.y) as number, n2: 35 };
      if ((independentCorrelations(given)?.p as number) < 0.05) rejected++;
      const [low, high] = differenceInterval(given)!;
      if (low <= 0 && high >= 0) covered++;
    }
    expect(Math.abs(rejected / runs - 0.05)).toBeLessThan(0.016);
    expect(Math.abs(covered / runs - 0.95)).toBeLessThan(0.016);
  });

  it('turn their sign with the order of the models and keep the p-value', () => {
    const given = { r1: 0.8, r2: 0.6, r12: 0.5, n: 40 };
    for (const test of Object.values(TESTS)) {
      const forth = test(given)!;
      const back = test({ ...given, r1: given.r2, r2: given.r1 })!;
      expect(forth.statistic).toBeGreaterThan(0);
      expect(back.statistic).toBeCloseTo(-forth.statistic, 12);
      expect(back.p).toBeCloseTo(forth.p, 12);
    }
  });

  it('find no difference between equal models and do not exist at |r| = 1 or n ≤ 3', () => {
    for (const test of Object.values(TESTS)) {
      expect(test({ r1: 0.7, r2: 0.7, r12: 1, n: 20 })).toEqual({ statistic: 0, p: 1 });
      expect(test({ r1: 1, r2: 0.5, r12: 0.5, n: 20 })).toBeNull();
      expect(test({ r1: 0.9, r2: 0.5, r12: 0.5, n: 3 })).toBeNull();
    }
  });
});
