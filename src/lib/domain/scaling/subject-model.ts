import { chiSquareQuantile } from '#lib/stats/f-and-chi-square.ts';
import { centralSquares } from './mos.ts';
import { entriesBy, type Ratings } from './ratings.ts';

export interface SubjectEstimate {
  n: number;
  /** How far the observer rates above the others on the same stimuli; null without ratings. */
  bias: number | null;
  /** Standard deviation of the observer's ratings around quality + bias. */
  inconsistency: number | null;
}

export interface QualityEstimate {
  n: number;
  /** Null without ratings. */
  quality: number | null;
  qualitySe: number | null;
}

export interface SubjectModel {
  observers: SubjectEstimate[];
  stimuli: QualityEstimate[];
  iterations: number;
  /** Whether ‖Δquality‖ fell below 1e-8 within 1000 iterations. */
  converged: boolean;
  /** Mean log-density of a rating under the model, natural logarithm; null where some inconsistency is 0. */
  meanLogLikelihood: number | null;
}

const LIMIT = 1000;

/**
 * The subject model of ITU-T P.910 (2023, Annex E; P.913, § 12.6): rating u_ij = ψ_j + b_i + υ_i·ε, ε standard normal, with
 * the quality ψ of stimuli, the bias b and the inconsistency υ of observers. Solved by alternating projection
 * from ψ = mean rating: b_i = mean of (u − ψ) over what i rated; υ_i = standard deviation of u − ψ − b around
 * its mean, over n; ψ_j = mean of (u − b) with weights 1/(υ² + 1e-8); until ‖Δψ‖ < 1e-8. Biases are then
 * centred to mean 0 over the observers and the mean moved into ψ.
 *
 * The likelihood has no upper bound: an observer much more consistent than the others together draws the
 * quality to their own ratings until υ is about 0 (with few observers often). The recommendation's algorithm
 * does so, and so does this one; an inconsistency far below the rating scale's step is to be read that way.
 *
 * Missing ratings are simply absent. An observer with fewer than two ratings has no inconsistency to show and
 * takes the mean of the others' (null when there are no others); one without ratings has no bias. The standard
 * error of ψ_j is 1/√Σ(1/υ_i²) over those who rated j: 0 where an observer of inconsistency 0 did, which the
 * model takes at its word, and null where no inconsistency is known.
 *
 * Source: Li, Bampis, Krasula, Janowski and Katsavounidis, A simple model for subject behavior in subjective
 * experiments, Electronic Imaging (2020).
 */
export function fitSubjectModel(ratings: Ratings): SubjectModel {
  const { observer, stimulus, rating } = ratings;
  const byObserver = entriesBy(observer, ratings.observers);
  const byStimulus = entriesBy(stimulus, ratings.stimuli);
  let quality: Float64Array = Float64Array.from(byStimulus, (entries) =>
    entries.length === 0 ? 0 : centralSquares(pick(rating, entries)).mean
  );
  const bias = new Float64Array(ratings.observers);
  const inconsistency = new Float64Array(ratings.observers);
  const residual = new Float64Array(rating.length);
  let known = false;

  /** Bias and inconsistency of everybody, given the quality. */
  function project(): void {
    let total = 0;
    let count = 0;
    byObserver.forEach((entries, i) => {
      if (entries.length === 0) return;
      for (const at of entries) {
        residual[at] = (rating[at] as number) - (quality[stimulus[at] as number] as number);
      }
      const { mean, squares } = centralSquares(pick(residual, entries));
      bias[i] = mean;
      if (entries.length < 2) return;
      inconsistency[i] = Math.sqrt(squares / entries.length);
      total += inconsistency[i] as number;
      count++;
    });
    known = count > 0;
    byObserver.forEach((entries, i) => {
      // Without anybody's inconsistency all weigh alike; the value is not told.
      if (entries.length < 2) inconsistency[i] = known ? total / count : 1;
    });
  }

  let iterations = 0;
  let converged = false;
  while (!converged && iterations < LIMIT) {
    project();
    let change = 0;
    const next = byStimulus.map((entries, j) => {
      if (entries.length === 0) return 0;
      let sum = 0;
      let weights = 0;
      for (const at of entries) {
        const i = observer[at] as number;
        const weight = 1 / ((inconsistency[i] as number) ** 2 + 1e-8);
        sum += weight * ((rating[at] as number) - (bias[i] as number));
        weights += weight;
      }
      const value = sum / weights;
      change += (value - (quality[j] as number)) ** 2;
      return value;
    });
    quality = Float64Array.from(next);
    iterations++;
    converged = Math.sqrt(change) < 1e-8;
  }
  // Bias and inconsistency belong to the quality that is reported, not to the one before it.
  project();

  const present = byObserver.map((entries) => entries.length > 0);
  const meanBias =
    bias.reduce((sum, value, i) => sum + (present[i] === true ? value : 0), 0) /
    Math.max(1, present.filter(Boolean).length);
  return {
    observers: byObserver.map((entries, i) => ({
      n: entries.length,
      bias: entries.length === 0 ? null : (bias[i] as number) - meanBias,
      inconsistency: known ? (inconsistency[i] as number) : null
    })),
    stimuli: byStimulus.map((entries, j) => ({
      n: entries.length,
      quality: entries.length === 0 ? null : (quality[j] as number) + meanBias,
      qualitySe: entries.length === 0 || !known ? null : standardError(entries, observer, inconsistency)
    })),
    iterations,
    converged,
    meanLogLikelihood: known ? meanLogLikelihood(observer, residual, bias, inconsistency) : null
  };
}

/** Standard error of an observer's bias, υ/√n. */
export function biasStandardError({ inconsistency, n }: SubjectEstimate): number | null {
  return inconsistency === null || n === 0 ? null : inconsistency / Math.sqrt(n);
}

/**
 * 95 % interval of an observer's inconsistency from n·υ̂²/υ² ~ χ²(n): υ̂·√(n/χ²(0.975, n)) to
 * υ̂·√(n/χ²(0.025, n)). It takes the qualities for known, so it is too short with few observers.
 *
 * @returns null for fewer than two ratings.
 */
export function inconsistencyInterval({ inconsistency, n }: SubjectEstimate): [number, number] | null {
  if (inconsistency === null || n < 2) return null;
  return [
    inconsistency * Math.sqrt(n / chiSquareQuantile(0.975, n)),
    inconsistency * Math.sqrt(n / chiSquareQuantile(0.025, n))
  ];
}

function standardError(entries: Int32Array, observer: Int32Array, inconsistency: Float64Array): number {
  let information = 0;
  for (const at of entries) information += 1 / (inconsistency[observer[at] as number] as number) ** 2;
  return 1 / Math.sqrt(information);
}

function meanLogLikelihood(
  observer: Int32Array,
  residual: Float64Array,
  bias: Float64Array,
  inconsistency: Float64Array
): number | null {
  let total = 0;
  for (let at = 0; at < observer.length; at++) {
    const i = observer[at] as number;
    const sd = inconsistency[i] as number;
    if (sd === 0) return null;
    const z = ((residual[at] as number) - (bias[i] as number)) / sd;
    total -= 0.5 * z * z + Math.log(sd) + 0.5 * Math.log(2 * Math.PI);
  }
  return total / observer.length;
}

function pick(values: Float64Array, entries: Int32Array): Float64Array {
  return Float64Array.from(entries, (at) => values[at] as number);
}
