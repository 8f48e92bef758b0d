import { describe, expect, it } from 'vitest';
import type { Bounds } from './bootstrap.ts';
import { kendall, pearson, spearman } from './correlation.ts';
import {
  chanceCorrelation,
  kendallInterval,
  meanInterval,
  pearsonInterval,
  proportionInterval,
  spearmanInterval
} from './intervals.ts';
import { seededRandom } from './random.ts';

const random = seededRandom('interval tests');

describe('intervals', () => {
  it('cover the true correlation of a bivariate normal in 95 % of samples, within Monte-Carlo error', () => {
    const runs = 2500;
    const n = 40;
    for (const rho of [0, 0.8]) {
      const truth = [rho, (6 / Math.PI) * Math.asin(rho / 2), (2 / Math.PI) * Math.asin(rho)];
      const covered = [0, 0, 0];
      for (let run = 0; run < runs; run++) {
        const x = Array.from({ length: n }, () => random.normal());
        const y = x.map((value) => rho * value + Math.sqrt(1 - rho * rho) * random.normal());
        const bounds: (Bounds | null)[] = [
          pearsonInterval(pearson(x, y) as number, n),
          spearmanInterval(spearman(x, y) as number, n),
          kendallInterval(kendall(x, y) as number, n)
        ];
        bounds.forEach((interval, i) => {
          const inside = interval !== null && interval[0] <= truth[i]! && truth[i]! <= interval[1];
          covered[i] = (covered[i] as number) + (inside ? 1 : 0);
        });
      }
      for (const count of covered) expect(Math.abs(count / runs - 0.95)).toBeLessThan(0.0175);
    }
  });

  it('cover a mean in 95 % of samples even with four observations', () => {
    const runs = 4000;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const x = Array.from({ length: 4 }, () => random.normal());
      const mean = x.reduce((a, b) => a + b, 0) / 4;
      const sd = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
      const [low, high] = meanInterval(mean, sd, 4) as Bounds;
      if (low <= 0 && high >= 0) covered++;
    }
    expect(Math.abs(covered / runs - 0.95)).toBeLessThan(0.0115);
  });

  it('cover a proportion at about 95 %, and neither collapse nor leave [0, 1] at its ends', () => {
    const runs = 4000;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      let successes = 0;
      for (let i = 0; i < 60; i++) if (random.uniform() < 0.3) successes++;
      const [low, high] = proportionInterval(successes, 60) as Bounds;
      if (low <= 0.3 && high >= 0.3) covered++;
    }
    expect(Math.abs(covered / runs - 0.95)).toBeLessThan(0.02);
    const [low, high] = proportionInterval(20, 20) as Bounds;
    expect(high).toBe(1);
    expect(low).toBeLessThan(0.9);
    expect(proportionInterval(0, 0)).toBeNull();
  });

  it('do not exist where the variance does not', () => {
    expect(pearsonInterval(0.5, 3)).toBeNull();
    expect(spearmanInterval(1, 100)).toBeNull();
    expect(kendallInterval(0.5, 4)).toBeNull();
    expect(meanInterval(3, 0, 1)).toBeNull();
    expect(chanceCorrelation(2)).toBeNull();
  });

  it('bound what answers at random reach: one sample in twenty lies beyond', () => {
    expect(chanceCorrelation(146)).toBeCloseTo(0.1625, 4);
    const n = 30;
    const bound = chanceCorrelation(n) as number;
    const runs = 5000;
    let beyond = 0;
    const y = Array.from({ length: n }, (_, i) => i);
    for (let run = 0; run < runs; run++) {
      const x = y.map(() => random.uniform());
      if (Math.abs(spearman(x, y) as number) > bound) beyond++;
    }
    expect(Math.abs(beyond / runs - 0.05)).toBeLessThan(0.0125);
  });
});
