import { describe, expect, it } from 'vitest';
import { pearson } from './correlation.ts';
import { applyMapping, fitLogistic } from './logistic-fit.ts';
import { seededRandom, type Random } from './random.ts';

const normals = (n: number, random: Random) => Array.from({ length: n }, () => random.normal());

/** Data of several characters: noise, a sigmoid, few levels, a long tail, a falling trend. */
function samples(label: string, n: number): { x: number[]; y: number[] }[] {
  const random = seededRandom(label);
  const x = normals(n, random);
  const levels = Array.from({ length: n }, () => random.integer(5));
  return [
    { x, y: normals(n, random) },
    { x, y: x.map((v) => 80 / (1 + Math.exp(-4 * (v - 0.5))) + 8 * random.normal()) },
    { x: levels, y: levels.map((v) => v + 2 * random.normal()) },
    { x: x.map((v) => Math.exp(2 * v)), y: x.map((v) => v + random.normal()) },
    { x, y: x.map((v) => -0.3 * v + random.normal()) }
  ];
}

function lineSse(x: number[], y: number[]): number {
  const r = pearson(x, y) as number;
  const mean = y.reduce((a, b) => a + b, 0) / y.length;
  return (1 - r * r) * y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

const PARAMETERS = [4, 5] as const;

describe('fitLogistic', () => {
  it('recovers logistics from their own values, whichever way they run and whatever the units', () => {
    const x = Array.from({ length: 40 }, (_, i) => -300 + 20 * i);
    for (const sign of [1, -1]) {
      const four = { kind: 'logistic4', parameters: [90, 12, 80, sign * 55] } as const;
      const y4 = x.map((value) => applyMapping(four, value));
      const fit4 = fitLogistic(x, y4);
      expect(fit4?.plcc).toBeCloseTo(1, 10);
      expect(fit4?.direction).toBe(sign);
      for (const at of [-250, 0, 111, 400]) {
        expect(applyMapping(fit4!.mapping, at)).toBeCloseTo(applyMapping(four, at), 3);
      }
      const five = { kind: 'logistic5', parameters: [sign * 40, 0.03, 60, sign * 0.05, 30] } as const;
      const y5 = x.map((value) => applyMapping(five, value));
      expect(fitLogistic(x, y5, { parameters: 5 })?.plcc).toBeCloseTo(1, 10);
      const micro = fitLogistic(
        x.map((value) => 1e6 + value * 1e-6),
        y4.map((value) => value * 1e-9)
      );
      expect(micro?.plcc).toBeCloseTo(1, 6);
    }
  });

  it('is never worse than the straight line, and says so where the line itself is best', () => {
    for (const n of [3, 8, 25, 90, 700]) {
      for (const { x, y } of samples(`line ${n}`, n)) {
        for (const parameters of PARAMETERS) {
          const fit = fitLogistic(x, y, { parameters });
          expect(fit?.sse).toBeLessThanOrEqual(lineSse(x, y) * (1 + 1e-9) + 1e-12);
        }
      }
    }
    const x = Array.from({ length: 12 }, (_, i) => i);
    // Bends the wrong way for any sigmoid, so the limit is best.
    const y = x.map((value) => (value - 5.5) ** 3 + 50 * value);
    expect(fitLogistic(x, y)?.mapping.kind).toBe('linear');
    expect(fitLogistic([1, 2, 3], [5, 7, 9])).toMatchObject({
      mapping: { kind: 'linear' },
      plcc: 1,
      direction: 1
    });
  });

  it('passes exactly through two points, in either form', () => {
    for (const parameters of PARAMETERS) {
      const fit = fitLogistic([1.2, 3.4], [52.1, 77.7], { parameters });
      expect(fit?.rmse).toBeLessThan(1e-12);
      expect(fit?.mapping.kind).toBe('linear');
    }
  });

  it('gives the five-parameter curve at least what the four-parameter one has', () => {
    for (const n of [6, 30, 120]) {
      for (const { x, y } of samples(`nested ${n}`, n)) {
        const four = fitLogistic(x, y)?.plcc as number;
        expect(fitLogistic(x, y, { parameters: 5 })?.plcc).toBeGreaterThanOrEqual(four - 1e-7);
      }
    }
  });

  it('is monotone over the range of the data; allowed to turn back, a five-parameter curve may', () => {
    let turned = 0;
    for (const n of [7, 15, 60]) {
      for (const { x, y } of samples(`monotone ${n}`, n)) {
        for (const parameters of PARAMETERS) {
          const { mapping, direction } = fitLogistic(x, y, { parameters })!;
          expect(climbs(mapping, x, direction)).toBe(true);
        }
        const free = fitLogistic(x, y, { parameters: 5, monotone: false })!;
        if (!climbs(free.mapping, x, free.direction)) turned++;
        expect(free.plcc).toBeGreaterThanOrEqual(fitLogistic(x, y, { parameters: 5 })!.plcc - 1e-7);
      }
    }
    expect(turned).toBeGreaterThan(3);
  });

  it('keeps a direction that is known beforehand, and has no map where the data go the other way', () => {
    const x = Array.from({ length: 20 }, (_, i) => i);
    const y = x.map((value) => -value);
    for (const parameters of PARAMETERS) {
      expect(fitLogistic(x, y, { parameters, direction: 1 })).toBeNull();
      expect(fitLogistic(x, y, { parameters, direction: -1 })?.plcc).toBeCloseTo(1, 12);
      for (const sample of samples('known', 30)) {
        const rising = fitLogistic(sample.x, sample.y, { parameters, direction: 1 });
        if (rising !== null) expect(rising.direction).toBe(1);
      }
    }
  });

  it('finds a jump that lies between two data, and one that passes through a datum', () => {
    const x = Array.from({ length: 400 }, (_, i) => i / 7);
    const jump = fitLogistic(
      x,
      x.map((value) => (value > 31.3 ? 4 : 2))
    );
    expect(jump?.plcc).toBeCloseTo(1, 12);
    const through = fitLogistic(
      x,
      x.map((_, i) => (i < 200 ? 1 : i === 200 ? 2.7 : 3))
    );
    expect(through?.plcc).toBeCloseTo(1, 12);
  });

  it('maps so that the reported figures are those of the mapped predictions', () => {
    for (const { x, y } of samples('figures', 80)) {
      for (const parameters of PARAMETERS) {
        const fit = fitLogistic(x, y, { parameters })!;
        const mapped = x.map((value) => applyMapping(fit.mapping, value));
        expect(pearson(mapped, y)).toBeCloseTo(fit.plcc, 8);
        const sse = mapped.reduce((sum, value, i) => sum + (value - (y[i] as number)) ** 2, 0);
        expect(fit.rmse).toBeCloseTo(Math.sqrt(sse / 80), 12);
      }
    }
  });

  it('does not exist for constants and single pairs, and refuses what is no number', () => {
    for (const parameters of PARAMETERS) {
      expect(fitLogistic([2, 2, 2], [1, 2, 3], { parameters })).toBeNull();
      expect(fitLogistic([1, 2, 3], [2, 2, 2], { parameters })).toBeNull();
      expect(fitLogistic([1], [2], { parameters })).toBeNull();
      expect(fitLogistic([], [], { parameters })).toBeNull();
      expect(fitLogistic([1, 5], [2, 9], { parameters })?.plcc).toBeCloseTo(1, 12);
      expect(() => fitLogistic([1, Number.NaN], [2, 3], { parameters })).toThrow(RangeError);
      expect(() => fitLogistic([1, 2], [2], { parameters })).toThrow(RangeError);
    }
  });

  it('does not change with the order of the pairs, nor the correlation with the units', () => {
    for (const { x, y } of samples('order', 40)) {
      const plcc = fitLogistic(x, y)!.plcc;
      expect(fitLogistic([...x].reverse(), [...y].reverse())!.plcc).toBeCloseTo(plcc, 9);
      expect(
        fitLogistic(
          x.map((value) => -1000 * value + 3),
          y.map((value) => 20 * value + 5)
        )!.plcc
      ).toBeCloseTo(plcc, 6);
    }
  });
});

function climbs(mapping: Parameters<typeof applyMapping>[0], x: number[], direction: number): boolean {
  const low = Math.min(...x);
  const high = Math.max(...x);
  let previous = applyMapping(mapping, low);
  const slack = 1e-9 * Math.abs(applyMapping(mapping, high) - previous);
  for (let k = 1; k <= 2000; k++) {
    const value = applyMapping(mapping, low + ((high - low) * k) / 2000);
    if (direction * (value - previous) < -slack) return false;
    previous = value;
  }
  return true;
}
