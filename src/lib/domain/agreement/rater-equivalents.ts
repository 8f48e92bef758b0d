import { quantile } from '#lib/stats/quantile.ts';
import type { Random } from '#lib/stats/random.ts';
import type { Ratings } from '../scaling/ratings.ts';
import type { Predictions } from './model-against-people.ts';
import { panelOf } from './panel.ts';
import { raterCurve, weightedPearson, type RaterCurve } from './rater-curve.ts';
import { varianceComponents, type VarianceComponents, type WeightedPanel } from './variance-components.ts';

/** So many raters; or more than can be shown. An end of an interval is null where it is beyond. */
export type Equivalent =
  | { kind: 'raters'; k: number; ci95: readonly [number | null, number | null] | null }
  | {
      kind: 'beyond';
      /** At least as many as this; null where no number would reach the model (ρ ≥ 1). */
      atLeast: number | null;
      ci95: readonly [number | null, number | null] | null;
    };

export interface RaterEquivalents {
  /** The mean correlation of the model with single observers. */
  model: number | null;
  /** The mean correlation of the mean of k observers with one held out. */
  curve: { k: number; correlation: number }[];
  /** Where the curve reaches the model's figure; below 1 by extension of the curve. */
  empirical: Equivalent | null;
  /** ρ²(1 − r)/(r(1 − ρ²)) with r = ICC(1), observers' levels counted as error. */
  closedForm: Equivalent | null;
  /** The same with r = ICC(3), levels taken out: the one to compare with the curve when everybody rated everything. */
  closedFormConsistency: Equivalent | null;
}

export interface RaterEquivalentOptions {
  random: Random;
  /** Random orders of the others per observer held out. */
  orders?: number;
  /** Resamples of observers and stimuli together, for the intervals; 0 for none. */
  replicates?: number;
  /** Per stimulus the content that a resample draws whole; by default each stimulus is drawn by itself. */
  content?: readonly string[];
  /** Called with the share done, from 0 to 1; may throw to end the computation. */
  onProgress?: (share: number) => void;
}

/**
 * How many people a model is worth: the k for which the mean of k random observers predicts an observer who is
 * not among them as well as the model does.
 *
 * Empirically: observers are held out one by one; the curve over k is compared with the model's mean correlation
 * with the same people. Between whole numbers 1/correlation² is taken as linear in 1/k, which it is when people
 * are interchangeable: 1/c² = (1 + (1 − r)/(rk))/r.
 *
 * In closed form: k = ρ²(1 − r)/(r(1 − ρ²)), r the reliability of a single rater, ρ the model's correlation with
 * the true scores, corr(model, MOS)/√(reliability of the MOS). A ρ of 1 or more means that the model is closer to
 * the truth than any number of raters shows: `beyond` with `atLeast: null`. A correlation at or below 0
 * is worth 0 raters: turn a model whose low values mean good, and map it if its scale is curved, beforehand.
 *
 * Intervals: percentiles over resamples of observers and of stimuli (or contents) drawn together.
 *
 * @param predictions per stimulus; null where missing, which leaves the stimulus out.
 * @returns figures are null for fewer than three observers (the curve), fewer than two stimuli, constant
 *   predictions, or people who do not agree at all (r ≤ 0).
 * @throws RangeError for another number of predictions than stimuli.
 */
export function raterEquivalents(
  ratings: Ratings,
  predictions: Predictions,
  { random, orders = 20, replicates = 500, content, onProgress }: RaterEquivalentOptions
): RaterEquivalents {
  if (predictions.length !== ratings.stimuli) {
    throw new RangeError(`${predictions.length} predictions for ${ratings.stimuli} stimuli`);
  }
  const model = Float64Array.from(predictions, (value) => value ?? Number.NaN);
  const whole = panelOf(ratings);
  // A stimulus without a prediction says nothing about the model.
  const panel = { ...whole, stimulusWeight: model.map((value) => (Number.isNaN(value) ? 0 : 1)) };
  const curve = raterCurve(panel, model, orders, random.fork('curve'));
  const estimates = [
    crossing(curve),
    closedForm(panel, model, 'one-way'),
    closedForm(panel, model, 'consistency')
  ];
  const resamples: number[][] = [[], [], []];
  const draw = resampler(panel, content, random.fork('resamples'));
  for (let b = 0; b < replicates; b++) {
    const sample = draw();
    const found = [
      crossing(raterCurve(sample, model, 2, random)),
      closedForm(sample, model, 'one-way'),
      closedForm(sample, model, 'consistency')
    ];
    found.forEach((k, i) => {
      if (k !== null) resamples[i]?.push(k);
    });
    onProgress?.((b + 1) / replicates);
  }
  const [empirical, oneWay, consistency] = estimates.map((k, i) =>
    asEquivalent(k, resamples[i] as number[], i === 0 ? curve.correlations.length : null)
  );
  return {
    model: curve.model,
    curve: curve.correlations.flatMap((correlation, i) =>
      correlation === null ? [] : [{ k: i + 1, correlation }]
    ),
    empirical: empirical ?? null,
    closedForm: oneWay ?? null,
    closedFormConsistency: consistency ?? null
  };
}

