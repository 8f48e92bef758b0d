import { chiSquareQuantile } from '#lib/stats/f-and-chi-square.ts';
import { normalCdf, normalQuantile } from '#lib/stats/normal.ts';
import { clusterInflation, fewClusters, type Inflation } from './psychometric-clusters.ts';
import {
  climb,
  evaluateCurve,
  groupAnswers,
  HIGHEST_LAPSE,
  onSlope,
  solvePositive,
  type Climbed,
  type Curve,
  type GroupedAnswers,
  type Held,
  type PairAnswers
} from './psychometric-likelihood.ts';

/** An estimate with its standard error and 95 % interval. */
export interface Estimate {
  estimate: number;
  /** null where it does not exist, as at a boundary. */
  se: number | null;
  /** An end is null where the data set no bound on that side. */
  ci95: readonly [number | null, number | null];
}

export interface PsychometricFit {
  ok: true;
  /** Answers. */
  n: number;
  /** k: standard deviations of the observer's noise per unit of difference. */
  sensitivity: Estimate;
  /** b: what is added for being shown first, in standard deviations of the noise. */
  bias: Estimate;
  /** λ: the share of answers given without looking; half of them fall to each side. */
  lapse: Estimate;
  /** P(first) at no difference: ½ without position bias. */
  firstAtEquality: number;
  /** The difference that is told apart in 75 % of answers, position bias aside; null where it never is. */
  jnd75: Estimate | null;
  logLikelihood: number;
}

export interface PsychometricRefusal {
  ok: false;
  /**
   * no-difference: fewer than two different Δ. one-answer: all answers are the same, so b has no finite value.
   * unbounded: a threshold separates the answers (up to lapses), so k has no finite value: the observer is
   * finer than the pairs.
   */
  reason: 'no-difference' | 'one-answer' | 'unbounded';
}

/**
 * Fits P(first) = λ/2 + (1 − λ)·Φ(k·Δ + b) by maximum likelihood. An answer "same" counts as half an answer
 * each way.
 *
 * Intervals are by the likelihood ratio: all values that, the other parameters fitted anew, keep
 * twice the log-likelihood within χ²(0.95, 1) of its maximum. (Estimate ± 1.96 standard errors is reported
 * nowhere: with the lapse near its boundary it covers the sensitivity in some 84 % of sittings only.)
 * Standard errors are from the observed information, with λ held where it is 0.
 *
 * Answers with `clusters` hang together (the comparisons of one ranking, the answers to one trial, those of one rater):
 * their standard errors are cluster-robust, and the likelihood ratio is divided by the same inflation, so that intervals
 * keep their level. They are never narrower than those of independent answers; k's with fewer than sixty clusters is by the
 * jackknife. See `clusterInflation` and `fewClusters`.
 *
 * The JND is Φ⁻¹((¾ − λ/2)/(1 − λ))/k, half the distance between the points of 25 and 75 %; null for k ≤ 0
 * or λ ≥ ½, where 75 % is never reached.
 *
 * @throws RangeError for a Δ that is not finite or a negative count.
 * Source: F. Wichmann, N. Hill, Perception & Psychophysics 63 (2001); position bias as a shift of the probit.
 */
export function fitPsychometric(answers: readonly PairAnswers[]): PsychometricFit | PsychometricRefusal {
  const data = groupAnswers(answers);
  if (data.x.length < 2) return { ok: false, reason: 'no-difference' };
  const firsts = data.first.reduce((sum, count) => sum + count, 0);
  if (firsts === 0 || firsts === data.n) return { ok: false, reason: 'one-answer' };
  const best = highest(data, firsts / data.n);
  if (!onSlope(data, best.at)) return { ok: false, reason: 'unbounded' };
  const fit = summarise(data, best, clusterInflation(answers, data.scale, best.at));
  const few = fewClusters(answers, data.scale, best.at);
  if (few === null) return fit;
  return { ...fit, sensitivity: inUnit({ estimate: best.at[0], ...few }, 1 / data.scale) };
}

/** The likelihood can have a second hill, where lapses and sensitivity trade places: several starts. */
function highest(data: GroupedAnswers, share: number): Climbed {
  const middle: Curve = [0, normalQuantile(Math.min(0.98, Math.max(0.02, share))), 0];
  let best = climb(data, climb(data, middle, 'lapse').at, 'nothing');
  for (const lapse of [0.05, 0.25, 0.6]) {
    const [k, b] = best.at;
    const steeper = climb(data, [1.5 * k, b, lapse], 'nothing');
    if (steeper.value > best.value + 1e-9) best = steeper;
  }
  return best;
}

function summarise(data: GroupedAnswers, best: Climbed, inflation: Inflation): PsychometricFit {
  const [k, b, lapse] = best.at;
  const { scale } = data;
  const estimateOf: EstimateOf = (estimate, direction, limits, hold) => {
    const { variance, critical } = inflation.of(direction);
    const plain = standardError(data, best.at, direction);
    const se = plain === null ? null : plain * Math.sqrt(variance);
    return { estimate, se, ci95: likelihoodInterval(data, best, { estimate, se, limits, hold, critical }) };
  };
  const everywhere: Limits = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return {
    ok: true,
    n: data.n,
    sensitivity: inUnit(
      estimateOf(k, [1, 0, 0], everywhere, (value) => [[value, b, lapse], 'k']),
      1 / scale
    ),
    bias: estimateOf(b, [0, 1, 0], everywhere, (value) => [[k, value, lapse], 'b']),
    lapse: estimateOf(lapse, [0, 0, 1], [0, HIGHEST_LAPSE], (value) => [[k, b, value], 'lapse']),
    firstAtEquality: lapse / 2 + (1 - lapse) * normalCdf(b),
    jnd75: jnd(data, best, estimateOf),
    logLikelihood: best.value
  };
}

