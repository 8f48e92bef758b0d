import type { PairwiseLikelihood } from '#lib/stats/newton.ts';
import type { WinTable } from './votes.ts';

/**
 * Davidson's extension of Bradley-Terry to ties: with worths π = exp(s) and a tie parameter ν,
 * P(first) : P(second) : P(tie) = π₁ : π₂ : ν√(π₁π₂). In z = s₁ − s₂ and θ = log ν these are the shares of
 * exp(z/2), exp(−z/2) and exp(θ), which makes the log-likelihood concave in (s, θ) together.
 *
 * Source: Davidson, On extending the Bradley-Terry model to accommodate ties in paired comparison experiments,
 * Journal of the American Statistical Association 65 (1970).
 */
export function davidsonLikelihood(table: WinTable): PairwiseLikelihood {
  const { first, second, winsFirst, winsSecond, ties } = table;
  return {
    n: table.items,
    first,
    second,
    hasExtra: true,
    value(s, theta) {
      let total = 0;
      for (let p = 0; p < first.length; p++) {
        const z = (s[first[p] as number] as number) - (s[second[p] as number] as number);
        const up = winsFirst[p] as number;
        const down = winsSecond[p] as number;
        const tied = ties[p] as number;
        total += ((up - down) * z) / 2 + tied * theta - (up + down + tied) * logSum(z, theta);
      }
      return total;
    },
    derivatives(s, theta, { gradient, magnitude, weights, border }) {
      gradient.fill(0);
      magnitude.fill(0);
      border.fill(0);
      let value = 0;
      let extraGradient = 0;
      let extraCurvature = 0;
      for (let p = 0; p < first.length; p++) {
        const i = first[p] as number;
        const j = second[p] as number;
        const z = (s[i] as number) - (s[j] as number);
        const up = winsFirst[p] as number;
        const down = winsSecond[p] as number;
        const tied = ties[p] as number;
        const n = up + down + tied;
        const log = logSum(z, theta);
        const pUp = Math.exp(z / 2 - log);
        const pDown = Math.exp(-z / 2 - log);
        const pTie = Math.exp(theta - log);
        value += ((up - down) * z) / 2 + tied * theta - n * log;
        const pull = (up - down) / 2 - (n * (pUp - pDown)) / 2;
        (gradient[i] as number) += pull;
        (gradient[j] as number) -= pull;
        (magnitude[i] as number) += n;
        (magnitude[j] as number) += n;
        // pUp + pDown − (pUp − pDown)², without the cancellation at large |z|.
        weights[p] = (n / 4) * (4 * pUp * pDown + (pUp + pDown) * pTie);
        extraGradient += tied - n * pTie;
        extraCurvature += n * pTie * (pUp + pDown);
        const bend = (-n * (pUp - pDown) * pTie) / 2;
        (border[i] as number) += bend;
        (border[j] as number) -= bend;
      }
      return { value, extraGradient, extraCurvature };
    }
  };
}

/**
 * Whether a finite maximum-likelihood ν exists beside finite scale values, the win graph (ties counted both
 * ways) being strongly connected and there being ties. It does not when the scale could be stretched without
 * end with ν in step, that is when values d exist with d_i − d_j ≥ 2 for every win of i over j and
 * |d_i − d_j| ≤ 2 for every tie: in other words when no cycle of votes holds more wins than ties.
 */
export function tieParameterIsBounded(table: WinTable): boolean {
  const { items, first, second, winsFirst, winsSecond, ties } = table;
  for (let p = 0; p < first.length; p++) {
    if ((winsFirst[p] as number) > 0 && (winsSecond[p] as number) > 0) return true;
  }
  // Bellman-Ford: still falling after `items` rounds means a cycle with more wins than ties.
  const d = new Float64Array(items);
  for (let round = 0; round <= items; round++) {
    let fell = false;
    const lower = (i: number, bound: number) => {
      if ((d[i] as number) <= bound) return;
      d[i] = bound;
      fell = true;
    };
    for (let p = 0; p < first.length; p++) {
      const i = first[p] as number;
      const j = second[p] as number;
      if ((winsFirst[p] as number) > 0) lower(j, (d[i] as number) - 2);
      if ((winsSecond[p] as number) > 0) lower(i, (d[j] as number) - 2);
      if ((ties[p] as number) > 0) {
        lower(j, (d[i] as number) + 2);
        lower(i, (d[j] as number) + 2);
      }
    }
    if (!fell) return false;
  }
  return true;
}

/** log(exp(z/2) + exp(−z/2) + exp(θ)). */
function logSum(z: number, theta: number): number {
  const half = Math.abs(z) / 2;
  const top = Math.max(half, theta);
  return top + Math.log(Math.exp(half - top) + Math.exp(-half - top) + Math.exp(theta - top));
}
