import { midRanks } from '#lib/stats/rank.ts';
import { entriesBy, type Ratings } from '../../scaling/ratings.ts';

export type MeasurementLevel = 'nominal' | 'ordinal' | 'interval';

/**
 * Krippendorff's α = 1 − D_o/D_e: observed disagreement between ratings of the same stimulus against the
 * disagreement of ratings paired at random. 1 is perfect, 0 chance, below 0 systematic disagreement. Missing
 * ratings need no treatment; stimuli with fewer than two ratings say nothing and are left out.
 *
 * The difference of two values is, squared: 0 or 1 (nominal), the number of ratings between them, counting half
 * of those equal to either (ordinal, which makes it the interval difference of mid-ranks), or their difference
 * (interval).
 *
 * @returns null when there are no two ratings of one stimulus, or all ratings are equal.
 * Source: Krippendorff, Computing Krippendorff's alpha-reliability (2011).
 */
export function krippendorffAlpha(ratings: Ratings, level: MeasurementLevel): number | null {
  const units = entriesBy(ratings.stimulus, ratings.stimuli).filter((entries) => entries.length >= 2);
  const total = units.reduce((sum, entries) => sum + entries.length, 0);
  if (total === 0) return null;
  const values = new Float64Array(total);
  const ends: number[] = [];
  let filled = 0;
  for (const entries of units) {
    for (const at of entries) values[filled++] = ratings.rating[at] as number;
    ends.push(filled);
  }
  const scored = level === 'ordinal' ? midRanks(values) : values;
  // Σ over ordered pairs of one unit of the squared difference, and the same over all values.
  const disagreement = level === 'nominal' ? unequalPairs : squaredDifferences;
  let observed = 0;
  let start = 0;
  for (const end of ends) {
    observed += disagreement(scored.subarray(start, end)) / (end - start - 1);
    start = end;
  }
  const expected = disagreement(scored) / (total - 1);
  return expected > 0 ? 1 - observed / expected : null;
}

function unequalPairs(values: Float64Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let equal = 0;
  for (const count of counts.values()) equal += count * count;
  return values.length ** 2 - equal;
}

/** Σ_i Σ_j (x_i − x_j)² = 2n Σ (x − mean)². */
function squaredDifferences(values: Float64Array): number {
  const first = values[0] as number;
  if (values.every((value) => value === first)) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return 2 * values.length * squares;
}
