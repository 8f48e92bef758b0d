import type { Bounds } from '#lib/stats/bootstrap.ts';
import { spearman } from '#lib/stats/correlation.ts';
import {
  hittner,
  mengRosenthalRubin,
  steiger,
  williams,
  type ComparisonTest,
  type OverlappingCorrelations
} from '#lib/stats/dependent-correlations.ts';
import { holm } from '#lib/stats/holm.ts';
import type { Random } from '#lib/stats/random.ts';
import { resampledCorrelations } from '#lib/stats/resampled-correlations.ts';
import { contentNumbers, intervalOf, type SharedReplicates } from './bootstrap-agreement.ts';
import type { PeopleScores, Predictions } from './model-against-people.ts';

export type ComparisonTestName = 'meng-rosenthal-rubin' | 'steiger' | 'williams' | 'hittner';

const TESTS: Record<ComparisonTestName, (given: OverlappingCorrelations) => ComparisonTest | null> = {
  'meng-rosenthal-rubin': mengRosenthalRubin,
  steiger,
  williams,
  hittner
};

export interface NamedPredictions {
  name: string;
  predictions: Predictions;
}

export interface ModelComparison {
  a: string;
  b: string;
  /** Stimuli that both models answered. */
  n: number;
  /** SRCC of a minus SRCC of b over these, each model turned so that higher is better. */
  srccDifference: number | null;
  /** Two-sided, for the dependent correlations. */
  p: number | null;
  /** p corrected by Holm over all comparisons of the call. */
  pHolm: number | null;
  test: ComparisonTestName;
  /** Percentile interval of the difference from paired resamples; null where none were asked for. */
  differenceCi95: Bounds | null;
}

export interface ComparisonOptions {
  /** Meng, Rosenthal and Rubin's by default. */
  test?: ComparisonTestName;
  /** Paired resamples for the interval of each difference. */
  bootstrap?: {
    replicates: number;
    random: Random;
    overContents?: boolean;
    /** Replicates that exist already, for models with answers to the same stimuli. */
    shared?: readonly SharedReplicates[];
    /** Called with the share done, from 0 to 1; may throw to end the computation. */
    onProgress?: (share: number) => void;
  };
}

/**
 * Which models agree with people better than which: for each pair, in the order given, the difference of their
 * SRCC over the stimuli that both answered, and a test for correlations that share the same scores.
 *
 * A model is turned (its predictions negated) where its SRCC over all its own answers is negative, so that a
 * distance is compared by its strength and not by its sign.
 *
 * The tests take Spearman's coefficients in place of Pearson's, as is common; at strong agreement they then
 * reject somewhat too often (see `mengRosenthalRubin`), which the resampled interval does not.
 *
 * Null where a correlation does not exist: fewer than two common stimuli, constants; the p-value also with
 * fewer than four common stimuli or perfect agreement with people. Such a comparison does not count in Holm's family.
 */
export function compareModels(
  people: PeopleScores,
  models: readonly NamedPredictions[],
  { test = 'meng-rosenthal-rubin', bootstrap }: ComparisonOptions = {}
): ModelComparison[] {
  const turns = models.map(({ predictions }) => directionOf(people, predictions));
  const pairs: [number, number][] = [];
  for (let a = 0; a < models.length; a++) for (let b = a + 1; b < models.length; b++) pairs.push([a, b]);
  const comparisons = pairs.map(([a, b], done): ModelComparison => {
    const [first, second] = [models[a] as NamedPredictions, models[b] as NamedPredictions];
    const [turnA, turnB] = [turns[a] as number, turns[b] as number];
    const rows = [...people.mos.keys()].filter(
      (row) => first.predictions[row] !== null && second.predictions[row] !== null
    );
    const of = (predictions: Predictions, turn: number) =>
      rows.map((row) => turn * (predictions[row] as number));
    const xa = of(first.predictions, turnA);
    const xb = of(second.predictions, turnB);
    const mos = rows.map((row) => people.mos[row] as number);
    const r1 = spearman(xa, mos);
    const r2 = spearman(xb, mos);
    const r12 = spearman(xa, xb);
    const defined = r1 !== null && r2 !== null && r12 !== null;
    const ci = () => {
      if (bootstrap === undefined || bootstrap.replicates === 0 || !defined) return null;
      const ready = fromShared(bootstrap.shared, a, b);
      const [sa, sb] =
        ready ??
        resampledCorrelations({
          target: mos,
          columns: [{ values: of(first.predictions, 1) }, { values: of(second.predictions, 1) }],
          replicates: bootstrap.replicates,
          random: bootstrap.random.fork('comparisons'),
          ...(bootstrap.overContents ? { unitOfRow: contentNumbers(people, rows) } : {})
        }).srcc;
      return intervalOf((sa as Float64Array).map((value, k) => turnA * value - turnB * (sb?.[k] as number)));
    };
    const differenceCi95 = ci();
    bootstrap?.onProgress?.((done + 1) / pairs.length);
    return {
      a: first.name,
      b: second.name,
      n: rows.length,
      srccDifference: r1 === null || r2 === null ? null : r1 - r2,
      p: defined ? (TESTS[test]({ r1, r2, r12, n: rows.length })?.p ?? null) : null,
      pHolm: null,
      test,
      differenceCi95
    };
  });
  const corrected = holm(comparisons.map(({ p }) => p));
  return comparisons.map((comparison, i) => ({ ...comparison, pHolm: corrected[i] ?? null }));
}

/** −1 where lower predictions go with higher scores, 1 otherwise. */
function directionOf(people: PeopleScores, predictions: Predictions): 1 | -1 {
  const rows = [...predictions.keys()].filter((row) => predictions[row] !== null);
  const srcc = spearman(
    rows.map((row) => predictions[row] as number),
    rows.map((row) => people.mos[row] as number)
  );
  return srcc !== null && srcc < 0 ? -1 : 1;
}

function fromShared(
  shared: readonly SharedReplicates[] | undefined,
  a: number,
  b: number
): [Float64Array, Float64Array] | null {
  for (const { models, srcc } of shared ?? []) {
    const [ia, ib] = [models.indexOf(a), models.indexOf(b)];
    if (ia >= 0 && ib >= 0) return [srcc[ia] as Float64Array, srcc[ib] as Float64Array];
  }
  return null;
}
