/**
 * Ratings as observers × stimuli with weights on both: how often a bootstrap drew each (1 everywhere for the
 * data themselves). NaN where there is no rating.
 */
export interface WeightedPanel {
  /** One array of ratings over the stimuli per observer. */
  rows: readonly Float64Array[];
  observerWeight: ArrayLike<number>;
  stimulusWeight: ArrayLike<number>;
}

export interface VarianceComponents {
  /** Variance between the true scores of stimuli; may come out negative where there is none. */
  between: number;
  /** Variance of one rating about its stimulus. */
  within: number;
  /** between/(between + within): how far one rater is to be relied on. */
  singleRater: number;
  /** between/(between + within·(mean of 1/raters)): the same for the MOS of this panel. */
  mos: number;
  /** The mean rating of each stimulus, NaN where nobody rated it. */
  means: Float64Array;
}

/**
 * Variance components of ratings by the method of moments, missing ratings and weights allowed.
 *
 * - `one-way` takes every deviation from a stimulus's mean for error, observers' own levels included: with
 *   complete ratings singleRater is ICC(1) and mos ICC(1, k). Right where each stimulus has its own raters.
 * - `consistency` takes each observer's level out first: with complete ratings ICC(3) and ICC(3, k). Right where the
 *   same observers rated everything, since a level common to all stimuli does not disturb their order.
 *
 * Copies of one observer in a bootstrap sample are no second opinion: their agreement is not counted
 * (the sum of squares of a stimulus has Σw − Σw²/Σw degrees of freedom, not Σw − 1).
 *
 * @returns null where no stimulus has two raters, or fewer than two stimuli are left.
 */
export function varianceComponents(
  panel: WeightedPanel,
  kind: 'one-way' | 'consistency'
): VarianceComponents | null {
  const levels = kind === 'one-way' ? null : observerLevels(panel);
  const { rows, observerWeight, stimulusWeight } = panel;
  const stimuli = stimulusWeight.length;
  const means = new Float64Array(stimuli).fill(Number.NaN);
  // Per stimulus the variance of its mean, in units of `within`.
  const errorShare = new Float64Array(stimuli);
  let squares = 0;
  let freedom = 0;
  let total = 0;
  let totalSquares = 0;
  for (let s = 0; s < stimuli; s++) {
    const v = stimulusWeight[s] as number;
    let a = 0;
    let b = 0;
    let sum = 0;
    rows.forEach((row, i) => {
      const w = observerWeight[i] as number;
      const value = (row[s] as number) - (levels?.[i] ?? 0);
      if (w === 0 || Number.isNaN(value)) return;
      a += w;
      b += w * w;
      sum += w * value;
    });
    if (a === 0) continue;
    const mean = sum / a;
    means[s] = mean;
    errorShare[s] = b / (a * a);
    if (v === 0) continue;
    let spread = 0;
    rows.forEach((row, i) => {
      const value = (row[s] as number) - (levels?.[i] ?? 0);
      if (!Number.isNaN(value)) spread += (observerWeight[i] as number) * (value - mean) ** 2;
    });
    squares += v * spread;
    freedom += v * (a - b / a);
    total += v;
    totalSquares += v * v;
  }
  if (!(freedom > 1e-9) || total - totalSquares / total <= 1e-9) return null;
  // The levels were fitted to the same ratings, which costs the share of one stimulus.
  const within = squares / (freedom * (levels === null ? 1 : 1 - totalSquares / (total * total)));
  return between({ means, errorShare, stimulusWeight, total, totalSquares, within });
}

function between(given: {
  means: Float64Array;
  errorShare: Float64Array;
  stimulusWeight: ArrayLike<number>;
  total: number;
  totalSquares: number;
  within: number;
}): VarianceComponents {
  const { means, errorShare, stimulusWeight, total, totalSquares, within } = given;
  const weight = (s: number) => (Number.isNaN(means[s]) ? 0 : (stimulusWeight[s] as number));
  let grand = 0;
  for (let s = 0; s < means.length; s++)
    if (weight(s) > 0) grand += (weight(s) * (means[s] as number)) / total;
  let squares = 0;
  let fromError = 0;
  let meanShare = 0;
  for (let s = 0; s < means.length; s++) {
    const v = weight(s);
    if (v === 0) continue;
    squares += v * ((means[s] as number) - grand) ** 2;
    fromError += v * (errorShare[s] as number) * (1 - v / total);
    meanShare += (v * (errorShare[s] as number)) / total;
  }
  const variance = (squares - within * fromError) / (total - totalSquares / total);
  return {
    between: variance,
    within,
    singleRater: variance / (variance + within),
    mos: variance / (variance + within * meanShare),
    means
  };
}

/** Each observer's level in the additive model rating = stimulus + level, by alternating means; weighted mean 0. */
function observerLevels({ rows, observerWeight, stimulusWeight }: WeightedPanel): Float64Array {
  const levels = new Float64Array(rows.length);
  for (let round = 0; round < 50; round++) {
    const quality = new Float64Array(stimulusWeight.length);
    const count = new Float64Array(stimulusWeight.length);
    rows.forEach((row, i) => {
      const w = observerWeight[i] as number;
      if (w === 0) return;
      row.forEach((value, s) => {
        if (Number.isNaN(value)) return;
        (quality[s] as number) += w * (value - (levels[i] as number));
        (count[s] as number) += w;
      });
    });
    let moved = 0;
    rows.forEach((row, i) => {
      let sum = 0;
      let weight = 0;
      row.forEach((value, s) => {
        const v = stimulusWeight[s] as number;
        if (Number.isNaN(value) || v === 0 || count[s] === 0) return;
        sum += v * (value - (quality[s] as number) / (count[s] as number));
        weight += v;
      });
      const level = weight > 0 ? sum / weight : 0;
      moved = Math.max(moved, Math.abs(level - (levels[i] as number)));
      levels[i] = level;
    });
    // With complete ratings the second round changes nothing.
    if (moved <= 1e-12 * (1 + levels.reduce((most, level) => Math.max(most, Math.abs(level)), 0))) break;
  }
  return levels;
}
