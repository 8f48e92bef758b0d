import { describe, expect, it } from 'vitest';
import { seededRandom, type Random } from '#lib/stats/random.ts';
import { meanOpinionScores } from '../scaling/mos.ts';
import { ratingsFromMatrix, type Ratings } from '../scaling/ratings.ts';
import { intraclassCorrelations } from './between-observers/icc.ts';
import { ceilingNormalised, humanCeiling, shareOfObserversBelow } from './human-ceiling.ts';
import { panelOf } from './panel.ts';
import { equivalentRaters, raterEquivalents } from './rater-equivalents.ts';
import { replacement } from './replacement.ts';
import { varianceComponents } from './variance-components.ts';

interface Panel {
  truth: number[];
  rows: (number | null)[][];
  ratings: Ratings;
}

/** Stimuli × observers: true score (SD 1) + level of the observer + noise. */
function panel(
  random: Random,
  stimuli: number,
  observers: number,
  noise: number,
  level = 0,
  missing = 0
): Panel {
  const truth = Array.from({ length: stimuli }, () => random.normal());
  const levels = Array.from({ length: observers }, () => level * random.normal());
  const rows = truth.map((q) =>
    levels.map((l) => (random.uniform() < missing ? null : q + l + noise * random.normal()))
  );
  return { truth, rows, ratings: ratingsFromMatrix(rows) };
}

const random = seededRandom('human ceiling');

describe('varianceComponents', () => {
  it('are ICC(1) and ICC(3) and their averages where the ratings are complete', () => {
    const { rows, ratings } = panel(random, 40, 8, 1.2, 0.6);
    const icc = intraclassCorrelations(rows as number[][])!;
    const oneWay = varianceComponents(panelOf(ratings), 'one-way')!;
    const consistency = varianceComponents(panelOf(ratings), 'consistency')!;
    expect(oneWay.singleRater).toBeCloseTo(icc.icc1.icc as number, 10);
    expect(oneWay.mos).toBeCloseTo(icc.icc1k.icc as number, 10);
    expect(consistency.singleRater).toBeCloseTo(icc.icc3.icc as number, 10);
    expect(consistency.mos).toBeCloseTo(icc.icc3k.icc as number, 10);
  });

  it('stay right with a third of the ratings missing', () => {
    const { ratings } = panel(random, 1500, 12, 1.5, 0.8, 1 / 3);
    expect(varianceComponents(panelOf(ratings), 'consistency')?.singleRater).toBeCloseTo(1 / 3.25, 1);
    expect(varianceComponents(panelOf(ratings), 'one-way')?.within).toBeGreaterThan(2.25);
  });

  it('do not take copies of an observer for agreement', () => {
    const { ratings } = panel(random, 400, 10, 1.5);
    const once = panelOf(ratings);
    const twice = {
      ...once,
      observerWeight: Array.from(once.observerWeight, (weight, i) => (i < 5 ? 2 * weight : 0))
    };
    const half = {
      ...once,
      observerWeight: Array.from(once.observerWeight, (weight, i) => (i < 5 ? weight : 0))
    };
    const doubled = varianceComponents(twice, 'one-way')!;
    const plain = varianceComponents(half, 'one-way')!;
    expect(doubled.within).toBeCloseTo(plain.within, 10);
    expect(doubled.mos).toBeCloseTo(plain.mos, 10);
  });

  it('do not exist for one observer or one stimulus', () => {
    expect(varianceComponents(panelOf(ratingsFromMatrix([[1], [2]])), 'one-way')).toBeNull();
    expect(varianceComponents(panelOf(ratingsFromMatrix([[1, 2, 3]])), 'one-way')).toBeNull();
    expect(varianceComponents(panelOf(ratingsFromMatrix([])), 'consistency')).toBeNull();
  });
});

