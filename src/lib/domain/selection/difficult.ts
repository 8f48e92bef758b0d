/** What is known of one stimulus, everything on one scale. */
export interface Judged {
  mos: number;
  /** Standard deviation of the opinion scores; never the standard error. */
  sigma: number;
  /** What a model or metric says, on the scale of the MOS. */
  prediction: number;
}

/** One row of numbers per stimulus (or per reference), all of one length. */
export interface Features {
  dimensions: number;
  /** Row after row. */
  values: Float64Array;
}

export interface Pick {
  /** The row in what was given, from 0. */
  index: number;
  error: number;
  /** 1 − cosine to the mean feature of those picked before; 0 for the first, and without features. */
  diversity: number;
  /** error + λ · diversity, which the pick maximised. */
  objective: number;
}

export interface GreedyOptions {
  /** Weight of diversity, λ ≥ 0. */
  lambda: number;
  /** One row per error; without them diversity is 0. */
  features?: Features | null;
}

/**
 * The σ-normalised squared error of one prediction, (prediction − mos)² / (σ² + ε): an error counts for less
 * where people disagree. In units of variance over variance when ε is 0.
 *
 * Source: Wu, Ma, Liang, Yang, Zhang, ECCV 2024.
 *
 * @param epsilon ε > 0 keeps the quotient finite at σ = 0.
 */
export function sigmaNormalisedError({ mos, sigma, prediction }: Judged, epsilon: number): number {
  const difference = prediction - mos;
  return (difference * difference) / (sigma * sigma + epsilon);
}

/**
 * Picks n rows one by one, each maximising error + λ · Div among the rows that are left, where Div is
 * 1 − cosine(feature, mean feature of those picked). A feature or a mean of length zero has cosine 0. An exact
 * tie goes to the lower row (the authors' own code takes the higher). Time n × rows × dimensions.
 *
 * Source: the no-reference equation of Wu et al. 2024; with references for rows, the first stage of the
 * full-reference one.
 *
 * @param errors one finite number a row. @param n how many, at least 0; more than there are picks all.
 * @throws RangeError when the features do not fit the errors.
 */
export function selectDifficult(errors: readonly number[], n: number, options: GreedyOptions): Pick[] {
  const { lambda, features = null } = options;
  if (features !== null && features.values.length !== errors.length * features.dimensions) {
    throw new RangeError(`features for ${errors.length} rows are needed`);
  }
  const lengths = features === null ? null : lengthsOf(features);
  const sum = new Float64Array(features?.dimensions ?? 0);
  const mean = new Float64Array(sum.length);
  let sumOfLengths = 0;
  const left = errors.map((_, index) => index);
  const picks: Pick[] = [];
  while (picks.length < n && left.length > 0) {
    for (let d = 0; d < mean.length; d++) mean[d] = (sum[d] as number) / Math.max(1, picks.length);
    const meanLength = Math.sqrt(dot(mean, 0, mean, mean.length));
    // Features that cancel leave rounding behind, and its direction means nothing.
    const hasDirection = meanLength * picks.length > 1e-12 * sumOfLengths;
    let best: Pick | null = null;
    let bestPlace = 0;
    for (const [place, index] of left.entries()) {
      const error = errors[index] as number;
      let diversity = 0;
      if (features !== null && lengths !== null && picks.length > 0) {
        const product = meanLength * (lengths[index] as number);
        const cosine =
          hasDirection && product > 0
            ? dot(features.values, index * features.dimensions, mean, mean.length) / product
            : 0;
        diversity = 1 - cosine;
      }
      const objective = error + lambda * diversity;
      if (best === null || objective > best.objective) {
        best = { index, error, diversity, objective };
        bestPlace = place;
      }
    }
    if (best === null) break;
    picks.push(best);
    left.splice(bestPlace, 1);
    if (features !== null && lengths !== null) {
      const from = best.index * features.dimensions;
      for (let d = 0; d < sum.length; d++)
        sum[d] = (sum[d] as number) + (features.values[from + d] as number);
      sumOfLengths += lengths[best.index] as number;
    }
  }
  return picks;
}

export interface ReferencePicks {
  /** In the order picked; `index` is the reference's place in what was given, `error` the mean of its images. */
  references: Pick[];
  /** Of each picked reference in that order its worst images, worst first; `index` is within the reference. */
  selected: { reference: number; index: number; error: number }[];
}

/**
 * Full-reference selection in two stages: first references, greedily as in selectDifficult with the mean
 * σ-normalised error of a reference's images as its error and the reference's feature for diversity; then of each
 * picked reference the images of largest error. Exact ties go to the lower row in both stages.
 *
 * Source: the full-reference equation of Wu et al. 2024.
 *
 * @param errorsByReference the images' errors, one list a reference, none empty.
 * @param perReference how many images of each; more than a reference has takes all of it.
 * @throws RangeError for a reference without images, or features that do not fit.
 */
export function selectDifficultByReference(
  errorsByReference: readonly (readonly number[])[],
  references: number,
  perReference: number,
  options: GreedyOptions
): ReferencePicks {
  const means = errorsByReference.map((errors) => {
    if (errors.length === 0) throw new RangeError('a reference without images has no error');
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  });
  const picked = selectDifficult(means, references, options);
  const selected = picked.flatMap(({ index: reference }) =>
    worstFirst(errorsByReference[reference] as readonly number[])
      .slice(0, perReference)
      .map(({ index, error }) => ({ reference, index, error }))
  );
  return { references: picked, selected };
}

/**
 * Values moved and stretched so that the smallest is 0 and the largest 1, as the study does to MOS and to σ
 * before it selects. All equal: every value is 0. Empty gives empty.
 */
export function minMaxScaled(values: readonly number[]): number[] {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const range = values.reduce((most, value) => Math.max(most, value), -Infinity) - low;
  return values.map((value) => (range > 0 ? (value - low) / range : 0));
}

function worstFirst(errors: readonly number[]): { index: number; error: number }[] {
  // Sorting is stable: equal errors stay in the order of their rows.
  return errors.map((error, index) => ({ index, error })).sort((a, b) => b.error - a.error);
}

function lengthsOf({ dimensions, values }: Features): Float64Array {
  const rows = dimensions === 0 ? 0 : values.length / dimensions;
  return Float64Array.from({ length: rows }, (_, row) => {
    const from = row * dimensions;
    return Math.sqrt(dot(values, from, values.subarray(from, from + dimensions), dimensions));
  });
}

/** Four sums side by side: one alone would wait for each addition before the next. */
function dot(a: Float64Array, from: number, b: Float64Array, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let d = 0;
  for (; d + 3 < length; d += 4) {
    s0 += (a[from + d] as number) * (b[d] as number);
    s1 += (a[from + d + 1] as number) * (b[d + 1] as number);
    s2 += (a[from + d + 2] as number) * (b[d + 2] as number);
    s3 += (a[from + d + 3] as number) * (b[d + 3] as number);
  }
  for (; d < length; d++) s0 += (a[from + d] as number) * (b[d] as number);
  return s0 + s1 + (s2 + s3);
}
