import { centralSquares } from './mos.ts';
import { entriesBy, mapRatings, type Ratings } from './ratings.ts';

export interface DifferenceOptions {
  /**
   * What is subtracted: the same observer's rating of the hidden reference (default; P.910's ACR-HR), or the
   * reference's MOS.
   */
  against?: 'own' | 'mean';
  /** Added to the difference: 0 (default) on a 0–100 scale, 5 on five-point ACR. */
  offset?: number;
  /**
   * What happens to differences above the offset, where a test stimulus was rated better than its reference:
   * kept as they are (default, never clipped), or P.910's two-point crushing 7d/(2 + d), which is defined for
   * offset 5.
   */
  above?: 'kept' | 'crushed';
}

/**
 * Ratings relative to a hidden reference, rating − rating of the reference + offset; their mean opinion scores
 * are the DMOS (higher is better, the reference itself at the offset).
 *
 * Ratings of stimuli without a reference drop out, and with `own` those whose observer did not rate the
 * reference.
 *
 * @param referenceOf per stimulus the number of its reference (a reference's own number for itself), −1 for
 *   none.
 * Source: ITU-T P.910, absolute category rating with hidden reference (ACR-HR).
 */
export function differencesToReference(
  ratings: Ratings,
  referenceOf: ArrayLike<number>,
  { against = 'own', offset = 0, above = 'kept' }: DifferenceOptions = {}
): Ratings {
  const { rating, observer, stimulus } = ratings;
  const own = new Map<number, number>();
  const means = new Map<number, number>();
  const isReference = new Set(Array.from(referenceOf).filter((reference) => reference >= 0));
  const byStimulus = entriesBy(stimulus, ratings.stimuli);
  for (const reference of isReference) {
    const entries = byStimulus[reference] as Int32Array;
    if (entries.length === 0) continue;
    means.set(reference, centralSquares(Float64Array.from(entries, (at) => rating[at] as number)).mean);
    for (const at of entries) {
      own.set((observer[at] as number) * ratings.stimuli + reference, rating[at] as number);
    }
  }
  return mapRatings(ratings, (at) => {
    const reference = referenceOf[stimulus[at] as number] as number;
    if (reference < 0) return null;
    const base =
      against === 'own'
        ? own.get((observer[at] as number) * ratings.stimuli + reference)
        : means.get(reference);
    if (base === undefined) return null;
    const difference = (rating[at] as number) - base + offset;
    return above === 'crushed' && difference > offset ? (7 * difference) / (2 + difference) : difference;
  });
}
