import { describe, expect, it } from 'vitest';
import {
  inverseMillsDerivative,
  inverseMillsRatio,
  logNormalCdf,
  normalCdf,
  normalPdf,
  normalQuantile
} from './normal.ts';

/** x, Φ(x), log Φ(x), φ/Φ(x), (φ/Φ)′(x), from 60-digit arithmetic. */
const KNOWN: readonly (readonly [number, number, number, number, number])[] = [
  [-10000, 0, -50000010.12927891, 10000.000099999997, -0.9999999900000006],
  [-300, 0, -45006.62273211866, 300.0033332592634, -0.999988889629561],
  [-38, 2.88542835e-316, -726.5572160188201, 38.02627946657587, -0.9993103402465338],
  [-12, 1.776482112077679e-33, -75.4106730015688, 12.082214175254284, -0.9933292736641541],
  [-6, 9.86587645037698e-10, -20.736768949974707, 6.158482604544599, -0.9760123632108332],
  [-3, 0.0013498980316300946, -6.607726221510349, 3.2830986549304364, -0.9294408132147319],
  [-1, 0.15865525393145705, -1.8410216450092636, 1.525135276160981, -0.8009023344296512],
  [0, 0.5, -0.6931471805599453, 0.7978845608028654, -0.6366197723675814],
  [0.5, 0.6914624612740131, -0.3689464152886564, 0.5091604338370335, -0.5138245643036329],
  [2, 0.9772498680518208, -0.02301290932896349, 0.055247862678989956, -0.11354805168857646],
  [5, 0.9999997133484281, -2.866516129637636e-7, 1.4867199409049056e-6, -7.433601914860711e-6],
  [8, 0.9999999999999993, -6.220960574271786e-16, 5.052271083536895e-15, -4.0418168668295186e-14]
];

function expectRelative(actual: number, expected: number, tolerance = 3e-15): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected) + 5e-324);
}

describe('the normal distribution', () => {
  it.each(KNOWN)('agrees with 60-digit values at x = %d', (x, cdf, log, mills, derivative) => {
    expectRelative(normalCdf(x), cdf, 1e-14);
    expectRelative(logNormalCdf(x), log);
    expectRelative(inverseMillsRatio(x), mills);
    expectRelative(inverseMillsDerivative(x), derivative);
  });

  it('has no seam where one approximation hands over to the next', () => {
    for (const seam of [-6, -4, 0, 4, 6]) {
      for (const f of [logNormalCdf, inverseMillsRatio, inverseMillsDerivative]) {
        expectRelative(f(seam - 1e-13), f(seam + 1e-13), 5e-12);
      }
    }
  });

  it('log Φ, its first and its second derivative belong together (central differences)', () => {
    for (let x = -40; x <= 6; x += 0.37) {
      const h = 1e-4;
      const slope = (logNormalCdf(x + h) - logNormalCdf(x - h)) / (2 * h);
      const bend = (inverseMillsRatio(x + h) - inverseMillsRatio(x - h)) / (2 * h);
      expect(Math.abs(slope - inverseMillsRatio(x))).toBeLessThan(1e-7);
      expect(Math.abs(bend - inverseMillsDerivative(x))).toBeLessThan(1e-7);
    }
  });

  it('keeps its limits at the ends of the line', () => {
    expect(normalPdf(Infinity)).toBe(0);
    expect(normalCdf(-Infinity)).toBe(0);
    expect(normalCdf(Infinity)).toBe(1);
    expect(logNormalCdf(-Infinity)).toBe(-Infinity);
    expect(logNormalCdf(Infinity)).toBeCloseTo(0, 300);
    expect(inverseMillsRatio(-Infinity)).toBe(Infinity);
    expect(inverseMillsRatio(Infinity)).toBe(0);
    expect(inverseMillsDerivative(-Infinity)).toBe(-1);
    expect(inverseMillsDerivative(Infinity)).toBe(0);
    for (const f of [normalPdf, normalCdf, logNormalCdf, inverseMillsRatio, inverseMillsDerivative]) {
      expect(f(NaN)).toBeNaN();
    }
  });

  it('Φ(x) + Φ(−x) = 1 and Φ grows', () => {
    let before = 0;
    for (let x = -9; x <= 9; x += 0.01) {
      expect(Math.abs(normalCdf(x) + normalCdf(-x) - 1)).toBeLessThan(3e-16);
      expect(normalCdf(x)).toBeGreaterThanOrEqual(before);
      before = normalCdf(x);
    }
  });
});

describe('normalQuantile', () => {
  it.each([
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798407],
    [1e-5, -4.264890793922825],
    [0.025, -1.9599639845400543],
    [0.3, -0.5244005127080408],
    [0.5000001, 2.506628273311648e-7],
    [0.8, 0.8416212335729144],
    [0.975, 1.9599639845400538],
    [0.999999, 4.753424308817087]
  ])('of %d', (p, x) => expectRelative(normalQuantile(p), x));

  it('undoes Φ over the whole lower half', () => {
    for (let x = -37; x < 0; x += 0.173) expectRelative(normalQuantile(normalCdf(x)), x, 1e-14);
  });

  it('has infinite ends, 0 in the middle, and refuses what is no probability', () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(0.5)).toBe(0);
    expect(() => normalQuantile(-0.1)).toThrow(RangeError);
    expect(() => normalQuantile(NaN)).toThrow(RangeError);
  });
});
