import { describe, expect, it } from 'vitest';
import { seededRandom, shuffled, type Random } from '#lib/stats/random.ts';
import { ratingsFromMatrix } from '../../scaling/ratings.ts';
import { cohenKappa } from './cohen.ts';
import { errorConsistency } from './error-consistency.ts';
import { fleissKappa } from './fleiss.ts';
import { intraclassCorrelations } from './icc.ts';
import { kendallW } from './kendall-w.ts';
import { krippendorffAlpha, type MeasurementLevel } from './krippendorff.ts';
import { splitHalfReliability } from './split-half.ts';

const LEVELS: MeasurementLevel[] = ['nominal', 'ordinal', 'interval'];

/** Stimuli by observers: quality + bias + noise with the given standard deviations. */
function panel(
  stimuli: number,
  observers: number,
  sd: { quality: number; bias: number; noise: number },
  random: Random
) {
  const bias = Array.from({ length: observers }, () => sd.bias * random.normal());
  return Array.from({ length: stimuli }, () => {
    const quality = sd.quality * random.normal();
    return bias.map((b) => quality + b + sd.noise * random.normal());
  });
}

describe('krippendorffAlpha', () => {
  it('agrees with its definition by coincidences, values by values, with gaps', () => {
    const random = seededRandom(1);
    const rows = Array.from({ length: 12 }, () =>
      Array.from({ length: 5 }, () => (random.uniform() < 0.3 ? null : random.integer(4) + 1))
    );
    const values = [1, 2, 3, 4];
    const coincidence = values.map(() => [0, 0, 0, 0]);
    for (const row of rows) {
      const given = row.filter((value) => value !== null);
      given.forEach((a, x) =>
        given.forEach((b, y) => {
          if (x !== y) coincidence[a - 1]![b - 1]! += 1 / (given.length - 1);
        })
      );
    }
    const totals = coincidence.map((line) => line.reduce((sum, value) => sum + value, 0));
    const n = totals.reduce((sum, value) => sum + value, 0);
    const squared = (level: MeasurementLevel, a: number, b: number) => {
      if (level === 'nominal') return a === b ? 0 : 1;
      if (level === 'interval') return (a - b) ** 2;
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const between = totals.slice(low, high + 1).reduce((sum, value) => sum + value, 0);
      return (between - (totals[low]! + totals[high]!) / 2) ** 2;
    };
    for (const level of LEVELS) {
      let observed = 0;
      let expected = 0;
      for (const a of [0, 1, 2, 3]) {
        for (const b of [0, 1, 2, 3]) {
          observed += coincidence[a]![b]! * squared(level, a, b);
          expected += (totals[a]! * totals[b]! * squared(level, a, b)) / (n - 1);
        }
      }
      expect(krippendorffAlpha(ratingsFromMatrix(rows), level)).toBeCloseTo(1 - observed / expected, 12);
    }
  });

  it('is 1 for full agreement, near 0 for chance, below 0 for opposites', () => {
    const random = seededRandom(2);
    const agreed = ratingsFromMatrix([[1, 1, 1], [4, 4, null], [2, 2, 2]]); // prettier-ignore
    const chance = ratingsFromMatrix(
      Array.from({ length: 2000 }, () => [random.integer(5), random.integer(5), random.integer(5)])
    );
    const opposed = ratingsFromMatrix([[1, 5], [5, 1], [2, 4], [4, 2]]); // prettier-ignore
    for (const level of LEVELS) {
      expect(krippendorffAlpha(agreed, level)).toBe(1);
      expect(Math.abs(krippendorffAlpha(chance, level) as number)).toBeLessThan(0.04);
      expect(krippendorffAlpha(opposed, level)).toBeLessThan(0);
    }
  });

  it('knows of order alone what its level says: affine, then monotone, then any relabelling', () => {
    const rows = [[1, 2, 2], [3, 3, 4], [4, 4, 4], [1, 1, 3]]; // prettier-ignore
    const of = (level: MeasurementLevel, map: (value: number) => number) =>
      krippendorffAlpha(ratingsFromMatrix(rows.map((row) => row.map(map))), level) as number;
    const labels = [0, 7, -2, 100, 3];
    expect(of('interval', (v) => 9 - 3 * v)).toBeCloseTo(
      of('interval', (v) => v),
      12
    );
    expect(of('ordinal', Math.exp)).toBeCloseTo(
      of('ordinal', (v) => v),
      12
    );
    expect(of('nominal', (v) => labels[v] as number)).toBeCloseTo(
      of('nominal', (v) => v),
      12
    );
    expect(of('interval', Math.exp)).not.toBeCloseTo(
      of('interval', (v) => v),
      3
    );
  });

  it('does not exist without two ratings of one stimulus, or with one value only', () => {
    for (const level of LEVELS) {
      expect(krippendorffAlpha(ratingsFromMatrix([[1, null], [null, 2]]), level)).toBeNull(); // prettier-ignore
      expect(krippendorffAlpha(ratingsFromMatrix([[3, 3], [3, 3]]), level)).toBeNull(); // prettier-ignore
      expect(krippendorffAlpha(ratingsFromMatrix([]), level)).toBeNull();
    }
  });
});

