import type { Bounds } from '#lib/stats/bootstrap.ts';
import { pearsonTest, spearmanTest } from '#lib/stats/correlation.ts';
import { pearsonInterval, proportionInterval, spearmanInterval } from '#lib/stats/intervals.ts';

/** A stated probability and what came of it. */
export interface Forecast {
  /** The probability that the model gave to the event, say "the first is better"; in [0, 1]. */
  probability: number;
  /** How many people answered, and for how many of them it was so (a tie counts half). */
  happened: number;
  of: number;
}

export interface ReliabilityBin {
  /** The bin [low, high), the last one closed. */
  low: number;
  high: number;
  /** Answers in it. */
  n: number;
  meanProbability: number;
  /** The share for which the event happened, with Wilson's interval. */
  observed: number;
  ci95: Bounds;
}

export interface Calibration {
  /** Answers. */
  n: number;
  /** mean (p − outcome)² over answers: 0 is certain and right, ¼ is saying ½ every time. */
  brier: number;
  /** Brier score of someone who always states the overall share: what there is to beat. */
  baseline: number;
  /** 1 − brier/baseline; null where all answers are the same. */
  skill: number | null;
  /** Expected calibration error: Σ n_bin/n · |observed − mean probability|. Depends on the bins. */
  ece: number;
  bins: ReliabilityBin[];
}

/**
 * Whether a model's probabilities are what happens: Brier score and reliability diagram.
 *
 * @param bins how many bins of equal width; empty ones are not listed.
 * @returns null for no answers.
 * @throws RangeError for a probability outside [0, 1] or counts that do not fit.
 * Source: G. Brier, Monthly Weather Review 78 (1950); A. Murphy, Journal of Applied Meteorology 12 (1973).
 */
export function calibration(forecasts: readonly Forecast[], bins = 10): Calibration | null {
  const sums = Array.from({ length: bins }, () => ({ n: 0, probability: 0, happened: 0 }));
  let n = 0;
  let happenedInAll = 0;
  let brier = 0;
  for (const { probability, happened, of } of forecasts) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError(`a probability lies in [0, 1], not ${probability}`);
    }
    if (!(of >= 0 && happened >= 0 && happened <= of)) {
      throw new RangeError(`${happened} of ${of} answers is not possible`);
    }
    const bin = sums[Math.min(bins - 1, Math.floor(probability * bins))] as (typeof sums)[number];
    bin.n += of;
    bin.probability += of * probability;
    bin.happened += happened;
    n += of;
    happenedInAll += happened;
    brier += happened * (1 - probability) ** 2 + (of - happened) * probability ** 2;
  }
  if (n === 0) return null;
  const share = happenedInAll / n;
  const baseline = share * (1 - share);
  const listed = sums.flatMap((bin, i): ReliabilityBin[] =>
    bin.n === 0
      ? []
      : [
          {
            low: i / bins,
            high: (i + 1) / bins,
            n: bin.n,
            meanProbability: bin.probability / bin.n,
            observed: bin.happened / bin.n,
            ci95: proportionInterval(bin.happened, bin.n) as Bounds
          }
        ]
  );
  return {
    n,
    brier: brier / n,
    baseline,
    skill: baseline > 0 ? 1 - brier / n / baseline : null,
    ece: listed.reduce((sum, bin) => sum + (bin.n / n) * Math.abs(bin.observed - bin.meanProbability), 0),
    bins: listed
  };
}

/** A correlation with its p-value and interval. */
export interface HesitationFigure {
  r: number;
  p: number | null;
  ci95: Bounds | null;
}

export interface Hesitation {
  /** Stimuli with both. */
  n: number;
  pearson: HesitationFigure | null;
  spearman: HesitationFigure | null;
}

/**
 * Whether a model hesitates where people disagree: the correlation of its own spread over repeats (or over its
 * stated distribution) with the SD of people's opinions, stimulus by stimulus.
 *
 * @param modelVariance per stimulus, null where unknown. @param sigma in step.
 * @returns figures are null for constants or fewer than two stimuli.
 * @throws RangeError for unequal lengths.
 */
export function hesitation(
  modelVariance: readonly (number | null)[],
  sigma: readonly (number | null)[]
): Hesitation {
  if (modelVariance.length !== sigma.length) {
    throw new RangeError(`${modelVariance.length} variances beside ${sigma.length} standard deviations`);
  }
  const rows = [...sigma.keys()].filter((row) => modelVariance[row] != null && sigma[row] != null);
  const x = rows.map((row) => modelVariance[row] as number);
  const y = rows.map((row) => sigma[row] as number);
  const r = pearsonTest(x, y);
  const rho = spearmanTest(x, y);
  return {
    n: rows.length,
    pearson: r === null ? null : { r: r.estimate, p: r.p, ci95: pearsonInterval(r.estimate, r.n) },
    spearman: rho === null ? null : { r: rho.estimate, p: rho.p, ci95: spearmanInterval(rho.estimate, rho.n) }
  };
}
