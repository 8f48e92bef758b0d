import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { calibration, hesitation, type Forecast } from './calibration.ts';

const random = seededRandom('calibration');

describe('calibration', () => {
  it('has the Brier score of its definition, per answer', () => {
    const result = calibration([
      { probability: 0.8, happened: 3, of: 4 },
      { probability: 0.1, happened: 0.5, of: 1 }
    ]);
    const brier = (3 * 0.04 + 0.64 + 0.5 * 0.81 + 0.5 * 0.01) / 5;
    expect(result?.n).toBe(5);
    expect(result?.brier).toBeCloseTo(brier, 14);
    expect(result?.baseline).toBeCloseTo(0.7 * 0.3, 14);
    expect(result?.skill).toBeCloseTo(1 - brier / 0.21, 12);
    expect(result?.ece).toBeCloseTo((4 / 5) * 0.05 + (1 / 5) * 0.4, 14);
    expect(result?.bins.map(({ low, n, observed }) => [low, n, observed])).toEqual([
      [0.1, 1, 0.5],
      [0.8, 4, 0.75]
    ]);
  });

  it('finds honest probabilities honest and boastful ones not', () => {
    const honest: Forecast[] = Array.from({ length: 20_000 }, () => {
      const probability = random.uniform();
      return { probability, happened: random.uniform() < probability ? 1 : 0, of: 1 };
    });
    const good = calibration(honest)!;
    expect(good.ece).toBeLessThan(0.02);
    expect(Math.abs(good.brier - 1 / 6)).toBeLessThan(0.006);
    for (const { ci95, meanProbability } of good.bins) {
      expect(ci95[0] - 0.02).toBeLessThan(meanProbability);
      expect(ci95[1] + 0.02).toBeGreaterThan(meanProbability);
    }
    const boastful = honest.map((one) => ({ ...one, probability: one.probability > 0.5 ? 1 : 0 }));
    expect(calibration(boastful)!.ece).toBeGreaterThan(0.2);
    expect(calibration(boastful)!.brier).toBeGreaterThan(good.brier);
  });

  it('puts 0 and 1 into the outermost bins, and has nothing to say about nothing', () => {
    const result = calibration([
      { probability: 0, happened: 0, of: 2 },
      { probability: 1, happened: 2, of: 2 }
    ]);
    expect(result?.brier).toBe(0);
    expect(result?.bins.map(({ low, high }) => [low, high])).toEqual([
      [0, 0.1],
      [0.9, 1]
    ]);
    expect(calibration([{ probability: 0.5, happened: 3, of: 3 }])?.skill).toBeNull();
    expect(calibration([])).toBeNull();
    expect(() => calibration([{ probability: 1.1, happened: 0, of: 1 }])).toThrow(RangeError);
    expect(() => calibration([{ probability: 0.1, happened: 2, of: 1 }])).toThrow(RangeError);
  });
});

describe('hesitation', () => {
  it('is the correlation of a model’s spread with that of people, where both are known', () => {
    const sigma = Array.from({ length: 60 }, () => 1 + random.uniform());
    const variance = sigma.map((value, i) => (i < 10 ? null : value ** 2 + 0.5 * random.normal()));
    const result = hesitation(variance, sigma);
    expect(result.n).toBe(50);
    expect(result.pearson?.r).toBeGreaterThan(0.5);
    expect(result.spearman?.ci95?.[0]).toBeLessThan(result.spearman?.r as number);
    expect(result.spearman?.p).toBeLessThan(1e-4);
    expect(hesitation([1, 1, 1], [1, 2, 3])).toEqual({ n: 3, pearson: null, spearman: null });
    expect(() => hesitation([1], [1, 2])).toThrow(RangeError);
  });
});
