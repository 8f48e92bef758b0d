import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { AUTHORS_SETTINGS, difficultSelector, type DifficultInput } from './difficult-subset.ts';
import { selectDifficult } from './difficult.ts';

const settings = { ...AUTHORS_SETTINGS, minMax: false, mapped: false };

function madeUp(rows: number): DifficultInput {
  const random = seededRandom('difficult subset');
  const mos = Float64Array.from({ length: rows }, () => 100 * random.uniform());
  const proxy = (noise: number, turned: 1 | -1) =>
    mos.map((value) => turned * Math.tanh((value - 50) / 40) + noise * random.normal());
  return {
    mos,
    sigma: Float64Array.from({ length: rows }, () => 5 + 10 * random.uniform()),
    reference: null,
    references: 0,
    proxies: [
      { name: 'rising', version: '1', values: proxy(0.1, 1) },
      { name: 'falling', version: '1', values: proxy(0.1, -1) }
    ],
    features: {
      dimensions: 8,
      values: Float32Array.from({ length: 8 * rows }, () => random.normal())
    }
  };
}

describe('difficultSelector', () => {
  it('is the greedy procedure on (prediction − mos)²/(σ² + ε)', () => {
    const input: DifficultInput = {
      mos: Float64Array.of(1, 2, 3, 4),
      sigma: Float64Array.of(1, 0, 1, 2),
      reference: null,
      references: 0,
      proxies: [{ name: 'p', version: '1', values: Float64Array.of(1, 4, 6, 5) }],
      features: null
    };
    const { picks } = difficultSelector(input).select({ ...settings, n: 3 });
    expect(picks.map(({ index, error }) => [index, error])).toEqual([
      [2, 4.5],
      [1, 4],
      [3, 1 / 5]
    ]);
    const plain = difficultSelector(input).select({ ...settings, n: 3, sigmaNormalised: false });
    expect(plain.picks.map(({ index, error }) => [index, error])).toEqual([
      [2, 9],
      [1, 4],
      [3, 1]
    ]);
    expect(() => difficultSelector(input).select({ ...settings, epsilon: 0 })).toThrow(/ε is above 0/);
  });

  it('maps each proxy to MOS whichever way it runs, and takes their mean', () => {
    const input = madeUp(400);
    const both = difficultSelector(input).select({ ...AUTHORS_SETTINGS, n: 20 });
    expect(both.proxies.map(({ name, rises }) => [name, rises])).toEqual([
      ['rising', true],
      ['falling', false]
    ]);
    expect(both.proxies[0]?.srcc).toBeGreaterThan(0.9);
    expect(both.proxies[1]?.srcc).toBeLessThan(-0.9);
    const alone = input.proxies.map((proxy) =>
      difficultSelector({ ...input, proxies: [proxy] }).select({ ...AUTHORS_SETTINGS, n: 400 })
    );
    const predictionOf = (selection: (typeof alone)[number], row: number) =>
      selection.picks.find(({ index }) => index === row)!.prediction;
    for (const { index, prediction, mos } of both.picks) {
      const mean = (predictionOf(alone[0]!, index) + predictionOf(alone[1]!, index)) / 2;
      expect(prediction).toBeCloseTo(mean, 12);
      expect(mos).toBeGreaterThanOrEqual(0);
      expect(mos).toBeLessThanOrEqual(1);
    }
  });

  it('chooses the same after other choices as from cold', () => {
    const input = madeUp(300);
    const warm = difficultSelector(input);
    for (const lambda of [0.01, 1, 0.1, 0]) {
      for (const epsilon of [1, 0.01]) {
        const wanted = { ...AUTHORS_SETTINGS, n: 40, lambda, epsilon };
        expect(warm.select(wanted)).toEqual(difficultSelector(input).select(wanted));
      }
    }
  });

  it('leaves out what cannot be chosen, each once and with its reason', () => {
    const input = madeUp(50);
    input.mos[0] = NaN;
    input.sigma[0] = NaN;
    input.sigma[1] = NaN;
    input.proxies[1]!.values[2] = NaN;
    input.features!.values.fill(NaN, 8 * 3, 8 * 4);
    const selection = difficultSelector(input).select({ ...AUTHORS_SETTINGS, n: 50 });
    expect(selection.leftOut).toEqual({ mos: 1, sigma: 1, prediction: 1, feature: 1 });
    expect(selection.pool).toBe(46);
    expect(selection.picks.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 46 }, (_, i) => i + 4)
    );
    const careless = difficultSelector(input).select({ ...AUTHORS_SETTINGS, n: 50, sigmaNormalised: false });
    expect(careless.leftOut.sigma).toBe(0);
  });

  it('with references picks them first, then the worst of each, by the features of the references', () => {
    const input = madeUp(60);
    const byReference: DifficultInput = {
      ...input,
      reference: Int32Array.from({ length: 60 }, (_, row) => row % 6),
      references: 6,
      features: { dimensions: 2, values: Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1, 0, 1, NaN, NaN) }
    };
    const wanted = { ...settings, mapped: true, referenceCount: 3, perReference: 4, lambda: 0.2 };
    const { picks, references, leftOut } = difficultSelector(byReference).select(wanted);
    expect(leftOut.feature).toBe(10);
    expect(picks).toHaveLength(12);
    const errors = [0, 1, 2, 3, 4].map((place) => {
      const all = difficultSelector(byReference)
        .select({ ...wanted, referenceCount: 5, perReference: 10 })
        .picks.filter(({ index }) => index % 6 === place);
      return all.reduce((sum, { error }) => sum + error, 0) / all.length;
    });
    const expected = selectDifficult(errors, 3, {
      lambda: 0.2,
      features: { dimensions: 2, values: Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1, 0, 1) }
    });
    expect(references!.map(({ index }) => index)).toEqual(expected.map(({ index }) => index));
    references!.forEach(({ index }, rank) => {
      const own = picks.slice(4 * rank, 4 * rank + 4);
      expect(own.every((pick) => pick.index % 6 === index)).toBe(true);
      expect(own.map(({ error }) => error)).toEqual(own.map(({ error }) => error).sort((a, b) => b - a));
    });
  });
});
