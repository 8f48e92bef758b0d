import { shuffled, type Random } from '#lib/stats/random.ts';
import type { WeightedPanel } from './variance-components.ts';

export interface RaterCurve {
  /** Index k − 1: the mean correlation of the mean of k random observers with one held out; null where undefined. */
  correlations: (number | null)[];
  /** The model's own, with the same held-out observers; null where undefined. */
  model: number | null;
}

/**
 * How well k people predict one more, for k = 1, 2, …, and how well the model does: each observer is held out in
 * turn, the others are put in random order `orders` times, and the mean of the first k is correlated
 * (Pearson, stimuli weighted) with the one held out. Of a bootstrap sample, copies of the one held out
 * never predict it.
 *
 * @param predictions per stimulus, NaN where missing.
 */
export function raterCurve(
  { rows, observerWeight, stimulusWeight }: WeightedPanel,
  predictions: Float64Array,
  orders: number,
  random: Random
): RaterCurve {
  const copies: number[] = [];
  rows.forEach((row, i) => {
    if (row.every(Number.isNaN)) return;
    for (let c = 0; c < (observerWeight[i] as number); c++) copies.push(i);
  });
  const sums = new Float64Array(copies.length);
  const counts = new Float64Array(copies.length);
  let modelSum = 0;
  let modelCount = 0;
  const stimuli = stimulusWeight.length;
  const total = new Float64Array(stimuli);
  const raters = new Float64Array(stimuli);
  const mean = new Float64Array(stimuli);
  for (const held of new Set(copies)) {
    const times = observerWeight[held] as number;
    const target = rows[held] as Float64Array;
    const r = weightedPearson(predictions, target, stimulusWeight);
    if (r !== null) {
      modelSum += times * r;
      modelCount += times;
    }
    const others = copies.filter((copy) => copy !== held);
    for (let order = 0; order < orders; order++) {
      total.fill(0);
      raters.fill(0);
      shuffled(others, random).forEach((copy, k) => {
        const row = rows[copy] as Float64Array;
        for (let s = 0; s < stimuli; s++) {
          const value = row[s] as number;
          if (value === value) {
            total[s] = (total[s] as number) + value;
            raters[s] = (raters[s] as number) + 1;
          }
          mean[s] = (raters[s] as number) > 0 ? (total[s] as number) / (raters[s] as number) : Number.NaN;
        }
        const agreement = weightedPearson(mean, target, stimulusWeight);
        if (agreement === null) return;
        sums[k] = (sums[k] as number) + times * agreement;
        counts[k] = (counts[k] as number) + times;
      });
    }
  }
  const most = Math.max(0, ...counts);
  return {
    // A k that few of the held-out observers reach would rest on other people than the rest of the curve.
    correlations: Array.from(sums, (sum, k) =>
      (counts[k] as number) > most / 2 ? sum / (counts[k] as number) : null
    ).slice(0, Math.max(0, copies.length - 1)),
    model: modelCount > 0 ? modelSum / modelCount : null
  };
}

/** Pearson's r with weights, over the places where both have a value; null for fewer than two or constants. */
export function weightedPearson(x: Float64Array, y: Float64Array, weight: ArrayLike<number>): number | null {
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < x.length; i++) {
    const w = weight[i] as number;
    const a = x[i] as number;
    const b = y[i] as number;
    if (w === 0 || a !== a || b !== b) continue;
    n += w;
    sumX += w * a;
    sumY += w * b;
  }
  if (n === 0) return null;
  const meanX = sumX / n;
  const meanY = sumY / n;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    const w = weight[i] as number;
    const a = (x[i] as number) - meanX;
    const b = (y[i] as number) - meanY;
    if (w === 0 || a !== a || b !== b) continue;
    xx += w * a * a;
    yy += w * b * b;
    xy += w * a * b;
  }
  // Relative to the size of the values: what is left of a constant is rounding.
  const floor = 1e-24 * n;
  if (xx <= floor * (1 + meanX * meanX) || yy <= floor * (1 + meanY * meanY)) return null;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}
