import { pearson } from '#lib/stats/correlation.ts';
import { shuffled, type Random } from '#lib/stats/random.ts';
import { entriesBy, type Ratings } from '../../scaling/ratings.ts';

export interface SplitHalf {
  /** Mean over splits of Pearson's r between the two halves' means of the stimuli. */
  r: number;
  /** Mean over splits of r stepped up to the full panel, 2r/(1 + r). */
  spearmanBrown: number;
  /** Splits with a defined correlation, of those asked for. */
  splits: number;
}

/**
 * Split-half reliability: the observers are divided at random into halves (of an odd number one half has one
 * more), each half's mean rating of every stimulus that both halves rated is taken, and the halves are
 * correlated. The mean over many splits does not hang on one of them.
 *
 * @returns null for fewer than two observers with ratings, or when no split has a defined correlation.
 * Source: Spearman (1910); Brown (1910).
 */
export function splitHalfReliability(ratings: Ratings, random: Random, splits = 1000): SplitHalf | null {
  const present = [...new Set(ratings.observer)].sort((a, b) => a - b);
  if (present.length < 2) return null;
  const byStimulus = entriesBy(ratings.stimulus, ratings.stimuli);
  let sum = 0;
  let stepped = 0;
  let defined = 0;
  const inFirst = new Uint8Array(ratings.observers);
  for (let split = 0; split < splits; split++) {
    inFirst.fill(0);
    const order = shuffled(present, random);
    for (let k = 0; k < order.length >> 1; k++) inFirst[order[k] as number] = 1;
    const r = correlationOfHalves(ratings, byStimulus, (observer) => inFirst[observer] === 1);
    // At −1 the stepped-up value is infinite: such a split has none.
    if (r === null || r <= -1) continue;
    sum += r;
    stepped += (2 * r) / (1 + r);
    defined++;
  }
  if (defined === 0) return null;
  return { r: sum / defined, spearmanBrown: stepped / defined, splits: defined };
}

/** Pearson's r between two given halves' mean ratings, over the stimuli that both rated; null if undefined. */
export function halfCorrelation(ratings: Ratings, inFirst: (observer: number) => boolean): number | null {
  return correlationOfHalves(ratings, entriesBy(ratings.stimulus, ratings.stimuli), inFirst);
}

function correlationOfHalves(
  { observer, rating }: Ratings,
  byStimulus: readonly Int32Array[],
  inFirst: (observer: number) => boolean
): number | null {
  const first: number[] = [];
  const second: number[] = [];
  for (const entries of byStimulus) {
    let one = 0;
    let other = 0;
    let ones = 0;
    for (const at of entries) {
      if (inFirst(observer[at] as number)) {
        one += rating[at] as number;
        ones++;
      } else {
        other += rating[at] as number;
      }
    }
    const others = entries.length - ones;
    if (ones === 0 || others === 0) continue;
    first.push(one / ones);
    second.push(other / others);
  }
  return pearson(first, second);
}
