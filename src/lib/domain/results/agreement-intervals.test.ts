import { describe, expect, it } from 'vitest';
import { pearson, spearman } from '#lib/stats/correlation.ts';
import { seededRandom, type Random } from '#lib/stats/random.ts';
import { scaleVotes } from '../scaling/scale-votes.ts';
import { collectVotes } from '../scaling/votes.ts';
import { agreementIntervals, drawObservers } from './agreement-intervals.ts';

/** A model, and people whose values of the stimuli depend on who of them is drawn. */
interface World {
  model: Float64Array;
  truth: (observers: ArrayLike<number>) => Float64Array;
}

/** Mean ratings of people with noises between 0.8 and 1.6 about qualities of SD 1; a model with noise 0.6. */
function ratingWorld(stimuli: number, people: number, random: Random): World {
  const quality = Float64Array.from({ length: stimuli }, () => random.normal());
  const rows = Array.from({ length: people }, () => {
    const noise = 0.8 + 0.8 * random.uniform();
    return quality.map((value) => value + noise * random.normal());
  });
  return {
    model: quality.map((value) => value + 0.6 * random.normal()),
    truth(observers) {
      const mean = new Float64Array(stimuli);
      for (let k = 0; k < observers.length; k++) {
        rows[observers[k] as number]?.forEach((value, s) => (mean[s] = (mean[s] as number) + value));
      }
      return mean.map((sum) => sum / observers.length);
    }
  };
}

/** The scale of people's votes on random pairs. */
function voteWorld(stimuli: number, people: number, random: Random): World {
  const quality = Float64Array.from({ length: stimuli }, () => random.normal());
  const votes = Array.from({ length: people }, () =>
    Array.from({ length: 2 * stimuli }, () => {
      const i = random.integer(stimuli);
      const j = (i + 1 + random.integer(stimuli - 1)) % stimuli;
      const wins = random.normal() < (quality[i] as number) - (quality[j] as number);
      return { i, j, choice: wins ? ('first' as const) : ('second' as const) };
    })
  );
  return {
    model: quality.map((value) => value + 0.5 * random.normal()),
    truth(observers) {
      const collector = collectVotes();
      for (let k = 0; k < observers.length; k++) {
        for (const { i, j, choice } of votes[observers[k] as number] ?? []) collector.add(i, j, choice);
      }
      const scale = scaleVotes(collector.finish(stimuli), { standardErrors: false });
      if (!scale.ok) throw new Error(scale.reason);
      return scale.scale;
    }
  };
}

/** What the model reaches on average with a panel of so many. */
function target(worlds: () => World, people: number, of: typeof pearson, runs: number): number {
  const everybody = Array.from({ length: people }, (_, i) => i);
  let sum = 0;
  for (let run = 0; run < runs; run++) {
    const { model, truth } = worlds();
    sum += (of(model, truth(everybody)) as number) / runs;
  }
  return sum;
}

/** The shares of simulated studies whose interval holds the target. */
function coverage(
  worlds: () => World,
  people: number,
  runs: number,
  replicates: number,
  wanted: { srcc: number; plcc: number },
  random: Random
): Record<'srcc' | 'plcc', { percentile: number; bca: number }> {
  const covered = { srcc: { percentile: 0, bca: 0 }, plcc: { percentile: 0, bca: 0 } };
  for (let run = 0; run < runs; run++) {
    const { model, truth } = worlds();
    const pair = agreementIntervals({
      model,
      yardstick:
        people === 0
          ? { whole: truth([]), resampled: null, withoutOne: [] }
          : drawObservers(truth, people, replicates, random),
      pool: new Int32Array(model.length),
      pools: 1,
      replicates,
      random
    });
    for (const figure of ['srcc', 'plcc'] as const) {
      for (const kind of ['percentile', 'bca'] as const) {
        const bounds = pair[figure].value?.[kind];
        if (bounds && bounds[0] <= wanted[figure] && wanted[figure] <= bounds[1])
          covered[figure][kind] += 1 / runs;
      }
    }
  }
  return covered;
}

describe('agreementIntervals', () => {
  it('over raters and stimuli: the percentile interval covers at least its level, the BCa nearly', () => {
    const random = seededRandom('coverage of ratings');
    const people = 10;
    const large = () => ratingWorld(3000, people, random);
    const wanted = { srcc: target(large, people, spearman, 10), plcc: target(large, people, pearson, 10) };
    const found = coverage(() => ratingWorld(50, people, random), people, 150, 150, wanted, random);
    for (const { percentile, bca } of Object.values(found)) {
      expect(percentile).toBeGreaterThan(0.93);
      expect(percentile).toBeLessThan(0.995);
      expect(bca).toBeGreaterThan(0.84);
      expect(bca).toBeLessThanOrEqual(percentile + 0.02);
    }
  });

  it('with the scale fitted again in every resample of raters', () => {
    const random = seededRandom('coverage of votes');
    const people = 8;
    const worlds = () => voteWorld(15, people, random);
    const wanted = { srcc: target(worlds, people, spearman, 400), plcc: 0 };
    const { srcc } = coverage(worlds, people, 50, 100, wanted, random);
    expect(srcc.percentile).toBeGreaterThan(0.9);
    expect(srcc.bca).toBeGreaterThan(0.84);
  });

  it('over stimuli alone the BCa interval covers the true correlation', () => {
    const random = seededRandom('coverage of stimuli');
    const rho = 1 / Math.sqrt(1.36);
    const wanted = { srcc: (6 / Math.PI) * Math.asin(rho / 2), plcc: rho };
    const worlds = (): World => {
      const quality = Float64Array.from({ length: 60 }, () => random.normal());
      return { model: quality.map((value) => value + 0.6 * random.normal()), truth: () => quality };
    };
    const { srcc, plcc } = coverage(worlds, 0, 150, 250, wanted, random);
    for (const share of [srcc.bca, srcc.percentile, plcc.percentile]) {
      expect(share).toBeGreaterThan(0.89);
      expect(share).toBeLessThan(0.99);
    }
  });

  it('over references takes the plain mean of each and leaves out where one is undefined', () => {
    const random = seededRandom(4);
    const truth = Float64Array.from([1, 2, 3, 4, 1, 2, 3, 4, 5, 5, 5, 5]);
    const model = Float64Array.from([1, 2, 3, 4, 4, 3, 2, 1, 1, 2, 3, 4]);
    const pool = Int32Array.from([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    const { srcc } = agreementIntervals({
      model,
      yardstick: { whole: truth, resampled: null, withoutOne: [] },
      pool,
      pools: 3,
      replicates: 300,
      random
    });
    expect(srcc.value?.estimate).toBe(0);
    expect(srcc.value?.percentile).toEqual([-1, 1]);
  });

  it('says why there is no figure', () => {
    const one = (model: number[], truth: number[], pools = 1) =>
      agreementIntervals({
        model: Float64Array.from(model),
        yardstick: { whole: Float64Array.from(truth), resampled: null, withoutOne: [] },
        pool: Int32Array.from(model, (_, s) => s % pools),
        pools,
        replicates: 10,
        random: seededRandom(1)
      }).srcc.why;
    expect(one([1, 2], [Number.NaN, Number.NaN])).toMatch(/no stimulus/);
    expect(one([1, 2], [3, Number.NaN])).toMatch(/only one/);
    expect(one([1, 2], [3, 4], 2)).toMatch(/two stimuli/);
    expect(one([1, 2, 3], [4, 4, 4])).toMatch(/same value/);
  });
});
