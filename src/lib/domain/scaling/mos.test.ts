import { describe, expect, it } from 'vitest';
import { seededRandom, shuffled } from '#lib/stats/random.ts';
import { differencesToReference } from './dmos.ts';
import { meanOpinionScores, opinionScore } from './mos.ts';
import { completeRows, ratingsFromMatrix, ratingsOf, type Ratings } from './ratings.ts';
import { sosParameter } from './sos.ts';
import { withoutBias, zScores, zScoresToHundred } from './z-scores.ts';

describe('opinionScore', () => {
  it('of 1, 2, 3, 4, 5: mean 3, σ √2.5, t-interval with 4 degrees of freedom', () => {
    const score = opinionScore([1, 2, 3, 4, 5]);
    expect(score).toMatchObject({ n: 5, mos: 3 });
    expect(score.sigma).toBeCloseTo(Math.sqrt(2.5), 14);
    expect(score.sem).toBeCloseTo(Math.sqrt(0.5), 14);
    expect(score.ci95?.[0]).toBeCloseTo(3 - 2.7764451051977987 * Math.sqrt(0.5), 10);
  });

  it('of one rating, or none, has no spread', () => {
    expect(opinionScore([4])).toEqual({ n: 1, mos: 4, sigma: null, sem: null, ci95: null });
    expect(opinionScore([])).toEqual({ n: 0, mos: null, sigma: null, sem: null, ci95: null });
  });

  it('of equal ratings has spread exactly 0', () => {
    expect(opinionScore([0.1, 0.1, 0.1])).toEqual({ n: 3, mos: 0.1, sigma: 0, sem: 0, ci95: [0.1, 0.1] });
  });

  it('follows its unit: a + b·x has a + b·MOS and |b|·σ', () => {
    const random = seededRandom(1);
    const values = Array.from({ length: 23 }, () => random.integer(5) + 1);
    const score = opinionScore(values);
    const mapped = opinionScore(values.map((value) => 7 - 25 * value));
    expect(mapped.mos).toBeCloseTo(7 - 25 * (score.mos as number), 10);
    expect(mapped.sigma).toBeCloseTo(25 * (score.sigma as number), 10);
    expect(mapped.ci95?.[0]).toBeCloseTo(7 - 25 * (score.ci95?.[1] as number), 10);
  });

  it('has an interval that holds the true mean in 95 % of 8,000 normal panels of 4', () => {
    const random = seededRandom(2);
    let inside = 0;
    for (let panel = 0; panel < 8000; panel++) {
      const { ci95 } = opinionScore(Array.from({ length: 4 }, () => 3 + 0.8 * random.normal()));
      if (ci95 !== null && ci95[0] <= 3 && 3 <= ci95[1]) inside++;
    }
    expect(Math.abs(inside / 8000 - 0.95)).toBeLessThan(3 * Math.sqrt((0.95 * 0.05) / 8000));
  });
});

const TABLE = [
  [1, 2, 1, null],
  [3, 3, 2, 3],
  [5, 5, null, 4]
];

describe('meanOpinionScores', () => {
  it('takes each stimulus with the ratings it has, in any order of the entries', () => {
    const ratings = ratingsFromMatrix(TABLE);
    const scores = meanOpinionScores(ratings);
    expect(scores.map((score) => score.n)).toEqual([3, 4, 3]);
    expect(scores.map((score) => score.mos)).toEqual([4 / 3, 11 / 4, 14 / 3]);
    const order = shuffled([...ratings.rating.keys()], seededRandom(1));
    const mixed: Ratings = {
      ...ratings,
      observer: Int32Array.from(order, (at) => ratings.observer[at] as number),
      stimulus: Int32Array.from(order, (at) => ratings.stimulus[at] as number),
      rating: Float64Array.from(order, (at) => ratings.rating[at] as number)
    };
    expect(meanOpinionScores(mixed).map((score) => score.mos)).toEqual(scores.map((score) => score.mos));
  });

  it('ties stimuli with the same ratings exactly, whoever gave them', () => {
    const [one, other] = meanOpinionScores(ratingsFromMatrix([[3, 4, 5, 4, 1], [1, 4, 4, 5, 3]])); // prettier-ignore
    expect(one?.mos).toBe(other?.mos);
  });

  it('gives a stimulus left without ratings n = 0', () => {
    const scores = meanOpinionScores(ratingsOf(ratingsFromMatrix([[null, 2], [1, 1]]), (i) => i === 0)); // prettier-ignore
    expect(scores[0]).toEqual({ n: 0, mos: null, sigma: null, sem: null, ci95: null });
    expect(scores[1]?.n).toBe(1);
  });
});