type Limits = readonly [number, number];

/**
 * An estimate with error and interval. @param direction its gradient in (k, b, λ).
 * @param hold the start and what is held where it has another value.
 */
type EstimateOf = (
  estimate: number,
  direction: Curve,
  limits: Limits,
  hold: (value: number) => [Curve, Held]
) => Estimate;

/** √(gᵀH⁻¹g), H the observed information; null where it is singular, and for λ itself at 0, where it is held. */
function standardError(data: GroupedAnswers, at: Curve, direction: Curve): number | null {
  const { observed } = evaluateCurve(data, at);
  const free = at[2] > 0 ? [0, 1, 2] : [0, 1];
  const matrix = free.map((r) => free.map((c) => observed[r]?.[c] as number));
  const gradient = free.map((index) => direction[index] as number);
  if (gradient.every((value) => value === 0)) return null;
  const solved = solvePositive(matrix, gradient);
  return solved === null
    ? null
    : Math.sqrt(solved.reduce((sum, value, r) => sum + value * (gradient[r] as number), 0));
}

/** In noise SDs: how far from equality 75 % is reached when λ of the answers are lapses. */
function distance75(lapse: number): number {
  return normalQuantile((0.75 - lapse / 2) / (1 - lapse));
}

function jnd({ scale }: GroupedAnswers, best: Climbed, estimateOf: EstimateOf): Estimate | null {
  const [k, b, lapse] = best.at;
  if (k <= 0 || lapse >= 0.5) return null;
  const distance = distance75(lapse);
  const h = Math.min(1e-5, (0.5 - lapse) / 2);
  const slope = (distance75(lapse + h) - distance) / h;
  const estimate = estimateOf(
    distance / k,
    [-distance / (k * k), 0, slope / k],
    [0, Number.POSITIVE_INFINITY],
    (value) => {
      const kOfLapse = (of: number) => distance75(Math.min(of, 0.4999)) / value;
      return [[kOfLapse(lapse), b, lapse], { kOfLapse }];
    }
  );
  return inUnit(estimate, scale);
}

function inUnit({ estimate, se, ci95: [low, high] }: Estimate, unit: number): Estimate {
  const times = (value: number | null) => (value === null ? null : value * unit);
  return { estimate: estimate * unit, se: times(se), ci95: [times(low), times(high)] };
}

interface ProfilePlan {
  estimate: number;
  se: number | null;
  limits: Limits;
  /** The start and what is held where the parameter has this value. */
  hold: (value: number) => [Curve, Held];
  /** By how much χ²(0.95, 1) is too small for answers that hang together. */
  critical: number;
}

/** Where the profile of the likelihood falls below its maximum by ½χ²(0.95, 1) times the inflation, on both sides. */
function likelihoodInterval(data: GroupedAnswers, best: Climbed, plan: ProfilePlan): Estimate['ci95'] {
  const { estimate, se, limits, hold } = plan;
  const critical = Math.sqrt(chiSquareQuantile(0.95, 1) * plan.critical);
  let warm: Curve = best.at;
  // The root of the likelihood ratio is close to a straight line in the parameter.
  const root = (value: number) => {
    const [[k, b, lapse], held] = hold(value);
    const start: Curve = [
      held === 'k' || typeof held !== 'string' ? k : warm[0],
      held === 'b' ? b : warm[1],
      held === 'lapse' ? lapse : warm[2]
    ];
    const from: Curve = typeof held === 'string' ? start : [held.kOfLapse(start[2]), start[1], start[2]];
    const climbed = climb(data, from, held);
    warm = climbed.at;
    return Math.sqrt(Math.max(0, 2 * (best.value - climbed.value)));
  };
  const end = (side: -1 | 1): number | null => {
    warm = best.at;
    const limit = side < 0 ? limits[0] : limits[1];
    let inside = estimate;
    let rootInside = 0;
    let reach = 1.96 * (se !== null && se > 0 ? se : 0.1 * Math.abs(estimate) + 0.01);
    for (let i = 0; i < 40; i++) {
      let outside = estimate + side * reach;
      const atLimit = side * (outside - limit) >= 0;
      if (atLimit) outside = limit;
      const rootOutside = root(outside);
      if (rootOutside >= critical)
        return crossing(root, critical, [inside, rootInside], [outside, rootOutside]);
      if (atLimit) return Number.isFinite(limit) ? limit : null;
      inside = outside;
      rootInside = rootOutside;
      reach *= 2;
    }
    return null;
  };
  return [end(-1), end(1)];
}

/** Regula falsi with the Illinois rule between a point inside and one outside. */
function crossing(
  root: (value: number) => number,
  critical: number,
  [a, rootA]: readonly [number, number],
  [b, rootB]: readonly [number, number]
): number {
  let [inside, below] = [a, rootA - critical];
  let [outside, above] = [b, rootB - critical];
  let value = outside;
  for (let i = 0; i < 40 && Math.abs(outside - inside) > 1e-7 * Math.abs(outside); i++) {
    value = (inside * above - outside * below) / (above - below);
    const difference = root(value) - critical;
    if (Math.abs(difference) < 1e-6) break;
    if (difference < 0) {
      inside = value;
      below = difference;
      above /= 2;
    } else {
      outside = value;
      above = difference;
      below /= 2;
    }
  }
  return value;
}
