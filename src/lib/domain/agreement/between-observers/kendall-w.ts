import { chiSquareTails } from '#lib/stats/f-and-chi-square.ts';
import { midRanks } from '#lib/stats/rank.ts';

export interface Concordance {
  /** 0 (no agreement) to 1 (the same ranking by everybody). */
  w: number;
  /** m(n − 1)W, about χ² with n − 1 degrees of freedom under random rankings; its p-value. */
  chiSquare: number;
  p: number;
}

/**
 * Kendall's coefficient of concordance, corrected for ties: each of m observers ranks the n stimuli (mid-ranks),
 * W = 12·S/(m²(n³ − n) − m·ΣT), S the sum of squared deviations of the stimuli's rank sums, T = Σ(t³ − t) over
 * each observer's groups of t ties.
 *
 * @param rows stimuli by observers, without gaps.
 * @returns null for fewer than two stimuli, no observers, or when every observer ties everything.
 * Source: Kendall and Babington Smith (1939); Kendall, Rank Correlation Methods (1970).
 */
export function kendallW(rows: readonly (readonly number[])[]): Concordance | null {
  const n = rows.length;
  const m = rows[0]?.length ?? 0;
  if (n < 2 || m < 1) return null;
  const sums = new Float64Array(n);
  let ties = 0;
  for (let i = 0; i < m; i++) {
    const values = rows.map((row) => row[i] as number);
    midRanks(values).forEach((rank, j) => ((sums[j] as number) += rank));
    const counts = new Map<number, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    for (const t of counts.values()) ties += t ** 3 - t;
  }
  const mean = (m * (n + 1)) / 2;
  const squares = sums.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const most = m * m * (n ** 3 - n) - m * ties;
  if (!(most > 0)) return null;
  const w = (12 * squares) / most;
  const chiSquare = m * (n - 1) * w;
  return { w, chiSquare, p: chiSquareTails(chiSquare, n - 1).upper };
}