describe('intraclassCorrelations', () => {
  it('of observers who differ by constants: consistency is 1, agreement is not', () => {
    const icc = intraclassCorrelations([[1, 3, 2], [4, 6, 5], [2, 4, 3]]); // prettier-ignore
    expect(icc?.icc3.icc).toBeCloseTo(1, 12);
    expect(icc?.icc2.icc).toBeLessThan(0.9);
    expect(icc?.icc1.icc).toBeLessThan(0.9);
  });

  it('does not change with the order of stimuli or observers, or with the unit', () => {
    const random = seededRandom(3);
    const rows = panel(9, 5, { quality: 2, bias: 1, noise: 1 }, random);
    const columns = shuffled([0, 1, 2, 3, 4], random);
    const other = shuffled(rows, random).map((row) => columns.map((i) => 40 - 7 * (row[i] as number)));
    const [a, b] = [intraclassCorrelations(rows), intraclassCorrelations(other)];
    for (const form of ['icc1', 'icc2', 'icc3', 'icc1k', 'icc2k', 'icc3k'] as const) {
      expect(b?.[form].icc).toBeCloseTo(a?.[form].icc as number, 10);
      expect(b?.[form].ci95?.[0]).toBeCloseTo(a?.[form].ci95?.[0] as number, 8);
    }
  });

  it('says null of what does not exist', () => {
    expect(intraclassCorrelations([])).toBeNull();
    expect(intraclassCorrelations([[1, 2]])).toBeNull();
    expect(intraclassCorrelations([[1], [2]])).toBeNull();
    expect(intraclassCorrelations([[0.1, 0.1], [0.1, 0.1]])).toBeNull(); // prettier-ignore
    const constants = intraclassCorrelations([[1, 2], [1, 2]]); // prettier-ignore
    expect(constants?.icc3).toEqual({ icc: null, ci95: null, test: null });
    expect(constants?.icc3k.icc).toBeNull();
    expect(constants?.icc1.icc).toBe(-1);
    expect(() => intraclassCorrelations([[1, 2], [1]])).toThrow(RangeError);
  });

  it('has intervals that hold the true value in 95 % of 2,000 panels', () => {
    const random = seededRandom(4);
    const panels = 2000;
    // Variances: stimuli 4, observers 1, noise 1 (two-way), or stimuli 4 and within 2 (one-way).
    const truth = { icc1: 4 / 6, icc2: 4 / 6, icc3: 4 / 5 };
    const inside = { icc1: 0, icc2: 0, icc3: 0 };
    for (let p = 0; p < panels; p++) {
      const crossed = intraclassCorrelations(panel(15, 6, { quality: 2, bias: 1, noise: 1 }, random));
      const nested = intraclassCorrelations(panel(15, 6, { quality: 2, bias: 0, noise: Math.SQRT2 }, random));
      for (const form of ['icc1', 'icc2', 'icc3'] as const) {
        const interval = (form === 'icc1' ? nested : crossed)?.[form].ci95 as [number, number];
        if (interval[0] <= truth[form] && truth[form] <= interval[1]) inside[form]++;
      }
    }
    const error = 3 * Math.sqrt((0.95 * 0.05) / panels);
    expect(Math.abs(inside.icc1 / panels - 0.95)).toBeLessThan(error);
    expect(Math.abs(inside.icc3 / panels - 0.95)).toBeLessThan(error);
    // ICC(2)'s interval is Satterthwaite's approximation.
    expect(Math.abs(inside.icc2 / panels - 0.95)).toBeLessThan(error + 0.01);
  });
});

