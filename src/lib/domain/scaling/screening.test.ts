import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { ratingsFromMatrix } from './ratings.ts';
import { bt500Screening, correlationScreening } from './screening.ts';

/** Stimuli by observers: 24 who agree up to noise, then one of each kind given. */
function panel(seed: number, ...odd: ((quality: number, uniform: () => number) => number | null)[]) {
  const random = seededRandom(seed);
  return ratingsFromMatrix(
    Array.from({ length: 60 }, (_, j) => {
      const quality = 20 + j;
      return [
        ...Array.from({ length: 24 }, () => quality + 5 * random.normal()),
        ...odd.map((rate) => rate(quality, () => random.uniform()))
      ];
    })
  );
}

describe('bt500Screening', () => {
  it('rejects who is far out on both sides, keeps who is far out on one', () => {
    const verdicts = bt500Screening(
      panel(
        1,
        (quality, uniform) => quality + (uniform() < 0.5 ? 14 : -14),
        (quality) => quality + 14
      )
    );
    expect(verdicts[24]?.rejected).toBe(true);
    expect(verdicts[25]?.p).toBeGreaterThan(20);
    expect(verdicts[25]?.q).toBe(0);
    expect(verdicts[25]?.rejected).toBe(false);
    expect(verdicts.slice(0, 24).filter((verdict) => verdict.rejected)).toEqual([]);
  });

  it('counts over the observer’s own ratings: few of them, all far out, are enough', () => {
    let seen = 0;
    const verdicts = bt500Screening(
      panel(2, (quality) => (seen++ < 4 ? quality + (seen % 2 === 0 ? 14 : -14) : null))
    );
    expect(verdicts[24]).toEqual({ p: 2, q: 2, rejected: true });
  });

  it('has nobody far out on stimuli with one rating or full agreement', () => {
    const verdicts = bt500Screening(ratingsFromMatrix([[3, 3, 3], [null, 2, null], [4, 4, 4]])); // prettier-ignore
    expect(verdicts).toEqual(new Array(3).fill({ p: 0, q: 0, rejected: false }));
  });

  it('counts a rating that lies exactly on the limit', () => {
    // Ratings −2, 2, −1 ×4, 1 ×4 and 0 ×a: m₂ = 16/N with N = 10 + a. S = 1, the limit 2, needs N = 17.
    const row = [-2, 2, -1, -1, -1, -1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
    const kurtosis = (40 * 17) / 16 ** 2; // m₄/m₂² = (40/17)/(16/17)² = 2.66
    expect(kurtosis).toBeGreaterThan(2);
    const verdicts = bt500Screening(ratingsFromMatrix([row]));
    expect(verdicts[0]).toMatchObject({ p: 0, q: 1 });
    expect(verdicts[1]).toMatchObject({ p: 1, q: 0 });
    expect(verdicts[2]).toMatchObject({ p: 0, q: 0 });
  });

  it('cannot reach √20·S with 21 observers, but can with 22', () => {
    const lonely = (others: number) => [100, ...new Array<number>(others).fill(0)];
    expect(bt500Screening(ratingsFromMatrix([lonely(20)]))[0]?.p).toBe(0);
    expect(bt500Screening(ratingsFromMatrix([lonely(22)]))[0]?.p).toBe(1);
  });

  it('does not change with the unit', () => {
    const ratings = panel(3, (quality, uniform) => quality + (uniform() < 0.5 ? 14 : -14));
    const turned = { ...ratings, rating: ratings.rating.map((value) => 8 - 4 * value) };
    expect(bt500Screening(turned)).toEqual(
      bt500Screening(ratings).map(({ p, q, rejected }) => ({ p: q, q: p, rejected }))
    );
  });
});

describe('correlationScreening', () => {
  it('rejects noise and straight-liners, whose correlation does not exist', () => {
    const verdicts = correlationScreening(
      panel(
        4,
        (_, uniform) => 100 * uniform(),
        () => 50,
        (quality) => 1000 - quality
      )
    );
    expect(verdicts.slice(0, 24).every((verdict) => !verdict.rejected)).toBe(true);
    expect(verdicts[24]?.rejected).toBe(true);
    expect(verdicts[25]).toEqual({ pearson: null, spearman: null, rejected: true });
    expect(verdicts[26]?.spearman).toBeLessThan(-0.9);
    expect(verdicts[26]?.rejected).toBe(true);
  });

  it('decides by Pearson alone, at the threshold given', () => {
    const ratings = ratingsFromMatrix([[1, 1], [2, 2], [3, 3], [40, 4]]); // prettier-ignore
    expect(correlationScreening(ratings)[1]).toMatchObject({ spearman: 1 });
    const r = correlationScreening(ratings)[1]?.pearson as number;
    expect(correlationScreening(ratings, r)[1]?.rejected).toBe(false);
    expect(correlationScreening(ratings, r + 1e-9)[1]?.rejected).toBe(true);
  });
});
