import { describe, expect, it } from 'vitest';
import { pearson } from '#lib/stats/correlation.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { meanOpinionScores } from './mos.ts';
import { ratingsFromMatrix, type Ratings } from './ratings.ts';
import { biasStandardError, fitSubjectModel, inconsistencyInterval } from './subject-model.ts';

interface Panel {
  ratings: Ratings;
  quality: number[];
  bias: number[];
  inconsistency: number[];
}

function panel(stimuli: number, observers: number, seed: number, missing = 0): Panel {
  const random = seededRandom(seed);
  const quality = Array.from({ length: stimuli }, () => 50 + 15 * random.normal());
  const raw = Array.from({ length: observers }, () => 5 * random.normal());
  const mean = raw.reduce((sum, value) => sum + value, 0) / observers;
  const bias = raw.map((value) => value - mean);
  const inconsistency = Array.from({ length: observers }, () => 6 + 10 * random.uniform());
  const rows = quality.map((psi) =>
    bias.map((b, i) =>
      random.uniform() < missing ? null : psi + b + (inconsistency[i] as number) * random.normal()
    )
  );
  return { ratings: ratingsFromMatrix(rows), quality, bias, inconsistency };
}

const rms = (a: readonly (number | null)[], b: readonly number[]) =>
  Math.sqrt(
    a.reduce<number>((sum, value, i) => sum + ((value ?? NaN) - (b[i] as number)) ** 2, 0) / a.length
  );

describe('fitSubjectModel', () => {
  it('recovers quality, bias and inconsistency, a third of the ratings missing', () => {
    const { ratings, quality, bias, inconsistency } = panel(300, 40, 1, 1 / 3);
    const model = fitSubjectModel(ratings);
    expect(model.converged).toBe(true);
    const found = model.observers.map((observer) => observer.inconsistency);
    expect(
      rms(
        model.observers.map((observer) => observer.bias),
        bias
      )
    ).toBeLessThan(1.1);
    expect(rms(found, inconsistency)).toBeLessThan(0.9);
    expect(pearson(found as number[], inconsistency)).toBeGreaterThan(0.95);
    const estimates = model.stimuli.map((stimulus) => stimulus.quality);
    expect(rms(estimates, quality)).toBeLessThan(
      0.9 *
        rms(
          meanOpinionScores(ratings).map((score) => score.mos),
          quality
        )
    );
  });

  it('has standard errors of quality and bias that hold the truth in about 95 %', () => {
    // The model takes estimated inconsistencies for known: with many ratings that costs little.
    let quality = 0;
    let bias = 0;
    const panels = 40;
    for (let seed = 0; seed < panels; seed++) {
      const truth = panel(100, 25, 100 + seed);
      const model = fitSubjectModel(truth.ratings);
      model.stimuli.forEach((stimulus, j) => {
        const error = (stimulus.quality as number) - (truth.quality[j] as number);
        if (Math.abs(error) <= 1.96 * (stimulus.qualitySe as number)) quality++;
      });
      model.observers.forEach((observer, i) => {
        const error = (observer.bias as number) - (truth.bias[i] as number);
        if (Math.abs(error) <= 1.96 * (biasStandardError(observer) as number)) bias++;
      });
    }
    expect(quality / (100 * panels)).toBeGreaterThan(0.92);
    expect(quality / (100 * panels)).toBeLessThan(0.97);
    expect(bias / (25 * panels)).toBeGreaterThan(0.92);
    expect(bias / (25 * panels)).toBeLessThan(0.98);
  });

  it('centres the biases and follows the unit of the ratings', () => {
    const { ratings } = panel(30, 10, 3);
    const model = fitSubjectModel(ratings);
    const total = model.observers.reduce((sum, observer) => sum + (observer.bias ?? NaN), 0);
    expect(Math.abs(total)).toBeLessThan(1e-10);
    const mapped = fitSubjectModel({ ...ratings, rating: ratings.rating.map((value) => 3 - 2 * value) });
    model.stimuli.forEach((stimulus, j) => {
      expect(mapped.stimuli[j]?.quality).toBeCloseTo(3 - 2 * (stimulus.quality as number), 5);
      expect(mapped.stimuli[j]?.qualitySe).toBeCloseTo(2 * (stimulus.qualitySe as number), 5);
    });
  });

  it('is the MOS where all are equally consistent', () => {
    const model = fitSubjectModel(ratingsFromMatrix([[1, 3], [4, 4], [6, 4]])); // prettier-ignore
    expect(model.stimuli.map((stimulus) => stimulus.quality)).toEqual(
      [2, 4, 5].map((value) => expect.closeTo(value, 6))
    );
  });

  it('gives an observer of one rating the mean inconsistency of the others', () => {
    const { ratings } = panel(20, 6, 4);
    const extra: Ratings = {
      ...ratings,
      observers: 7,
      observer: Int32Array.from([...ratings.observer, 6]),
      stimulus: Int32Array.from([...ratings.stimulus, 0]),
      rating: Float64Array.from([...ratings.rating, 80])
    };
    const model = fitSubjectModel(extra);
    const others = model.observers.slice(0, 6).map((observer) => observer.inconsistency as number);
    expect(model.observers[6]?.inconsistency).toBeCloseTo(
      others.reduce((sum, value) => sum + value, 0) / 6,
      10
    );
    expect(model.stimuli[0]?.qualitySe).toBeLessThan(model.stimuli[1]?.qualitySe as number);
  });

  it('has no inconsistency where nobody rated twice, and nothing of what was not rated', () => {
    const model = fitSubjectModel(ratingsFromMatrix([[1, null, null], [null, 5, null], [null, null, null]])); // prettier-ignore
    expect(model.observers.map((observer) => observer.inconsistency)).toEqual([null, null, null]);
    expect(model.observers[2]?.bias).toBeNull();
    expect(model.stimuli.map((stimulus) => stimulus.quality)).toEqual([1, 5, null]);
    expect(model.stimuli.map((stimulus) => stimulus.qualitySe)).toEqual([null, null, null]);
    expect(model.meanLogLikelihood).toBeNull();
  });

  it('takes full agreement at its word: standard error 0', () => {
    const model = fitSubjectModel(ratingsFromMatrix([[1, 2], [3, 4], [5, 6]])); // prettier-ignore
    expect(model.observers.map((observer) => observer.bias)).toEqual([-0.5, 0.5]);
    expect(model.observers.map((observer) => observer.inconsistency)).toEqual([0, 0]);
    expect(model.stimuli.map((stimulus) => stimulus.qualitySe)).toEqual([0, 0, 0]);
    expect(model.meanLogLikelihood).toBeNull();
  });

  it('of no ratings is empty', () => {
    const model = fitSubjectModel(ratingsFromMatrix([]));
    expect(model).toMatchObject({ observers: [], stimuli: [] });
  });
});

describe('inconsistencyInterval', () => {
  it('holds the truth in 95 % when the qualities are known well', () => {
    let inside = 0;
    let of = 0;
    for (let seed = 0; seed < 20; seed++) {
      const truth = panel(40, 60, 500 + seed);
      fitSubjectModel(truth.ratings).observers.forEach((observer, i) => {
        const interval = inconsistencyInterval(observer) as [number, number];
        const value = truth.inconsistency[i] as number;
        if (interval[0] <= value && value <= interval[1]) inside++;
        of++;
      });
    }
    expect(inside / of).toBeGreaterThan(0.91);
    expect(inside / of).toBeLessThan(0.98);
  });
});
