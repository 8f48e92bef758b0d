import { describe, expect, it } from 'vitest';
import { cohenKappa } from '#lib/domain/agreement/between-observers/cohen.ts';
import { fleissKappa } from '#lib/domain/agreement/between-observers/fleiss.ts';
import { intraclassCorrelations } from '#lib/domain/agreement/between-observers/icc.ts';
import { kendallW } from '#lib/domain/agreement/between-observers/kendall-w.ts';
import { krippendorffAlpha } from '#lib/domain/agreement/between-observers/krippendorff.ts';
import { halfCorrelation } from '#lib/domain/agreement/between-observers/split-half.ts';
import { completeRows, ratingsFromMatrix } from '#lib/domain/scaling/ratings.ts';
import { goldenDir, readGolden } from './golden.ts';
import { RATING_FILE_NAMES, readMatrix } from './rating-files.ts';

/**
 * Left out: `krippendorff_irr` (irr 0.84.1 skips 1/(m − 1) where no cell is missing, the files say not to test
 * against it) and α for ratios, the variance components of lme4 (a mixed model is not part of this core),
 * irr's interval of the averaged ICC(2,k) (another approximation than psych's, which is ours), W without the
 * correction for ties, and split-half of ranks (ours is Pearson's).
 */
interface IccEntry {
  icc: number;
  F: number;
  df1: number;
  df2: number;
  p: number;
  lower95: number;
  upper95: number;
}
type Alphas = Record<'nominal' | 'ordinal' | 'interval', number>;
interface AgreementFile {
  expected: {
    n_stimuli: number;
    n_raters: number;
    krippendorff: Alphas;
    krippendorff_every_7th_cell_missing: Alphas;
    krippendorff_first10x4: Alphas;
    cohen_kappa: {
      raters: [number, number];
      n: number;
      unweighted: number;
      linear: number;
      quadratic: number;
      z_unweighted: number;
      p_unweighted: number;
    }[];
    complete_case_stimuli: number;
    icc: Record<string, IccEntry>;
    kendall_W: { W_tie_corrected: number; chisq: number; p: number };
    fleiss_kappa: { kappa: number; z: number };
    fleiss_kappa_exact_conger: number;
    cronbach_alpha_raters_as_items: number;
    split_half_odd_even: { pearson: number; spearman_brown: number };
    split_half_first_second: { pearson: number; spearman_brown: number };
  };
}

const near = (actual: number | null | undefined, expected: number, tolerance = 1e-8) =>
  expect(Math.abs((actual ?? NaN) - expected)).toBeLessThanOrEqual(tolerance);

function checkAlphas(rows: (number | null)[][], expected: Alphas): void {
  const ratings = ratingsFromMatrix(rows);
  for (const level of ['nominal', 'ordinal', 'interval'] as const) {
    near(krippendorffAlpha(ratings, level), expected[level]);
  }
}

function checkIcc(rows: number[][], expected: Record<string, IccEntry>): void {
  const found = intraclassCorrelations(rows);
  for (const form of ['icc1', 'icc2', 'icc3', 'icc1k', 'icc2k', 'icc3k'] as const) {
    const want = expected[form.replace('icc', 'ICC')] as IccEntry;
    const icc = found?.[form];
    near(icc?.icc, want.icc);
    near(icc?.ci95?.[0], want.lower95, 1e-6);
    near(icc?.ci95?.[1], want.upper95, 1e-6);
    near(icc?.test?.f, want.F, 1e-8 * want.F);
    expect([icc?.test?.df1, icc?.test?.df2]).toEqual([want.df1, want.df2]);
    near(icc?.test?.p, want.p, Math.max(1e-300, 1e-6 * want.p));
  }
}

