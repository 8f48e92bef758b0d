import { describe, expect, it } from 'vitest';
import {
  bcaInterval,
  bootstrapInterval,
  bootstrapReplicates,
  jackknife,
  percentileInterval,
  type Bounds,
  type Statistic
} from './bootstrap.ts';
import { quantile } from './quantile.ts';
import { seededRandom } from './random.ts';

function meanOf(values: readonly number[]): Statistic {
  return ([draw]) => {
    let sum = 0;
    for (const i of draw!) sum += values[i] as number;
    return sum / draw!.length;
  };
}

describe('quantile', () => {
  it('interpolates between order statistics and is null for nothing', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0)).toBe(1);
    expect(quantile([1, 2, 3, 4], 1)).toBe(4);
    expect(quantile([10, 20], 0.25)).toBe(12.5);
    expect(quantile([7], 0.9)).toBe(7);
    expect(quantile([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 0.75)).toBe(
      Number.POSITIVE_INFINITY
    );
    expect(quantile([], 0.5)).toBeNull();
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
  });
});

describe('bootstrap', () => {
  const random = seededRandom('bootstrap tests');
  const values = Array.from({ length: 40 }, () => random.normal());

  it('repeats itself from the same seed and not from another', () => {
    const run = (seed: number) =>
      bootstrapInterval({
        sizes: [40],
        statistic: meanOf(values),
        replicates: 200,
        random: seededRandom(seed)
      });
    expect(run(1)).toEqual(run(1));
    expect(run(1)?.interval).not.toEqual(run(2)?.interval);
  });

  it('draws whole units of each kind and hands them over together', () => {
    const seen = new Set<number>();
    bootstrapReplicates({
      sizes: [3, 5],
      replicates: 50,
      random,
      statistic: ([contents, observers]) => {
        expect(contents).toHaveLength(3);
        expect(observers).toHaveLength(5);
        for (const one of observers!) seen.add(one);
        return 0;
      }
    });
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('leaves out and counts resamples that have no figure', () => {
    let call = 0;
    const { sorted, undefinedCount } = bootstrapReplicates({
      sizes: [2],
      replicates: 10,
      random,
      statistic: () => (call++ % 5 === 0 ? null : call)
    });
    expect(sorted).toHaveLength(8);
    expect(undefinedCount).toBe(2);
    expect(percentileInterval({ sorted: new Float64Array(0) })).toBeNull();
    expect(bootstrapInterval({ sizes: [4], statistic: () => null, replicates: 5, random })).toBeNull();
    expect(bootstrapInterval({ sizes: [4], statistic: () => 1, replicates: 0, random })?.interval).toBeNull();
  });

  it('can be stopped from its progress', () => {
    const plan = { sizes: [40], statistic: meanOf(values), replicates: 100, random };
    const onProgress = (done: number) => {
      if (done === 7) throw new Error('stopped at 7');
    };
    expect(() => bootstrapReplicates({ ...plan, onProgress })).toThrow('stopped at 7');
  });

  it('jackknifes each kind of unit', () => {
    const [first] = jackknife({ sizes: [3], statistic: meanOf([1, 2, 6]) });
    expect([...first!]).toEqual([4, 3.5, 1.5]);
    const both = jackknife({ sizes: [2, 3], statistic: ([a, b]) => 10 * a!.length + b!.length });
    expect(both.map((kind) => [...kind])).toEqual([
      [13, 13],
      [22, 22, 22]
    ]);
  });

  it('has no BCa interval where every replicate lies on one side', () => {
    const replicates = { sorted: Float64Array.from([1, 2, 3]) };
    expect(bcaInterval(0, replicates, [Float64Array.from([1, 2])])).toBeNull();
    expect(bcaInterval(2, replicates, [Float64Array.from([1, 1])])?.acceleration).toBe(0);
  });

  it('covers a mean at about its level, and BCa does so for a skewed figure', () => {
    const runs = 700;
    let normal = 0;
    let skewed = 0;
    const covers = (bounds: Bounds | null | undefined, truth: number) =>
      bounds != null && bounds[0] <= truth && truth <= bounds[1] ? 1 : 0;
    for (let run = 0; run < runs; run++) {
      const sample = Array.from({ length: 40 }, () => random.normal());
      const plan = { sizes: [40], statistic: meanOf(sample), replicates: 400, random };
      normal += covers(bootstrapInterval(plan, 'percentile')?.interval, 0);
      const exponential = sample.map(() => -Math.log(1 - random.uniform()));
      skewed += covers(bootstrapInterval({ ...plan, statistic: meanOf(exponential) }, 'bca')?.interval, 1);
    }
    // At n = 40 these intervals are known to fall a little short of 95 %.
    expect(normal / runs).toBeGreaterThan(0.91);
    expect(normal / runs).toBeLessThan(0.97);
    expect(skewed / runs).toBeGreaterThan(0.9);
    expect(skewed / runs).toBeLessThan(0.97);
  });

  it('covers the grand mean of a crossed panel only when contents and observers are drawn together', () => {
    const [contents, observers, runs] = [25, 20, 300];
    let both = 0;
    let contentsAlone = 0;
    for (let run = 0; run < runs; run++) {
      const quality = Array.from({ length: contents }, () => random.normal());
      const bias = Array.from({ length: observers }, () => random.normal());
      const rating = quality.map((q) => bias.map((b) => q + b + random.normal()));
      const statistic: Statistic = ([c, o]) => {
        let sum = 0;
        for (const i of c!) for (const j of o!) sum += (rating[i] as number[])[j] as number;
        return sum / (c!.length * o!.length);
      };
      const everybody = Int32Array.from({ length: observers }, (_, i) => i);
      const inside = (bounds: Bounds | null | undefined) =>
        bounds != null && bounds[0] <= 0 && bounds[1] >= 0 ? 1 : 0;
      const plan = { replicates: 200, random };
      both += inside(
        bootstrapInterval({ ...plan, sizes: [contents, observers], statistic }, 'percentile')?.interval
      );
      contentsAlone += inside(
        bootstrapInterval(
          { ...plan, sizes: [contents], statistic: ([c]) => statistic([c!, everybody]) },
          'percentile'
        )?.interval
      );
    }
    expect(both / runs).toBeGreaterThan(0.89);
    expect(contentsAlone / runs).toBeLessThan(0.85);
  });
});
