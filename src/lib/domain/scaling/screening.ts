import { pearson, spearman } from '#lib/stats/correlation.ts';
import { centralSquares } from './mos.ts';
import { entriesBy, type Ratings } from './ratings.ts';

export interface Bt500Verdict {
  /** Ratings of the observer far above (P) and far below (Q) the mean of their stimulus. */
  p: number;
  q: number;
  rejected: boolean;
}

/**
 * Observer screening of ITU-R BT.500-15 (Annex 1, § 2.3.1), once, not iterated.
 *
 * Per stimulus, over its N ratings: mean, S with N − 1, and the kurtosis β₂ = m₄/m₂² from central moments over
 * N. A rating is far out at ≥ mean + kS or ≤ mean − kS, k = 2 where 2 ≤ β₂ ≤ 4 (about normal) and √20
 * elsewhere. An observer is rejected when (P + Q)/(ratings the observer gave) > 0.05 and |P − Q|/(P + Q) < 0.3,
 * that is for being far out often *and* on both sides; P + Q = 0 keeps.
 *
 * Stimuli with one rating, or on which all agree (S = 0), have nobody far out. √20·S cannot be reached by any
 * of N ≤ 21 ratings: with so few observers only stimuli of about normal kurtosis count.
 */
export function bt500Screening(ratings: Ratings): Bt500Verdict[] {
  const { rating, observer } = ratings;
  const p = new Int32Array(ratings.observers);
  const q = new Int32Array(ratings.observers);
  const given = new Int32Array(ratings.observers);
  for (const i of observer) (given[i] as number)++;
  for (const entries of entriesBy(ratings.stimulus, ratings.stimuli)) {
    const n = entries.length;
    if (n < 2) continue;
    const { mean, squares } = centralSquares(Float64Array.from(entries, (at) => rating[at] as number));
    if (squares === 0) continue;
    let fourth = 0;
    for (const at of entries) fourth += ((rating[at] as number) - mean) ** 4;
    const kurtosis = fourth / n / (squares / n) ** 2;
    const limit = (kurtosis >= 2 && kurtosis <= 4 ? 2 : Math.sqrt(20)) * Math.sqrt(squares / (n - 1));
    for (const at of entries) {
      const i = observer[at] as number;
      if ((rating[at] as number) >= mean + limit) (p[i] as number)++;
      if ((rating[at] as number) <= mean - limit) (q[i] as number)++;
    }
  }
  return Array.from(given, (n, i) => {
    const above = p[i] as number;
    const below = q[i] as number;
    const out = above + below;
    return {
      p: above,
      q: below,
      rejected: out > 0 && out / n > 0.05 && Math.abs(above - below) / out < 0.3
    };
  });
}

export interface CorrelationVerdict {
  /** Of the observer's ratings with the MOS; null where undefined (no spread, fewer than two ratings). */
  pearson: number | null;
  spearman: number | null;
  rejected: boolean;
}

/**
 * Screening by correlation: an observer whose ratings correlate (Pearson) below the threshold with the MOS of
 * all observers, this one included, is rejected, and so is one whose correlation is undefined: who gives every
 * stimulus the same rating says nothing about them. Spearman's is told beside it.
 *
 * Source: ITU-T P.913 (2021), § 11.4, with its threshold 0.75.
 */
export function correlationScreening(ratings: Ratings, threshold = 0.75): CorrelationVerdict[] {
  const { rating, stimulus } = ratings;
  const mos = entriesBy(stimulus, ratings.stimuli).map(
    (entries) => centralSquares(Float64Array.from(entries, (at) => rating[at] as number)).mean
  );
  return entriesBy(ratings.observer, ratings.observers).map((entries) => {
    const own = Float64Array.from(entries, (at) => rating[at] as number);
    const means = Float64Array.from(entries, (at) => mos[stimulus[at] as number] as number);
    const r = pearson(own, means);
    return { pearson: r, spearman: spearman(own, means), rejected: r === null || r < threshold };
  });
}
