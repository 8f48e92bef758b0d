import { describe, expect, it } from 'vitest';
import {
  minMaxScaled,
  selectDifficult,
  selectDifficultByReference,
  sigmaNormalisedError,
  type Features
} from '../../src/lib/domain/selection/difficult.ts';
import { goldenDir, readGolden, readGoldenText } from './golden.ts';

interface NrCase {
  q: number[];
  sigma: number[];
  q_hat: number[];
  features: number[][];
  k: number;
  lambda: number;
  eps: number;
  expected_order: number[];
  objective_at_each_step: number[];
}

interface FrCase {
  contents: { q: number[]; sigma: number[]; q_hat: number[]; feature: number[] }[];
  n_contents: number;
  n_distortions: number;
  lambda: number;
  eps: number;
  expected_contents: number[];
  objective_at_each_step: number[];
  per_content_sigma_normalised_error: number[];
  expected_distortions_per_selected_content: number[][];
}

const TOLERANCE = 1e-9;
const there = goldenDir() !== null;

function featuresOf(rows: number[][]): Features {
  return { dimensions: rows[0]?.length ?? 0, values: Float64Array.from(rows.flat()) };
}

function errorsOf(list: { q: number[]; sigma: number[]; q_hat: number[] }, eps: number): number[] {
  return list.q.map((mos, i) =>
    sigmaNormalisedError({ mos, sigma: list.sigma[i] as number, prediction: list.q_hat[i] as number }, eps)
  );
}

/*
 * Left out: `expected_order_with_repo_tie_rule`, which records that the authors' code gives an exact tie to the
 * later row (it compares with >=). Their published lists of 150 are not tested either: the predictions and features
 * behind them are not published, and the code normalised features over the wrong axis.
 */
describe.skipIf(!there)('no-reference selection on AGIQA-3K', () => {
  const golden = there
    ? readGolden<{ expected: { cases: NrCase[]; full_list: Record<string, number> } }>('selection_nr_agiqa3k')
    : { expected: { cases: [], full_list: {} } };

  for (const [number, made] of golden.expected.cases.entries()) {
    it(`case ${number}: ${made.k} of ${made.q.length}, λ ${made.lambda}, ε ${made.eps}`, () => {
      const picks = selectDifficult(errorsOf(made, made.eps), made.k, {
        lambda: made.lambda,
        features: featuresOf(made.features)
      });
      expect(picks.map(({ index }) => index)).toEqual(made.expected_order);
      picks.forEach(({ objective }, step) => {
        expect(Math.abs(objective - made.objective_at_each_step[step]!)).toBeLessThanOrEqual(TOLERANCE);
      });
    });
  }

  it('the mean σ-normalised error of a made-up prediction over the whole list', () => {
    const rows = readGoldenText('data/AGIQA3K_mos_std.txt')
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const raw = { mos: rows.map((row) => Number(row[1])), sigma: rows.map((row) => Number(row[2])) };
    const mos = minMaxScaled(raw.mos);
    const sigma = minMaxScaled(raw.sigma);
    const prediction = mos.map((q, i) =>
      Math.min(1, Math.max(0, 0.15 + 0.7 * q + 0.15 * Math.sin(12.9898 * i)))
    );
    const mean = (eps: number) =>
      errorsOf({ q: mos, sigma, q_hat: prediction }, eps).reduce((sum, error) => sum + error, 0) / mos.length;
    const expected = golden.expected.full_list;
    for (const eps of ['1', '0.1', '0.01', '1e-06']) {
      expect(Math.abs(mean(Number(eps)) - expected[`sigma_normalised_eps_${eps}`]!)).toBeLessThanOrEqual(
        TOLERANCE
      );
    }
    const [low, high] = [Math.min(...raw.mos), Math.max(...raw.mos)];
    const inRawUnits = errorsOf(
      { q: raw.mos, sigma: raw.sigma, q_hat: prediction.map((p) => p * (high - low) + low) },
      1
    );
    expect(inRawUnits.reduce((sum, error) => sum + error, 0) / mos.length).toBeCloseTo(
      expected['sigma_normalised_raw_units_eps_1 (q0,sd raw; p*(max-min)+min)']!,
      9
    );
  });
});

describe.skipIf(!there)('full-reference selection on KADID-10k', () => {
  const golden = there ? readGolden<{ expected: FrCase[] }>('selection_fr_kadid') : { expected: [] };

  for (const [number, made] of golden.expected.entries()) {
    it(`case ${number}: ${made.n_contents} references, ${made.n_distortions} of each, λ ${made.lambda}`, () => {
      const errors = made.contents.map((content) => errorsOf(content, made.eps));
      const picked = selectDifficultByReference(errors, made.n_contents, made.n_distortions, {
        lambda: made.lambda,
        features: featuresOf(made.contents.map(({ feature }) => feature))
      });
      expect(picked.references.map(({ index }) => index)).toEqual(made.expected_contents);
      picked.references.forEach(({ objective, error, index }, step) => {
        expect(Math.abs(objective - made.objective_at_each_step[step]!)).toBeLessThanOrEqual(TOLERANCE);
        expect(Math.abs(error - made.per_content_sigma_normalised_error[index]!)).toBeLessThanOrEqual(
          TOLERANCE
        );
      });
      const byReference = made.expected_contents.map((content) =>
        picked.selected.filter(({ reference }) => reference === content).map(({ index }) => index)
      );
      expect(byReference).toEqual(made.expected_distortions_per_selected_content);
    });
  }
});