describe.skipIf(goldenDir() === null)('agreement between observers against R', () => {
  it.each(RATING_FILE_NAMES)('%s', (name) => {
    const { expected } = readGolden<AgreementFile>(`agreement_${name}`);
    const matrix = readMatrix(name);
    const ratings = ratingsFromMatrix(matrix);
    const raters = expected.n_raters;
    expect([ratings.stimuli, ratings.observers]).toEqual([expected.n_stimuli, raters]);

    checkAlphas(matrix, expected.krippendorff);
    const thinned = matrix.map((row, j) =>
      row.map((value, i) => ((i * matrix.length + j) % 7 === 0 ? null : value))
    );
    checkAlphas(thinned, expected.krippendorff_every_7th_cell_missing);
    checkAlphas(
      matrix.slice(0, 10).map((row) => row.slice(0, 4)),
      expected.krippendorff_first10x4
    );

    expect(expected.cohen_kappa.length).toBeGreaterThan(0);
    for (const want of expected.cohen_kappa) {
      const [a, b] = want.raters.map((rater) => matrix.map((row) => row[rater - 1] ?? null));
      const found = (weights: 'unweighted' | 'linear' | 'quadratic') =>
        cohenKappa(a as (number | null)[], b as (number | null)[], weights);
      expect(found('unweighted')?.n).toBe(want.n);
      near(found('unweighted')?.kappa, want.unweighted);
      near(found('linear')?.kappa, want.linear);
      near(found('quadratic')?.kappa, want.quadratic);
      near(found('unweighted')?.z, want.z_unweighted);
      near(found('unweighted')?.p, want.p_unweighted);
    }

    const rows = completeRows(ratings);
    expect(rows.length).toBe(expected.complete_case_stimuli);
    checkIcc(rows, expected.icc);
    near(intraclassCorrelations(rows)?.icc3k.icc, expected.cronbach_alpha_raters_as_items);

    const concordance = kendallW(rows);
    near(concordance?.w, expected.kendall_W.W_tie_corrected);
    near(concordance?.chiSquare, expected.kendall_W.chisq, 1e-8 * expected.kendall_W.chisq);
    near(concordance?.p, expected.kendall_W.p, 1e-6 * expected.kendall_W.p);

    const fleiss = fleissKappa(rows);
    near(fleiss?.kappa, expected.fleiss_kappa.kappa);
    near(fleiss?.z, expected.fleiss_kappa.z, 1e-8 * expected.fleiss_kappa.z);
    near(fleiss?.conger, expected.fleiss_kappa_exact_conger);

    // The reference took its halves over complete stimuli, as the rest of its statistics.
    const complete = ratingsFromMatrix(rows);
    const oddEven = halfCorrelation(complete, (observer) => observer % 2 === 0) as number;
    near(oddEven, expected.split_half_odd_even.pearson);
    near((2 * oddEven) / (1 + oddEven), expected.split_half_odd_even.spearman_brown);
    const half = Math.floor(raters / 2);
    const firstSecond = halfCorrelation(complete, (observer) => observer < half) as number;
    near(firstSecond, expected.split_half_first_second.pearson);
    near((2 * firstSecond) / (1 + firstSecond), expected.split_half_first_second.spearman_brown);
  });

  it('published examples: Shrout and Fleiss, Fleiss’ diagnoses, Krippendorff', () => {
    const { inputs, expected } = readGolden<{
      inputs: {
        shrout_fleiss_rows: number[][];
        fleiss1971_rows: string[][];
        krippendorff_rows_are_raters: (number | null)[][];
      };
      expected: {
        shrout_fleiss_icc: Record<string, IccEntry>;
        fleiss_kappa: { kappa: number; z: number };
        krippendorff: Alphas;
      };
    }>('agreement_published');
    checkIcc(inputs.shrout_fleiss_rows, expected.shrout_fleiss_icc);
    const diagnoses = fleissKappa(
      inputs.fleiss1971_rows.map((row) => row.map((diagnosis) => Number(diagnosis.slice(0, 1))))
    );
    near(diagnoses?.kappa, expected.fleiss_kappa.kappa);
    near(diagnoses?.z, expected.fleiss_kappa.z, 1e-7);
    const byRater = inputs.krippendorff_rows_are_raters;
    checkAlphas(
      (byRater[0] ?? []).map((_, unit) => byRater.map((rater) => rater[unit] ?? null)),
      expected.krippendorff
    );
  });
});