describe('kendallW', () => {
  it('is 1 when all rank alike, ties and all, and 0 when two rank oppositely', () => {
    expect(kendallW([[1, 10], [2, 20], [2, 20], [3, 70]])?.w).toBeCloseTo(1, 14); // prettier-ignore
    expect(kendallW([[1, 3], [2, 2], [3, 1]])?.w).toBeCloseTo(0, 14); // prettier-ignore
  });

  it('does not exist for one stimulus, no observer, or ties throughout', () => {
    expect(kendallW([[1, 2]])).toBeNull();
    expect(kendallW([[], []])).toBeNull();
    expect(kendallW([[1, 2], [1, 2]])).toBeNull(); // prettier-ignore
  });

  it('rejects random rankings in 5 % of 2,000 panels', () => {
    const random = seededRandom(5);
    let rejected = 0;
    for (let p = 0; p < 2000; p++) {
      const rows = Array.from({ length: 8 }, () => Array.from({ length: 15 }, () => random.uniform()));
      if ((kendallW(rows)?.p as number) < 0.05) rejected++;
    }
    // χ² is an approximation, a little conservative at this size.
    expect(rejected / 2000).toBeGreaterThan(0.03);
    expect(rejected / 2000).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 2000));
  });
});

describe('fleissKappa', () => {
  it('is 1 for full agreement and does not exist for one category or one observer', () => {
    expect(fleissKappa([[1, 1, 1], [2, 2, 2]])?.kappa).toBe(1); // prettier-ignore
    expect(fleissKappa([[2, 2], [2, 2]])).toBeNull(); // prettier-ignore
    expect(fleissKappa([[1], [2]])).toBeNull(); // prettier-ignore
    expect(fleissKappa([])).toBeNull();
  });

  it('rejects chance agreement in 5 % of 2,000 panels', () => {
    const random = seededRandom(6);
    let rejected = 0;
    for (let p = 0; p < 2000; p++) {
      const rows = Array.from({ length: 40 }, () => Array.from({ length: 6 }, () => random.integer(3)));
      if ((fleissKappa(rows)?.p as number) < 0.05) rejected++;
    }
    expect(Math.abs(rejected / 2000 - 0.05)).toBeLessThan(3 * Math.sqrt((0.05 * 0.95) / 2000));
  });

  it('is, for two observers of equal habits, close to Cohen’s, and Conger’s is Cohen’s exactly', () => {
    const rows = [[1, 1], [2, 2], [1, 2], [3, 3], [2, 1], [3, 1]]; // prettier-ignore
    const cohen = cohenKappa(
      rows.map((row) => row[0] as number),
      rows.map((row) => row[1] as number)
    );
    expect(fleissKappa(rows)?.conger).toBeCloseTo(cohen?.kappa as number, 12);
  });
});