describe('humanCeiling', () => {
  it('is what the true scores correlate with the MOS', () => {
    const { truth, ratings } = panel(random, 2000, 9, 2, 1);
    const { ceiling, reliability, splitHalf } = humanCeiling(ratings, random, 50);
    const mos = meanOpinionScores(ratings).map((score) => score.mos as number);
    const attained = correlation(truth, mos);
    expect(ceiling).toBeCloseTo(attained, 1);
    expect(Math.abs((ceiling as number) - attained)).toBeLessThan(0.015);
    expect(Math.abs((splitHalf?.spearmanBrown as number) - (reliability as number))).toBeLessThan(0.02);
    expect(ceilingNormalised(attained, reliability)).toBeCloseTo(1, 1);
  });

  it('lists every observer against the others, without the one', () => {
    const rows = [
      [1, 1, 3, 5],
      [2, 3, 3, 1],
      [3, 4, 3, null],
      [4, 6, 3, 2]
    ];
    const { observers, pearson } = humanCeiling(ratingsFromMatrix(rows), random, 10).leaveOneOut;
    expect(observers.map(({ n }) => n)).toEqual([4, 4, 4, 3]);
    expect(observers[0]?.pearson).toBeCloseTo(correlation([1, 2, 3, 4], [3, 7 / 3, 3.5, 11 / 3]), 12);
    expect(observers[2]?.pearson).toBeNull();
    expect(pearson?.quantiles[0]).toBe(Math.min(...observers.flatMap((one) => one.pearson ?? [])));
  });

  it('places a model among the observers', () => {
    const { ratings } = panel(random, 60, 10, 1);
    const ceiling = humanCeiling(ratings, random, 10);
    expect(shareOfObserversBelow(ceiling, 1, 'spearman')).toBe(1);
    expect(shareOfObserversBelow(ceiling, -1, 'pearson')).toBe(0);
  });

  it('has no ceiling where people do not agree at all', () => {
    const opposed = ratingsFromMatrix([
      [1, 3],
      [2, 2],
      [3, 1]
    ]);
    expect(humanCeiling(opposed, random, 5).ceiling).toBeNull();
    expect(ceilingNormalised(0.5, -0.2)).toBeNull();
    expect(ceilingNormalised(null, 0.9)).toBeNull();
  });
});

