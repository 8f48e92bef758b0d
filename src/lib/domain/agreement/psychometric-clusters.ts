import { fQuantile } from '#lib/stats/f-and-chi-square.ts';
import { normalCdf, normalPdf } from '#lib/stats/normal.ts';
import { evaluateCurve, solvePositive, type Curve, type PairAnswers } from './psychometric-likelihood.ts';

/**
 * How much wider the intervals of a psychometric curve have to be than those of independent answers: per direction in
 * (k, b, λ), by what the variance is multiplied, and by what the critical value of the likelihood ratio.
 */
export interface Inflation {
  /** Both at least 1. @param direction the gradient of the parameter asked for, in (k, b, λ). */
  of(direction: Curve): { variance: number; critical: number };
}

/** What answers that do not hang together have. */
export const INDEPENDENT: Inflation = { of: () => ({ variance: 1, critical: 1 }) };

/**
 * The cluster-robust ("sandwich") variance of the curve's parameters over the one that takes all answers for independent:
 * G/(G − 1) · gᵀH⁻¹(Σ_c u_c u_cᵀ)H⁻¹g / gᵀH⁻¹g, u_c the summed scores of the answers of cluster c, H the observed
 * information. Of several ways to cluster (by trial, by rater) the widest counts, and 1 is the least. The
 * critical value grows from χ² with one degree of freedom to F(1, G − 1) besides, for few clusters.
 *
 * λ at 0 is held there: it has no variance of its own.
 *
 * @param answers with `clusters`. @param scale the unit of Δ in which `at` is.
 * @returns `INDEPENDENT` where no answer names a cluster, or the information is singular.
 * Source: A. Rotnitzky, N. Jewell, Biometrika 77 (1990), for the ratio; A. Cameron, D. Miller, Journal of Human Resources
 * 50 (2015), for G/(G − 1) and F(1, G − 1).
 */
export function clusterInflation(answers: readonly PairAnswers[], scale: number, at: Curve): Inflation {
  const ways = answers[0]?.clusters?.length ?? 0;
  if (ways === 0) return INDEPENDENT;
  const free = at[2] > 0 ? [0, 1, 2] : [0, 1];
  const { observed } = evaluateCurve(informationOf(answers, scale), at);
  const matrix = free.map((r) => free.map((c) => observed[r]?.[c] as number));
  const sums = Array.from({ length: ways }, () => new Map<number, number[]>());
  for (const answer of answers) {
    const score = scoreOf(answer, scale, at);
    sums.forEach((clusters, way) => {
      const name = answer.clusters?.[way] as number;
      const sum = clusters.get(name);
      if (sum) free.forEach((index, r) => (sum[r] = (sum[r] as number) + (score[index] as number)));
      else
        clusters.set(
          name,
          free.map((index) => score[index] as number)
        );
    });
  }
  return {
    of(direction) {
      const g = free.map((index) => direction[index] as number);
      const solved = solvePositive(matrix, g);
      const plain = solved?.reduce((sum, value, r) => sum + value * (g[r] as number), 0) ?? 0;
      let variance = 1;
      let critical = 1;
      if (solved === null || !(plain > 0)) return { variance, critical };
      for (const clusters of sums) {
        const groups = clusters.size;
        if (groups < 2) continue;
        let spread = 0;
        for (const sum of clusters.values()) {
          spread += sum.reduce((total, value, r) => total + value * (solved[r] as number), 0) ** 2;
        }
        const ratio = Math.max(1, ((groups / (groups - 1)) * spread) / plain);
        variance = Math.max(variance, ratio);
        critical = Math.max(critical, (ratio * fQuantile(0.95, 1, groups - 1)) / CHI_SQUARE);
      }
      return { variance, critical };
    }
  };
}

/** χ²(0.95) with one degree of freedom. */
const CHI_SQUARE = 3.841458820694124;

function informationOf(answers: readonly PairAnswers[], scale: number) {
  return {
    x: answers.map(({ delta }) => delta / scale),
    first: answers.map(({ choice, count = 1 }) => count * shareOfFirst(choice)),
    second: answers.map(({ choice, count = 1 }) => count * (1 - shareOfFirst(choice))),
    scale,
    n: answers.length
  };
}

function shareOfFirst(choice: PairAnswers['choice']): number {
  return choice === 'first' ? 1 : choice === 'same' ? 0.5 : 0;
}

/** The gradient of one answer's log-likelihood. */
function scoreOf({ delta, choice, count = 1 }: PairAnswers, scale: number, [k, b, lapse]: Curve): Curve {
  const x = delta / scale;
  const z = k * x + b;
  const below = normalCdf(z);
  const above = normalCdf(-z);
  const p = lapse / 2 + (1 - lapse) * below;
  const q = lapse / 2 + (1 - lapse) * above;
  if (!(p * q > 1e-290)) return [0, 0, 0];
  const up = count * shareOfFirst(choice);
  const pull = up / p - (count - up) / q;
  const byZ = (1 - lapse) * normalPdf(z);
  return [pull * byZ * x, pull * byZ, (pull * (above - below)) / 2];
}
