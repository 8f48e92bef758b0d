import { diagonalOfInverse } from '#lib/stats/inverse-diagonal.ts';
import { maximise, type Maximum, type PairwiseLikelihood } from '#lib/stats/newton.ts';
import { solveByConjugateGradients } from '#lib/stats/conjugate-gradient.ts';
import { bradleyTerryLikelihood } from './bradley-terry.ts';
import { davidsonLikelihood, tieParameterIsBounded } from './davidson.ts';
import { connectedComponents, membersOf, stronglyConnectedComponents, type Components } from './graph.ts';
import { thurstoneLikelihood } from './thurstone.ts';
import type { WinTable } from './votes.ts';

export type ScaleModel = 'thurstone' | 'bradley-terry' | 'davidson';
export type Estimator = 'map' | 'mle';
/** What a tie adds: ½ to each side, or 1 to each (as the code of Wu et al., 2024, does). */
export type TieRule = 'split' | 'both';

export interface ScaleOptions {
  model?: ScaleModel;
  estimator?: Estimator;
  /** Davidson's model has a term of its own for ties and ignores this. */
  ties?: TieRule;
  /** Leave the standard errors out where only the scale is needed, as inside a bootstrap. Default true. */
  standardErrors?: boolean;
  onProgress?: (done: number, all: number) => void;
}

export interface VoteScale {
  ok: true;
  model: ScaleModel;
  estimator: Estimator;
  nVotes: number;
  /** Weakly connected components of the comparison graph; values of different ones share only the prior. */
  components: number;
  /** Log-likelihood minus ½Σs² for MAP, the log-likelihood for MLE; without constants. */
  logPosterior: number;
  /** Whether max|gradient| is below 1e-8 (or at the rounding level of enormous counts). */
  converged: boolean;
  maxGradient: number;
  iterations: number;
  /** One value per item, summing to 0. */
  scale: Float64Array;
  /** null when not asked for, or where the information matrix is singular in double precision. */
  se: Float64Array | null;
  /** min..max on 0..100; all null when all values are equal. */
  scaled: (number | null)[];
  /** Votes in which each item took part. */
  votes: Float64Array;
  /** Davidson's ν: 0 when nobody voted for a tie, null when everybody did (it has no finite estimate). */
  tie: number | null;
  /** Standard error of log ν, null where ν is not estimated. */
  logTieSe: number | null;
}

export type ScaleRefusal =
  | {
      ok: false;
      /** The maximum-likelihood values are infinite: some items never lose to the rest, or never met them. */
      reason: 'not-strongly-connected';
      /** The items of each strongly connected component. */
      components: number[][];
    }
  | {
      ok: false;
      /** Davidson's ν has no finite maximum-likelihood value: no cycle of votes has more wins than ties. */
      reason: 'tie-parameter-unbounded';
    };

/**
 * Scale values from pair votes.
 *
 * MAP has a standard normal prior on every value, exists for any votes and puts items without votes at 0
 * with standard error 1. MLE has no prior and is refused where it does not exist. Values sum to 0. Standard
 * errors come from the observed information H (the negative Hessian at the maximum): MAP √diag((H + I)⁻¹),
 * the posterior's; MLE √diag(H⁺), those of values that sum to 0. Davidson's are marginal over ν.
 *
 * Maximised by Newton's method on the sparse Hessian, from 0, until max|gradient| < 1e-8.
 */