describe('ratings', () => {
  it('refuse ragged rows and values that are not finite', () => {
    expect(() => ratingsFromMatrix([[1, 2], [1]])).toThrow(RangeError);
    expect(() => ratingsFromMatrix([[NaN]])).toThrow(RangeError);
  });

  it('are complete where everybody who rated anything rated', () => {
    expect(completeRows(ratingsFromMatrix(TABLE))).toEqual([[3, 3, 2, 3]]);
    expect(completeRows(ratingsOf(ratingsFromMatrix(TABLE), (i) => i < 2))).toEqual([[1, 2], [3, 3], [5, 5]]); // prettier-ignore
    expect(completeRows(ratingsFromMatrix([]))).toEqual([]);
  });
});

describe('sosParameter', () => {
  it('is a when every σ² is a·(x − L)(H − x)', () => {
    const scores = [1.5, 2, 3.3, 4.8].map((mos) => ({
      ...opinionScore([0]),
      mos,
      sigma: Math.sqrt(0.3 * (mos - 1) * (5 - mos))
    }));
    expect(sosParameter(scores, 1, 5)).toBeCloseTo(0.3, 12);
  });

  it('is 1 when everybody chooses an end of the scale, up to n/(n − 1)', () => {
    const scores = [opinionScore([1, 1, 1, 5]), opinionScore([1, 5, 5, 5])];
    expect(sosParameter(scores, 1, 5)).toBeCloseTo(4 / 3, 12);
  });

  it('does not exist with all MOS at the ends, or with single ratings', () => {
    expect(sosParameter([opinionScore([1, 1]), opinionScore([5, 5])], 1, 5)).toBeNull();
    expect(sosParameter([opinionScore([3])], 1, 5)).toBeNull();
    expect(() => sosParameter([opinionScore([6, 6])], 1, 5)).toThrow(RangeError);
    expect(() => sosParameter([], 5, 1)).toThrow(RangeError);
  });
});

describe('zScores', () => {
  it('have mean 0 and standard deviation 1 for each observer, and forget any affine use of the scale', () => {
    const table = [
      [1, 20, 3],
      [4, 50, 3],
      [3, 40, 3],
      [5, 60, 3]
    ];
    const z = zScores(ratingsFromMatrix(table));
    expect(z.rating.length).toBe(8); // the third observer has no spread and drops out
    const byObserver = [0, 1].map((i) => [...z.rating].filter((_, at) => z.observer[at] === i));
    byObserver[0]?.forEach((value, j) => expect(value).toBeCloseTo(byObserver[1]?.[j] as number, 12));
    const score = opinionScore(byObserver[0] ?? []);
    expect(score.mos).toBeCloseTo(0, 12);
    expect(score.sigma).toBeCloseTo(1, 12);
  });

  it('are put on 0–100 by 100(z + 3)/6', () => {
    const ratings = ratingsFromMatrix([[-3, 0, 3]]);
    expect([...zScoresToHundred(ratings).rating]).toEqual([0, 50, 100]);
  });
});

describe('withoutBias', () => {
  it('takes constant offsets away and leaves the MOS where everybody rated everything', () => {
    const ratings = ratingsFromMatrix([
      [1, 2, 0],
      [3, 4, 2],
      [2, 3, 1]
    ]);
    const cleaned = withoutBias(ratings);
    meanOpinionScores(cleaned).forEach((score, j) => {
      expect(score.mos).toBeCloseTo(meanOpinionScores(ratings)[j]?.mos as number, 12);
      expect(score.sigma).toBeCloseTo(0, 12);
    });
  });
});

describe('differencesToReference', () => {
  const ratings = ratingsFromMatrix([
    [5, 4, null],
    [3, 5, 2],
    [1, 1, 1]
  ]);

  it('subtracts each observer’s own rating of the reference, and loses those who did not rate it', () => {
    const scores = meanOpinionScores(differencesToReference(ratings, [0, 0, -1], { offset: 5 }));
    expect(scores.map((score) => score.mos)).toEqual([5, 4.5, null]);
    expect(scores.map((score) => score.n)).toEqual([2, 2, 0]);
  });

  it('subtracts the reference’s MOS instead, or crushes what lies above', () => {
    const mean = meanOpinionScores(differencesToReference(ratings, [0, 0, 0], { against: 'mean' }));
    expect(mean[1]?.mos).toBeCloseTo(10 / 3 - 4.5, 12);
    expect(mean[1]?.n).toBe(3);
    const crushed = differencesToReference(ratings, [0, 0, 0], { offset: 5, above: 'crushed' });
    expect([...crushed.rating]).toContain((7 * 6) / 8);
  });
});
