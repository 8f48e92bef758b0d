import { normalCdf } from '#lib/stats/normal.ts';

export interface FleissKappa {
  /** Agreement beyond chance of two observers picked at random, 1 at best. */
  kappa: number;
  /** κ over its standard error under chance agreement, and the two-sided p-value. */
  z: number;
  p: number;
  /** Conger's κ: chance from each observer's own use of the categories rather than from the pooled one. */
  conger: number | null;
}

/**
 * Fleiss' κ for categories: (P̄ − P_e)/(1 − P_e), P̄ the share of agreeing pairs of observers, averaged over
 * stimuli, P_e = Σ p_c² from the pooled shares of the categories. Values are categories as they are; their
 * order and distance do not count.
 *
 * @param rows stimuli by observers, without gaps.
 * @returns null for no stimuli, fewer than two observers, or when only one category was used.
 * Source: Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 76 (1971); with
 * the standard error of Fleiss, Nee and Landis (1979). Conger, Psychological Bulletin 88 (1980).
 */
export function fleissKappa(rows: readonly (readonly number[])[]): FleissKappa | null {
  const n = rows.length;
  const m = rows[0]?.length ?? 0;
  if (n < 1 || m < 2) return null;
  const categories = new Map<number, number>();
  for (const row of rows) {
    for (const value of row) if (!categories.has(value)) categories.set(value, categories.size);
  }
  const used = categories.size;
  if (used < 2) return null;
  // Per category and observer, how often; and per stimulus, how many pairs agree.
  const counts = Array.from({ length: used }, () => new Float64Array(m));
  let agreeing = 0;
  for (const row of rows) {
    const tally = new Float64Array(used);
    row.forEach((value, i) => {
      const category = categories.get(value) as number;
      (tally[category] as number)++;
      ((counts[category] as Float64Array)[i] as number)++;
    });
    for (const count of tally) agreeing += count * (count - 1);
  }
  const observed = agreeing / (n * m * (m - 1));
  let expected = 0;
  let pq = 0;
  let skew = 0;
  let ownSquares = 0;
  let sumSquares = 0;
  for (const byObserver of counts) {
    const total = byObserver.reduce((sum, count) => sum + count, 0);
    const share = total / (n * m);
    expected += share * share;
    pq += share * (1 - share);
    skew += share * (1 - share) * (1 - 2 * share);
    sumSquares += (total / n) ** 2;
    for (const count of byObserver) ownSquares += (count / n) ** 2;
  }
  const kappa = (observed - expected) / (1 - expected);
  const se = Math.sqrt((2 * (pq * pq - skew)) / (n * m * (m - 1))) / pq;
  const z = kappa / se;
  const ownExpected = (sumSquares - ownSquares) / (m * (m - 1));
  return {
    kappa,
    z,
    p: 2 * normalCdf(-Math.abs(z)),
    conger: ownExpected < 1 ? (observed - ownExpected) / (1 - ownExpected) : null
  };
}