describe('cohenKappa', () => {
  it('of the textbook table 20, 5, 10, 15 is 0.4', () => {
    const a = [...new Array<number>(25).fill(1), ...new Array<number>(25).fill(0)];
    const b = a.map((_, i) => (i < 20 || (i >= 25 && i < 35) ? 1 : 0));
    expect(cohenKappa(a, b)?.kappa).toBeCloseTo(0.4, 14);
    expect(cohenKappa(a, b, 'quadratic')?.kappa).toBeCloseTo(0.4, 14);
  });

  it('skips what either did not rate, and does not exist with one value only', () => {
    expect(cohenKappa([1, 2, null, 3], [1, 2, 3, null])).toMatchObject({ n: 2, kappa: 1 });
    expect(cohenKappa([3, 3], [3, 3])).toBeNull();
    expect(cohenKappa([1, null], [null, 2])).toBeNull();
    expect(() => cohenKappa([1], [1, 2])).toThrow(RangeError);
  });

  it('weights by the distance of the values: a miss by 1 costs less than by 4', () => {
    const a = [1, 2, 3, 4, 5, 5];
    const near = cohenKappa(a, [1, 2, 3, 4, 5, 4], 'quadratic')?.kappa as number;
    const far = cohenKappa(a, [1, 2, 3, 4, 5, 1], 'quadratic')?.kappa as number;
    expect(near).toBeGreaterThan(far);
    expect(cohenKappa(a, [1, 2, 3, 4, 5, 4])?.kappa).toBeCloseTo(
      cohenKappa(a, [1, 2, 3, 4, 5, 1])?.kappa as number,
      1
    );
  });

  it('rejects independence in 5 % of 2,000 pairs', () => {
    const random = seededRandom(7);
    let rejected = 0;
    for (let p = 0; p < 2000; p++) {
      const draw = () => Array.from({ length: 120 }, () => random.integer(4));
      if ((cohenKappa(draw(), draw(), 'linear')?.p as number) < 0.05) rejected++;
    }
    expect(Math.abs(rejected / 2000 - 0.05)).toBeLessThan(3 * Math.sqrt((0.05 * 0.95) / 2000));
  });
});

describe('splitHalfReliability', () => {
  it('steps up to the reliability of the mean of the whole panel', () => {
    const random = seededRandom(8);
    // Reliability of the mean of 20: 4/(4 + 9/20).
    const rows = panel(3000, 20, { quality: 2, bias: 0, noise: 3 }, random);
    const split = splitHalfReliability(ratingsFromMatrix(rows), seededRandom(1), 40);
    expect(split?.spearmanBrown).toBeCloseTo(4 / (4 + 9 / 20), 1.5);
    expect(split?.r).toBeCloseTo(4 / (4 + 9 / 10), 1.5);
    expect(split?.splits).toBe(40);
  });

  it('is the correlation of the two when there are two observers, whatever the split', () => {
    const split = splitHalfReliability(ratingsFromMatrix([[1, 2], [2, 2], [3, 5]]), seededRandom(1), 10); // prettier-ignore
    expect(split?.r).toBeCloseTo(3 / Math.sqrt(2 * 6), 12);
  });

  it('repeats from its seed, and leaves undefined splits out', () => {
    const ratings = ratingsFromMatrix([[1, 2, null, 4], [2, null, 3, 3], [5, 4, 4, null]]); // prettier-ignore
    expect(splitHalfReliability(ratings, seededRandom(3))).toEqual(
      splitHalfReliability(ratings, seededRandom(3))
    );
    expect(splitHalfReliability(ratingsFromMatrix([[1, 1], [1, 2]]), seededRandom(1), 5)).toBeNull(); // prettier-ignore
    expect(splitHalfReliability(ratingsFromMatrix([[1], [2]]), seededRandom(1))).toBeNull(); // prettier-ignore
  });
});

describe('errorConsistency', () => {
  it('is 1 for the same errors, 0 for independent ones, negative for complementary ones', () => {
    const a = [true, true, true, false, false, true, true, false];
    expect(errorConsistency(a, a)?.kappa).toBe(1);
    expect(errorConsistency([true, true, false, false], [true, false, true, false])?.kappa).toBe(0);
    expect(errorConsistency([true, false], [false, true])?.kappa).toBe(-1);
  });

  it('subtracts what the accuracies alone give', () => {
    const found = errorConsistency([true, true, true, false, null], [true, true, false, false, true]);
    expect(found).toMatchObject({ n: 4, observed: 0.75, expected: 0.5, kappa: 0.5 });
  });

  it('does not exist without common trials, nor κ when neither errs', () => {
    expect(errorConsistency([null, true], [true, null])).toBeNull();
    expect(errorConsistency([true, true], [true, true])).toEqual({
      n: 2,
      observed: 1,
      expected: 1,
      kappa: null
    });
    expect(() => errorConsistency([true], [])).toThrow(RangeError);
  });
});
