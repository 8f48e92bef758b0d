import { describe, expect, it } from 'vitest';
import { pearson, spearman } from '#lib/stats/correlation.ts';
import { applyMapping, fitLogistic } from '#lib/stats/logistic-fit.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { modelAgainstPeople, type FitKind, type PeopleScores } from './model-against-people.ts';

const random = seededRandom('model against people');
const N = 60;
const mos = Array.from({ length: N }, () => 50 + 20 * random.normal());
const sigma = mos.map(() => 5 + 10 * random.uniform());
const good = mos.map((value) => value + 10 * random.normal());
const content = mos.map((_, i) => `scene ${i % 6}`);

describe('modelAgainstPeople', () => {
  it('has the raw figures of the raw predictions, sign and all', () => {
    const flipped = modelAgainstPeople(
      { mos },
      good.map((value) => -value)
    );
    const upright = modelAgainstPeople({ mos }, good);
    expect(upright.srcc).toBe(spearman(good, mos));
    expect(flipped.srcc).toBe(-(upright.srcc as number));
    expect(flipped.krcc).toBe(-(upright.krcc as number));
    expect(flipped.plccRaw).toBeCloseTo(-(upright.plccRaw as number), 12);
    expect(flipped.plcc).toBeCloseTo(upright.plcc as number, 9);
    expect(flipped.rmse).toBeCloseTo(upright.rmse as number, 9);
  });

  it('maps with the fit that was asked for, on the same rows, dividing by n', () => {
    for (const fit of ['logistic4', 'logistic5'] as const) {
      const { mapping, rmse, plcc } = modelAgainstPeople({ mos }, good, { fit });
      const expected = fitLogistic(good, mos, { parameters: fit === 'logistic5' ? 5 : 4 });
      expect(mapping).toEqual(expected?.mapping);
      expect(rmse).toBeCloseTo(expected?.rmse as number, 12);
      expect(plcc).toBeCloseTo(expected?.plcc as number, 9);
    }
    const raw = modelAgainstPeople({ mos }, good, { fit: 'none' });
    expect(raw.mapping).toBeNull();
    expect(raw.plcc).toBe(raw.plccRaw);
    const square = good.reduce((sum, value, i) => sum + (value - (mos[i] as number)) ** 2, 0);
    expect(raw.rmse).toBeCloseTo(Math.sqrt(square / N), 12);
  });

  it('leaves out and counts what the model did not answer', () => {
    const holes = good.map((value, i) => (i % 7 === 0 ? null : value));
    const rows = [...mos.keys()].filter((i) => i % 7 !== 0);
    const agreement = modelAgainstPeople({ mos, sigma }, holes);
    expect(agreement).toMatchObject({ n: rows.length, missing: N - rows.length });
    const kept = modelAgainstPeople(
      { mos: rows.map((i) => mos[i] as number), sigma: rows.map((i) => sigma[i] as number) },
      rows.map((i) => good[i] as number)
    );
    expect({ ...agreement, missing: 0 }).toEqual(kept);
  });

  it('weighs errors by what people disagree about, over the rows whose σ is known', () => {
    const some = sigma.map((value, i) => (i < 20 ? value : null));
    const { sigmaNormalisedError, mapping } = modelAgainstPeople({ mos, sigma: some }, good, { epsilon: 3 });
    let sum = 0;
    for (let i = 0; i < 20; i++) {
      sum +=
        (applyMapping(mapping!, good[i] as number) - (mos[i] as number)) ** 2 /
        ((sigma[i] as number) ** 2 + 3);
    }
    expect(sigmaNormalisedError).toBeCloseTo(sum / 20, 12);
    expect(modelAgainstPeople({ mos }, good).sigmaNormalisedError).toBeNull();
    const certain = { mos, sigma: mos.map(() => 0) };
    expect(modelAgainstPeople(certain, good, { epsilon: 0 }).sigmaNormalisedError).toBeNull();
  });

  it('sets beside it what a person scores against the others: 1 + 1/(n − 1) at ε = 0', () => {
    const people: PeopleScores = { mos, sigma, n: mos.map(() => 11) };
    expect(modelAgainstPeople(people, good, { epsilon: 0 }).humanSigmaNormalisedError).toBeCloseTo(1.1, 12);
    expect(modelAgainstPeople({ mos, sigma }, good).humanSigmaNormalisedError).toBeNull();
    expect(modelAgainstPeople({ ...people, n: mos.map(() => 1) }, good).humanSigmaNormalisedError).toBeNull();
  });

  it('gives that human value to simulated people', () => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < 3000; i++) {
      const ratings = Array.from({ length: 12 }, () => random.normal());
      const others = ratings.slice(1);
      const mean = others.reduce((a, b) => a + b, 0) / 11;
      // σ² is estimated from the same people; with its true value the expectation is exact.
      sum += ((ratings[0] as number) - mean) ** 2;
      count++;
    }
    const human = modelAgainstPeople({ mos: [1, 2, 3], sigma: [1, 1, 1], n: [12, 12, 12] }, [1, 2, 4], {
      epsilon: 0
    }).humanSigmaNormalisedError as number;
    expect(Math.abs(sum / count - human)).toBeLessThan(0.09);
  });

  it('averages over contents plainly, PLCC through the one global map, undefined contents left out', () => {
    const people = { mos, content };
    const { perContent, mapping } = modelAgainstPeople(people, good, { perContent: true });
    const groups = Array.from({ length: 6 }, (_, g) => [...mos.keys()].filter((i) => i % 6 === g));
    const mean = (figure: (rows: number[]) => number | null) =>
      groups.reduce((sum, rows) => sum + (figure(rows) as number), 0) / 6;
    const of = (values: readonly number[], rows: number[]) => rows.map((i) => values[i] as number);
    const mapped = good.map((value) => applyMapping(mapping!, value));
    expect(perContent?.contents).toBe(6);
    expect(perContent?.srcc).toBeCloseTo(
      mean((rows) => spearman(of(good, rows), of(mos, rows))),
      12
    );
    expect(perContent?.plcc).toBeCloseTo(
      mean((rows) => pearson(of(mapped, rows), of(mos, rows))),
      12
    );

    const flatInOne = good.map((value, i) => (i % 6 === 2 ? 40 : value));
    expect(modelAgainstPeople(people, flatInOne, { perContent: true }).perContent?.contents).toBe(5);
    const alone = { mos, content: mos.map((_, i) => `own ${i}`) };
    expect(modelAgainstPeople(alone, good, { perContent: true }).perContent).toEqual({
      contents: 0,
      srcc: null,
      plcc: null
    });
    expect(modelAgainstPeople(people, good).perContent).toBeNull();
  });

  it('does not exist for constant or absent predictions, whichever the fit', () => {
    for (const fit of ['logistic4', 'logistic5', 'none'] as const satisfies FitKind[]) {
      const flat = modelAgainstPeople(
        { mos, sigma, content },
        mos.map(() => 3),
        { fit, perContent: true }
      );
      expect(flat).toMatchObject({ n: N, srcc: null, krcc: null, plccRaw: null, plcc: null });
      const absent = modelAgainstPeople(
        { mos, sigma, content },
        mos.map(() => null),
        { fit, perContent: true }
      );
      expect(absent).toMatchObject({ n: 0, missing: N, srcc: null, plcc: null, rmse: null });
      expect(absent.chance.srcc95).toBeNull();
      expect(JSON.stringify([flat, absent])).not.toMatch(/NaN|Infinity/);
    }
  });

  it('refuses columns of unequal length, a negative ε and contents that are not there', () => {
    expect(() => modelAgainstPeople({ mos }, [1, 2])).toThrow(RangeError);
    expect(() => modelAgainstPeople({ mos, sigma: [1] }, good)).toThrow(RangeError);
    expect(() => modelAgainstPeople({ mos }, good, { epsilon: -1 })).toThrow(RangeError);
    expect(() => modelAgainstPeople({ mos }, good, { perContent: true })).toThrow(RangeError);
  });
});
