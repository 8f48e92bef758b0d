import type { Bounds } from '#lib/stats/bootstrap.ts';
import { correlationOfRanks, spearman } from '#lib/stats/correlation.ts';
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
import { midRanks } from '#lib/stats/rank.ts';
import { resampledCorrelations } from '#lib/stats/resampled-correlations.ts';
import { contentNumbers, intervalOf, type SharedReplicates } from './bootstrap-agreement.ts';
import { rowsWithPrediction, type PeopleScores, type Predictions } from './model-against-people.ts';

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
  bootstrap?: Bootstrap;
}

interface Bootstrap {
  replicates: number;
  random: Random;
  overContents?: boolean;
  /** Replicates that exist already, for models with answers to the same stimuli. */
  shared?: readonly SharedReplicates[];
  /** Called with the share done, from 0 to 1; may throw to end the computation. */
  onProgress?: (share: number) => void;
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
  const all = [...people.mos.keys()];
  const mosRanks = midRanks(people.mos);
  // Complete models are ranked once; a pair with holes is ranked anew over what both answered.
  const ranks = models.map(({ predictions }) => (isComplete(predictions) ? midRanks(predictions) : null));
  const turns = models.map(({ predictions }) => directionOf(people, predictions));
  const pairs: [number, number][] = [];
  for (let a = 0; a < models.length; a++) for (let b = a + 1; b < models.length; b++) pairs.push([a, b]);

  const comparisons = pairs.map(([a, b], done): ModelComparison => {
    const [first, second] = [models[a] as NamedPredictions, models[b] as NamedPredictions];
    const [turnA, turnB] = [turns[a] as number, turns[b] as number];
    const [rankA, rankB] = [ranks[a], ranks[b]];
    const complete = rankA != null && rankB != null;
    const rows = complete
      ? all
      : all.filter((row) => first.predictions[row] !== null && second.predictions[row] !== null);
    const of = (values: ArrayLike<number | null>) => rows.map((row) => values[row] as number);
    const [ra, rb] = complete
      ? [rankA, rankB]
      : [midRanks(of(first.predictions)), midRanks(of(second.predictions))];
    const ry = complete ? mosRanks : midRanks(of(people.mos));
    const r1 = turned(turnA, correlationOfRanks(ra, ry));
    const r2 = turned(turnB, correlationOfRanks(rb, ry));
    const r12 = turned(turnA * turnB, correlationOfRanks(ra, rb));
    const defined = r1 !== null && r2 !== null && r12 !== null;
    const replicates = () =>
      fromShared(bootstrap?.shared, a, b) ??
      resampledCorrelations({
        target: of(people.mos),
        columns: [{ values: of(first.predictions) }, { values: of(second.predictions) }],
        replicates: bootstrap?.replicates ?? 0,
        random: (bootstrap as Bootstrap).random.fork('comparisons'),
        ...(bootstrap?.overContents ? { unitOfRow: contentNumbers(people, rows) } : {})
      }).srcc;
    let differenceCi95: Bounds | null = null;
    if (bootstrap !== undefined && bootstrap.replicates > 0 && defined) {
      const [sa, sb] = replicates() as [Float64Array, Float64Array];
      differenceCi95 = intervalOf(sa.map((value, k) => turnA * value - turnB * (sb[k] as number)));
    }
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

function isComplete(predictions: Predictions): predictions is readonly number[] {
  return predictions.every((value) => value !== null);
}

function turned(turn: number, r: number | null): number | null {
  return r === null ? null : turn * r;
}

/** −1 where lower predictions go with higher scores, 1 otherwise. */
function directionOf(people: PeopleScores, predictions: Predictions): 1 | -1 {
  const rows = rowsWithPrediction(predictions);
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