describe('raterEquivalents', () => {
  it('finds a model that is the mean of three strangers worth three raters, both ways', () => {
    for (const level of [0, 1]) {
      let empirical = 0;
      let consistency = 0;
      const runs = 12;
      for (let run = 0; run < runs; run++) {
        const { truth, ratings } = panel(random, 300, 14, 1.3, level);
        const model = truth.map((q) => q + (1.3 * (random.normal() + random.normal() + random.normal())) / 3);
        const found = raterEquivalents(ratings, model, { random, orders: 10, replicates: 0 });
        if (found.empirical?.kind === 'raters') empirical += found.empirical.k / runs;
        if (found.closedFormConsistency?.kind === 'raters')
          consistency += found.closedFormConsistency.k / runs;
        if (level === 0 && found.closedForm?.kind === 'raters') {
          expect(
            Math.abs(found.closedForm.k - (found.closedFormConsistency as { k: number }).k)
          ).toBeLessThan(0.5);
        }
      }
      expect(Math.abs(empirical - 3)).toBeLessThan(0.4);
      expect(Math.abs(consistency - 3)).toBeLessThan(0.4);
    }
  });

  it('extends below one rater for a model worse than any', () => {
    const { truth, ratings } = panel(random, 600, 12, 1);
    const model = truth.map((q) => q + 2 * random.normal());
    const { empirical, closedForm } = raterEquivalents(ratings, model, { random, replicates: 0 });
    // Noise of variance 4 is that of a quarter of a rater.
    expect(Math.abs((empirical as { k: number }).k - 0.25)).toBeLessThan(0.08);
    expect(Math.abs((closedForm as { k: number }).k - 0.25)).toBeLessThan(0.08);
  });

  it('says beyond for a model closer to the truth than the panel can show', () => {
    const { truth, ratings } = panel(random, 400, 6, 1.5);
    const { empirical, curve } = raterEquivalents(ratings, truth, { random, replicates: 40 });
    expect(empirical).toMatchObject({ kind: 'beyond', atLeast: 5 });
    expect(empirical?.ci95?.[1]).toBeNull();
    expect(curve.map(({ k }) => k)).toEqual([1, 2, 3, 4, 5]);
    expect(equivalentRaters(1.02, 0.4)).toBe(Number.POSITIVE_INFINITY);
  });

  it('covers the true number in most of simulated panels', () => {
    const runs = 60;
    const covered = { empirical: 0, closedForm: 0 };
    for (let run = 0; run < runs; run++) {
      const { truth, ratings } = panel(random, 80, 12, 1.2);
      const model = truth.map((q) => q + (1.2 / Math.sqrt(3)) * random.normal());
      const found = raterEquivalents(ratings, model, { random, orders: 4, replicates: 80 });
      for (const kind of ['empirical', 'closedForm'] as const) {
        const bounds = found[kind]?.ci95;
        if (bounds != null && (bounds[0] ?? Infinity) <= 3 && 3 <= (bounds[1] ?? Infinity)) covered[kind]++;
      }
    }
    for (const count of Object.values(covered)) expect(count / runs).toBeGreaterThan(0.9);
  });

  it('gives nothing for people who disagree, constant models and too few observers', () => {
    const few = ratingsFromMatrix([
      [1, 2],
      [2, 3],
      [3, 3]
    ]);
    expect(raterEquivalents(few, [1, 2, 3], { random, replicates: 0 }).empirical).toBeNull();
    const { ratings } = panel(random, 20, 5, 1);
    const flat = raterEquivalents(ratings, new Array<number>(20).fill(2), { random, replicates: 5 });
    expect(flat).toMatchObject({
      model: null,
      empirical: null,
      closedForm: null,
      closedFormConsistency: null
    });
    const none = raterEquivalents(ratings, new Array<null>(20).fill(null), { random, replicates: 5 });
    expect(none).toMatchObject({ model: null, empirical: null, closedForm: null });
    expect(equivalentRaters(0.5, -0.1)).toBeNull();
    expect(equivalentRaters(-0.5, 0.3)).toBe(0);
    expect(() => raterEquivalents(ratings, [1], { random })).toThrow(RangeError);
  });
});

describe('replacement', () => {
  it('leaves α where it was for a model that rates as people do, and lowers it for a random one', () => {
    const { truth, ratings } = panel(random, 200, 8, 1);
    const colleague = replacement(
      ratings,
      truth.map((q) => q + random.normal()),
      'interval'
    );
    expect(Math.abs(colleague.meanChange as number)).toBeLessThan(0.03);
    expect(colleague.inPlaceOf).toHaveLength(8);
    const stranger = replacement(
      ratings,
      truth.map(() => random.normal()),
      'interval'
    );
    expect(stranger.meanChange).toBeLessThan(-0.08);
    expect(stranger.withModel).toBeLessThan(stranger.people as number);
  });

  it('answers in a person’s place only what that person answered', () => {
    const rows = [
      [1, 1, 2],
      [2, 2, null],
      [3, 3, 3],
      [5, 4, null]
    ];
    const ratings = ratingsFromMatrix(rows);
    const perfect = replacement(ratings, [2, 900, 3, 900], 'interval');
    expect(perfect.inPlaceOf[2]?.replaced).toBeCloseTo(perfect.people as number, 14);
    expect(replacement(ratings, [null, null, null, null], 'interval')).toMatchObject({
      withModel: perfect.people
    });
    expect(() => replacement(ratings, [1], 'nominal')).toThrow(RangeError);
  });
});

function correlation(x: number[], y: number[]): number {
  const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  x.forEach((value, i) => {
    xx += (value - mx) ** 2;
    yy += ((y[i] as number) - my) ** 2;
    xy += (value - mx) * ((y[i] as number) - my);
  });
  return xy / Math.sqrt(xx * yy);
}
