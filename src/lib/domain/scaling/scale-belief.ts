import { maximise } from '#lib/stats/newton.ts';
import { normalCdf, normalPdf } from '#lib/stats/normal.ts';
import { laplacian } from '#lib/stats/pair-matrix.ts';
import { factorise, planTiles, solveFactored } from '#lib/stats/tiled-cholesky.ts';
import { thurstoneLikelihood } from './thurstone.ts';
import type { WinTable } from './votes.ts';

/** What the votes so far say about the scale: a normal distribution over all items together. */
export interface ScaleBelief {
  readonly items: number;
  /** The MAP scale of Thurstone's Case V, summing to 0. */
  readonly mean: Float64Array;
  /** items × items, row by row: the inverse of the observed information, prior included. */
  readonly covariance: Float64Array;
}

/** The covariance is full: 8 MB at this many items, and n³/3 multiplications to get it. */
export const MOST_BELIEVED_ITEMS = 1000;

export interface ComingVotes {
  first: number;
  second: number;
  votes: number;
}

/** The Fisher information that one vote carries about a difference d of two scale values: φ(d)²/(Φ(d)Φ(−d)). */
export function voteInformation(d: number): number {
  const variance = normalCdf(d) * normalCdf(-d);
  return variance > 0 ? normalPdf(d) ** 2 / variance : 0;
}

/**
 * Laplace's approximation to the posterior of a Thurstone Case V scale with a standard normal prior on every value:
 * mean at the maximum, covariance (H + I)⁻¹ there. The means and the diagonal are those of `scaleVotes`; this one holds
 * the covariances too, which say what a vote on *two* items would add. Items without votes have mean 0 and variance 1;
 * without any votes the belief is the prior. Ties count ½ each way.
 *
 * @param coming votes of which only the pair is known yet, because somebody is just judging it: they leave the means
 *   alone and shrink the covariance as such a vote is expected to, by the Fisher information about s_first − s_second.
 * @throws RangeError above `MOST_BELIEVED_ITEMS`.
 */
export function scaleBelief(table: WinTable, coming: readonly ComingVotes[] = []): ScaleBelief {
  const { items, first, second } = table;
  if (items > MOST_BELIEVED_ITEMS) {
    throw new RangeError(
      `a full covariance is kept of at most ${MOST_BELIEVED_ITEMS} items, not of ${items}`
    );
  }
  const half = (wins: Float64Array) => wins.map((count, p) => count + (table.ties[p] as number) / 2);
  const likelihood = thurstoneLikelihood(items, first, second, half(table.winsFirst), half(table.winsSecond));
  const { s, hessian } = maximise(likelihood, 1);
  const edges = {
    first: Int32Array.from([...first, ...coming.map((pair) => pair.first)]),
    second: Int32Array.from([...second, ...coming.map((pair) => pair.second)])
  };
  const weights = Float64Array.from([
    ...hessian.weights,
    ...coming.map(
      (pair) => pair.votes * voteInformation((s[pair.first] as number) - (s[pair.second] as number))
    )
  ]);
  const precision = laplacian(items, edges.first, edges.second, weights, 1);
  const factor = factorise(planTiles(items, edges.first, edges.second), precision);
  // The prior's precision of 1 keeps every pivot of this matrix at 1 or above.
  if (factor === null) throw new Error('the information matrix of a scale with a prior is positive definite');
  const covariance = new Float64Array(items * items);
  const unit = new Float64Array(items);
  for (let i = 0; i < items; i++) {
    unit[i] = 1;
    covariance.set(solveFactored(factor, unit), i * items);
    unit[i] = 0;
  }
  return { items, mean: s, covariance };
}
