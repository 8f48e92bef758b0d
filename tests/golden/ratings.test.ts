import { describe, expect, it } from 'vitest';
import { meanOpinionScores, opinionScore, type OpinionScore } from '#lib/domain/scaling/mos.ts';
import { zScores } from '#lib/domain/scaling/z-scores.ts';
import { entriesBy } from '#lib/domain/scaling/ratings.ts';
import { goldenDir, readGolden, readGoldenRows } from './golden.ts';
import { expectWithin, RATING_FILE_NAMES, readRatings } from './rating-files.ts';

interface MosFile {
  expected: Record<
    | 'n'
    | 'mos'
    | 'sd_sample'
    | 'sem'
    | 'ci95_t_halfwidth'
    | 'rater_mean'
    | 'rater_sd_sample'
    | 'rater_n'
    | 'z_mos',
    number[]
  > & { z_first_3_stimuli: (number | null)[][] };
}

const halfWidth = ({ ci95 }: OpinionScore) => (ci95 === null ? null : (ci95[1] - ci95[0]) / 2);

describe.skipIf(goldenDir() === null)('opinion scores against SciPy', () => {
  // Left out: sd_population and ci95_normal_halfwidth, which are other definitions than ours (n − 1 and t).
  it.each(RATING_FILE_NAMES)('%s: MOS, σ, SEM, interval, observers and z-scores', (name) => {
    const { expected } = readGolden<MosFile>(`ratings_mos_${name}`);
    const ratings = readRatings(name);
    const scores = meanOpinionScores(ratings);
    expect(scores.map((score) => score.n)).toEqual(expected.n);
    expectWithin(
      scores.map((score) => score.mos),
      expected.mos,
      1e-9
    );
    expectWithin(
      scores.map((score) => score.sigma),
      expected.sd_sample,
      1e-9
    );
    expectWithin(
      scores.map((score) => score.sem),
      expected.sem,
      1e-9
    );
    expectWithin(scores.map(halfWidth), expected.ci95_t_halfwidth, 1e-9);

    const raters = entriesBy(ratings.observer, ratings.observers).map((entries) =>
      opinionScore(Float64Array.from(entries, (at) => ratings.rating[at] as number))
    );
    expect(raters.map((rater) => rater.n)).toEqual(expected.rater_n);
    expectWithin(
      raters.map((rater) => rater.mos),
      expected.rater_mean,
      1e-9
    );
    expectWithin(
      raters.map((rater) => rater.sigma),
      expected.rater_sd_sample,
      1e-9
    );

    const z = zScores(ratings);
    expectWithin(
      meanOpinionScores(z).map((score) => score.mos),
      expected.z_mos,
      1e-9
    );
    const firstThree = [0, 1, 2].map((j) => {
      const row = new Array<number | null>(ratings.observers).fill(null);
      z.rating.forEach((value, at) => {
        if (z.stimulus[at] === j) row[z.observer[at] as number] = value;
      });
      return row;
    });
    firstThree.forEach((row, j) => expectWithin(row, expected.z_first_3_stimuli[j], 1e-9));
  });

  it('HDTV1: 168 stimuli in long form', () => {
    const { expected } = readGolden<{
      expected: {
        stimulus: string;
        n: number;
        mos: number;
        sd_sample: number;
        sem: number;
        ci95_t_halfwidth: number;
      }[];
    }>('ratings_long_hdtv1');
    const groups = new Map<string, number[]>();
    for (const { stimulus_id: id = '', score } of readGoldenRows('data/hdtv1_exp1_scores.csv')) {
      const group = groups.get(id) ?? [];
      group.push(Number(score));
      groups.set(id, group);
    }
    expect(expected.length).toBe(168);
    for (const want of expected) {
      const score = opinionScore(groups.get(want.stimulus) ?? []);
      expect(score.n).toBe(want.n);
      expectWithin(
        [score.mos, score.sigma, score.sem, halfWidth(score)],
        [want.mos, want.sd_sample, want.sem, want.ci95_t_halfwidth],
        1e-9
      );
    }
  });

  it('KonIQ-10k: mean and σ from the counts of 200 rating distributions', () => {
    const file = readGolden<{
      expected: { image: string; mean_1_5: number; sd_sample: number; published_SD: number }[];
    }>('koniq_distribution_moments');
    const rows = new Map(
      readGoldenRows('data/koniq_distributions_sample.csv').map((row) => [row['image_name'], row])
    );
    expect(file.expected.length).toBe(200);
    for (const want of file.expected) {
      const row = rows.get(want.image) ?? {};
      const total = Number(row['c_total']);
      const score = opinionScore(
        [1, 2, 3, 4, 5].flatMap((grade) =>
          new Array<number>(Math.round(Number(row[`c${grade}`]) * total)).fill(grade)
        )
      );
      expect(score.n).toBe(total);
      expectWithin([score.mos, score.sigma], [want.mean_1_5, want.sd_sample], 1e-9);
      expectWithin([score.sigma], [want.published_SD], 1e-6);
    }
  });
});