export function scaleVotes(table: WinTable, options: ScaleOptions = {}): VoteScale | ScaleRefusal {
  const { model = 'thurstone', estimator = 'map', ties = 'split', standardErrors = true } = options;
  const ridge = estimator === 'map' ? 1 : 0;
  const totalTies = table.ties.reduce((sum, count) => sum + count, 0);
  const onlyTies = totalTies > 0 && table.winsFirst.every((a, p) => a === 0 && table.winsSecond[p] === 0);
  if (estimator === 'mle') {
    const refusal = whyNoMaximum(table, model, totalTies, onlyTies);
    if (refusal !== null) return refusal;
  }
  const components = connectedComponents(table.items, table.first, table.second);
  const common = {
    ok: true as const,
    model,
    estimator,
    nVotes: table.nVotes,
    components: components.sizes.length,
    votes: table.votes
  };
  if (model === 'davidson' && onlyTies) {
    // ν → ∞ explains every vote whatever the scale is: the prior alone is left.
    return {
      ...common,
      logPosterior: 0,
      converged: true,
      maxGradient: 0,
      iterations: 0,
      scale: new Float64Array(table.items),
      se: standardErrors ? new Float64Array(table.items).fill(1) : null,
      scaled: scaledToHundred(new Float64Array(table.items)),
      tie: null,
      logTieSe: null
    };
  }
  const hasTie = model === 'davidson' && totalTies > 0;
  const start = hasTie ? Math.log((2 * totalTies) / (table.nVotes - totalTies)) : 0;
  const maximum = maximise(likelihoodOf(table, model, ties, totalTies), ridge, start);
  const spread = standardErrors
    ? spreadOf(maximum, hasTie, ridge, components, options.onProgress)
    : { se: null, extraSe: null };
  return {
    ...common,
    logPosterior: maximum.value,
    converged: maximum.converged,
    maxGradient: maximum.maxGradient,
    iterations: maximum.iterations,
    scale: maximum.s,
    se: spread.se,
    scaled: scaledToHundred(maximum.s),
    tie: model !== 'davidson' ? null : hasTie ? Math.exp(maximum.extra) : 0,
    logTieSe: spread.extraSe
  };
}

/**
 * Values mapped linearly so that the least is 0 and the greatest 100; all null when they are equal (to within
 * what the estimation resolves) or there are none.
 */
export function scaledToHundred(values: Float64Array): (number | null)[] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const resolved = high - low > 1e-9 * Math.max(1, Math.abs(low), Math.abs(high));
  return Array.from(values, (value) => (resolved ? ((value - low) / (high - low)) * 100 : null));
}

function likelihoodOf(
  table: WinTable,
  model: ScaleModel,
  ties: TieRule,
  totalTies: number
): PairwiseLikelihood {
  if (model === 'davidson' && totalTies > 0) return davidsonLikelihood(table);
  const { items, first, second, winsFirst, winsSecond } = table;
  const build = model === 'thurstone' ? thurstoneLikelihood : bradleyTerryLikelihood;
  if (totalTies === 0) return build(items, first, second, winsFirst, winsSecond);
  const share = ties === 'split' ? 0.5 : 1;
  const a = winsFirst.map((wins, p) => wins + share * (table.ties[p] as number));
  const b = winsSecond.map((wins, p) => wins + share * (table.ties[p] as number));
  return build(items, first, second, a, b);
}

function whyNoMaximum(
  table: WinTable,
  model: ScaleModel,
  totalTies: number,
  onlyTies: boolean
): ScaleRefusal | null {
  const strong = stronglyConnectedComponents(
    table.items,
    table.first,
    table.second,
    (p) => (table.winsFirst[p] as number) + (table.ties[p] as number) > 0,
    (p) => (table.winsSecond[p] as number) + (table.ties[p] as number) > 0
  );
  if (strong.sizes.length > 1) {
    return { ok: false, reason: 'not-strongly-connected', components: membersOf(strong) };
  }
  if (model === 'davidson' && totalTies > 0 && (onlyTies || !tieParameterIsBounded(table))) {
    return { ok: false, reason: 'tie-parameter-unbounded' };
  }
  return null;
}

function spreadOf(
  maximum: Maximum,
  hasExtra: boolean,
  ridge: number,
  components: Components,
  onProgress?: (done: number, all: number) => void
): { se: Float64Array | null; extraSe: number | null } {
  const variances = diagonalOfInverse(maximum.hessian, ridge, components.of, components.sizes, onProgress);
  if (variances === null) return { se: null, extraSe: null };
  if (!hasExtra) return { se: variances.map(Math.sqrt), extraSe: null };
  // [H b; bᵀ c]⁻¹ by its Schur complement c − bᵀH⁻¹b: s and log ν are estimated together.
  const { hessian, border } = maximum;
  // The border sums to 0, and so does the solution that belongs to values that do; the preconditioned one need not.
  const solved = solveByConjugateGradients(hessian, border, 1e-14).x;
  const mean = solved.reduce((sum, value) => sum + value, 0) / solved.length;
  const bent = solved.map((value) => value - mean);
  let schur = maximum.extraCurvature;
  for (let i = 0; i < bent.length; i++) schur -= (border[i] as number) * (bent[i] as number);
  return {
    se: variances.map((variance, i) => Math.sqrt(variance + (bent[i] as number) ** 2 / schur)),
    extraSe: Math.sqrt(1 / schur)
  };
}