/**
 * k = ρ²(1 − r)/(r(1 − ρ²)): how many raters of reliability r have a mean that correlates ρ with the truth.
 *
 * @param rho correlation with the true scores. @param r reliability of one rater.
 * @returns ∞ for ρ ≥ 1, 0 for ρ ≤ 0; null for r ≤ 0, where no number of raters has any correlation; 0 raters
 *   for r ≥ 1 and ρ < 1, where a single one has it all.
 */
export function equivalentRaters(rho: number, r: number): number | null {
  if (!(r > 0)) return null;
  if (rho <= 0) return 0;
  if (rho >= 1) return Number.POSITIVE_INFINITY;
  return Math.max(0, (rho * rho * (1 - r)) / (r * (1 - rho * rho)));
}

function closedForm(
  panel: WeightedPanel,
  model: Float64Array,
  kind: 'one-way' | 'consistency'
): number | null {
  const components: VarianceComponents | null = varianceComponents(panel, kind);
  if (components === null || !(components.mos > 0)) return null;
  const r = weightedPearson(model, components.means, panel.stimulusWeight);
  return r === null ? null : equivalentRaters(r / Math.sqrt(components.mos), components.singleRater);
}

/** Where the curve crosses the model; ∞ where it ends below, null where it says nothing. */
function crossing({ correlations, model }: RaterCurve): number | null {
  const known = correlations.flatMap((c, i) => (c === null || c <= 0 ? [] : [{ k: i + 1, c }]));
  const [first, second] = known;
  if (model === null || first === undefined || second === undefined) return null;
  if (model <= 0) return 0;
  const above = known.findIndex(({ c }) => c >= model);
  if (above === -1) return Number.POSITIVE_INFINITY;
  const [from, to] = above === 0 ? [first, second] : [known[above - 1], known[above]];
  if (from === undefined || to === undefined || from.c === to.c) return known[above]?.k ?? null;
  const [inverseFrom, inverseTo, wanted] = [from.c ** -2, to.c ** -2, model ** -2];
  const share = (wanted - inverseFrom) / (inverseTo - inverseFrom);
  const inverseK = 1 / from.k + share * (1 / to.k - 1 / from.k);
  // A curve that falls from one rater to two cannot be extended below one.
  return inverseK > 0 ? Math.min(1 / inverseK, to.k) : first.k;
}

function asEquivalent(k: number | null, resampled: number[], longest: number | null): Equivalent | null {
  if (k === null) return null;
  const sorted = Float64Array.from(resampled).sort();
  const end = (p: number) => {
    const value = quantile(sorted, p) as number;
    return Number.isFinite(value) ? value : null;
  };
  const ci95 = sorted.length === 0 ? null : ([end(0.025), end(0.975)] as const);
  return Number.isFinite(k) ? { kind: 'raters', k, ci95 } : { kind: 'beyond', atLeast: longest, ci95 };
}

/** Weights of panels with observers and stimuli (or whole contents) drawn again. */
function resampler(
  panel: WeightedPanel,
  content: readonly string[] | undefined,
  random: Random
): () => WeightedPanel {
  const observers = [...panel.rows.keys()].filter((i) => !panel.rows[i]?.every(Number.isNaN));
  const units = new Map<string, number[]>();
  Array.from(panel.stimulusWeight).forEach((weight, s) => {
    if (weight === 0) return;
    const name = content?.[s] ?? String(s);
    const members = units.get(name);
    if (members === undefined) units.set(name, [s]);
    else members.push(s);
  });
  const groups = [...units.values()];
  return () => {
    const observerWeight = new Float64Array(panel.rows.length);
    const stimulusWeight = new Float64Array(panel.stimulusWeight.length);
    for (let i = 0; i < observers.length; i++) {
      (observerWeight[observers[random.integer(observers.length)] as number] as number)++;
    }
    for (let g = 0; g < groups.length; g++) {
      for (const s of groups[random.integer(groups.length)] as number[]) (stimulusWeight[s] as number)++;
    }
    return { rows: panel.rows, observerWeight, stimulusWeight };
  };
}
