import { featureProducts, type FeatureProducts } from './feature-products.ts';

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
  values: Float64Array | Float32Array;
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
  /** The same features with what was computed of them before: a second choice is quicker by it, and no other. */
  products?: FeatureProducts | null;
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
 * tie goes to the lower row (the authors' own code takes the higher).
 *
 * Div lies between 0 and 2, so that the k-th pick's objective is at least the k-th largest error, and a row whose error
 * lies more than 2λ below the n-th largest is never picked: such rows are not looked at. Time at most
 * n × rows × dimensions.
 *
 * Source: the no-reference equation of Wu et al. 2024; with references for rows, the first stage of the
 * full-reference one.
 *
 * @param errors one finite number a row. @param n how many, at least 0; more than there are picks all.
 * @throws RangeError when the features do not fit the errors.
 */
export function selectDifficult(errors: readonly number[], n: number, options: GreedyOptions): Pick[] {
  const { lambda } = options;
  const features = options.products?.features ?? options.features ?? null;
  if (features !== null && features.values.length !== errors.length * features.dimensions) {
    throw new RangeError(`features for ${errors.length} rows are needed`);
  }
  const products =
    features === null || errors.length === 0 ? null : (options.products ?? featureProducts(features));
  const candidates = withinReach(errors, n, products === null ? 0 : lambda);
  let left = candidates.length;
  /** Σ of the products with those picked, per row. */
  const numerators = new Float64Array(products === null ? 0 : errors.length);
  const sum = new Float64Array(products?.features.dimensions ?? 0);
  let sumOfLengths = 0;
  const picks: Pick[] = [];
  while (picks.length < n && left > 0) {
    const sumLength = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
    // Features that cancel leave rounding behind, and its direction means nothing.
    const hasDirection = sumLength > 1e-12 * sumOfLengths;
    let best: Pick | null = null;
    let bestPlace = 0;
    for (let place = 0; place < left; place++) {
      const index = candidates[place] as number;
      const error = errors[index] as number;
      let diversity = 0;
      if (products !== null && picks.length > 0) {
        const lengths = sumLength * (products.lengths[index] as number);
        diversity = 1 - (hasDirection && lengths > 0 ? (numerators[index] as number) / lengths : 0);
      }
      const objective = error + lambda * diversity;
      if (best === null || objective > best.objective) {
        best = { index, error, diversity, objective };
        bestPlace = place;
      }
    }
    if (best === null) break;
    picks.push(best);
    // In order still: an exact tie goes to the lower row.
    candidates.copyWithin(bestPlace, bestPlace + 1, left);
    left--;
    if (products !== null) {
      const { dimensions, values } = products.features;
      const from = best.index * dimensions;
      for (let d = 0; d < dimensions; d++) sum[d] = (sum[d] as number) + (values[from + d] as number);
      sumOfLengths += products.lengths[best.index] as number;
      if (picks.length < n) {
        const rest = candidates.subarray(0, left);
        const withBest = products.of(best.index, rest);
        for (const index of rest)
          numerators[index] = (numerators[index] as number) + (withBest[index] as number);
      }
    }
  }
  return picks;
}

/** The rows, in order, that can be among the n picked. */
function withinReach(errors: readonly number[], n: number, lambda: number): Int32Array {
  const all = Int32Array.from({ length: errors.length }, (_, index) => index);
  if (n >= errors.length || n <= 0) return all;
  const least = Float64Array.from(errors).sort()[errors.length - n] as number;
  // A little room for the rounding of a cosine.
  const reach = least - 2 * lambda - 1e-9 * (Math.abs(least) + lambda);
  return all.filter((index) => (errors[index] as number) >= reach);
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
