import { describe, expect, it } from 'vitest';
import { pearson, spearman } from '#lib/stats/correlation.ts';
import { mengRosenthalRubin } from '#lib/stats/dependent-correlations.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { bootstrapAgreement } from './bootstrap-agreement.ts';
import { compareModels } from './comparisons.ts';
import { modelAgainstPeople } from './model-against-people.ts';

const random = seededRandom('comparisons');
const N = 80;
const mos = Array.from({ length: N }, () => random.normal());
const close = mos.map((value) => value + 0.3 * random.normal());
const far = mos.map((value) => value + 2 * random.normal());
const distance = close.map((value) => 5 - value ** 3);
const models = [
  { name: 'close', predictions: close },
  { name: 'far', predictions: far },
  { name: 'distance', predictions: distance }
];

describe('compareModels', () => {
  it('compares every pair over shared rows, strength against strength, corrected over the family', () => {
    const all = compareModels({ mos }, models);
    expect(all.map(({ a, b }) => `${a}/${b}`)).toEqual(['close/far', 'close/distance', 'far/distance']);
    const [first, same, last] = all;
    const given = {
      r1: spearman(close, mos) as number,
      r2: spearman(far, mos) as number,
      r12: spearman(close, far) as number,
      n: N
    };
    expect(first?.srccDifference).toBeCloseTo(given.r1 - given.r2, 12);
    expect(first?.p).toBeCloseTo(mengRosenthalRubin(given)?.p as number, 14);
    // A falling monotone map of the same predictions is the same model.
    expect(same).toMatchObject({ srccDifference: 0, p: 1 });
    expect(last?.srccDifference).toBeCloseTo(-(first?.srccDifference as number), 12);
    expect(first?.pHolm).toBeCloseTo(3 * (first?.p as number), 14);
  });

  it('offers the other tests for dependent correlations', () => {
    const p = (['meng-rosenthal-rubin', 'steiger', 'williams', 'hittner'] as const).map((test) => {
      const [comparison] = compareModels({ mos }, models, { test });
      expect(comparison?.test).toBe(test);
      return comparison?.p as number;
    });
    expect(new Set(p).size).toBe(4);
    for (const value of p) expect(value).toBeLessThan(1e-4);
  });

  it('uses the stimuli that both answered, and is null where too few are left', () => {
    const holes = close.map((value, i) => (i < 20 ? null : value));
    const others = far.map((value, i) => (i >= 70 ? null : value));
    const [comparison] = compareModels({ mos }, [
      { name: 'a', predictions: holes },
      { name: 'b', predictions: others }
    ]);
    expect(comparison?.n).toBe(50);
    const rows = mos.slice(20, 70);
    expect(comparison?.srccDifference).toBeCloseTo(
      (spearman(close.slice(20, 70), rows) as number) - (spearman(far.slice(20, 70), rows) as number),
      12
    );
    const [never, flat] = compareModels({ mos }, [
      { name: 'a', predictions: holes },
      { name: 'b', predictions: far.map((value, i) => (i < 20 ? value : null)) },
      { name: 'flat', predictions: mos.map(() => 1) }
    ]);
    expect(never).toMatchObject({ n: 0, srccDifference: null, p: null, pHolm: null, differenceCi95: null });
    expect(flat).toMatchObject({ srccDifference: null, p: null, pHolm: null });
  });

  it('gives an interval of the difference from paired resamples, the same whether they are shared or not', () => {
    const people = { mos };
    const bootstrapped = models.map(({ predictions }) => ({
      predictions,
      mapping: modelAgainstPeople(people, predictions).mapping
    }));
    const source = seededRandom(4);
    const { shared, intervals } = bootstrapAgreement(people, bootstrapped, {
      fit: 'logistic4',
      replicates: 500,
      random: source
    });
    const [withShared, equal] = compareModels(people, models, {
      bootstrap: { replicates: 500, random: source, shared }
    });
    const [alone] = compareModels(people, models, { bootstrap: { replicates: 500, random: source } });
    const [low, high] = withShared?.differenceCi95 as readonly [number, number];
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(withShared?.srccDifference as number);
    expect(high).toBeGreaterThan(withShared?.srccDifference as number);
    expect(alone?.differenceCi95?.[0]).toBeGreaterThan(0);
    expect(equal?.differenceCi95).toEqual([0, 0]);
    expect(intervals[0]?.srcc?.[0]).toBeLessThan(spearman(close, mos) as number);
    expect(intervals[2]?.plcc?.[0]).toBeGreaterThan(0.8);
  });
});

describe('bootstrapAgreement', () => {
  it('covers the correlation of a bivariate normal in about 95 % of samples', () => {
    const runs = 300;
    const rho = 0.7;
    let srcc = 0;
    let plcc = 0;
    for (let run = 0; run < runs; run++) {
      const y = Array.from({ length: 60 }, () => random.normal());
      const x = y.map((value) => rho * value + Math.sqrt(1 - rho * rho) * random.normal());
      const { intervals } = bootstrapAgreement({ mos: y }, [{ predictions: x, mapping: null }], {
        fit: 'none',
        replicates: 300,
        random: random.fork(`run ${run}`)
      });
      const inside = (bounds: readonly number[] | null | undefined, truth: number) =>
        bounds != null && (bounds[0] as number) <= truth && truth <= (bounds[1] as number) ? 1 : 0;
      srcc += inside(intervals[0]?.srcc, (6 / Math.PI) * Math.asin(rho / 2));
      plcc += inside(intervals[0]?.plcc, rho);
    }
    for (const covered of [srcc, plcc]) {
      expect(covered / runs).toBeGreaterThan(0.9);
      expect(covered / runs).toBeLessThan(0.985);
    }
  });

  it('draws whole contents where asked, and refuses to without any', () => {
    const offsets = Array.from({ length: 8 }, () => 2 * random.normal());
    const content = mos.map((_, i) => `c${i % 8}`);
    const shifted = mos.map((value, i) => value + (offsets[i % 8] as number));
    const model = [{ predictions: shifted, mapping: null }];
    const options = { fit: 'none', replicates: 800, random: seededRandom(9) } as const;
    const width = (overContents: boolean) => {
      const bounds = bootstrapAgreement({ mos, content }, model, { ...options, overContents }).intervals[0]
        ?.srcc;
      return (bounds?.[1] as number) - (bounds?.[0] as number);
    };
    expect(width(true)).not.toBe(width(false));
    expect(() => bootstrapAgreement({ mos }, model, { ...options, overContents: true })).toThrow(RangeError);
  });

  it('gives null for a model without answers and keeps going for the others', () => {
    const silent = { predictions: mos.map(() => null), mapping: null };
    const plain = { predictions: close, mapping: null };
    const { intervals } = bootstrapAgreement({ mos }, [silent, plain], {
      fit: 'none',
      replicates: 50,
      random: seededRandom(2)
    });
    expect(intervals[0]).toEqual({ srcc: null, plcc: null });
    expect(intervals[1]?.plcc?.[0]).toBeLessThan(pearson(close, mos) as number);
  });
});
