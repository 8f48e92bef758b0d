import type { Bounds } from '#lib/stats/bootstrap.ts';
import { incompleteBeta } from '#lib/stats/incomplete-beta.ts';
import { proportionInterval } from '#lib/stats/intervals.ts';
import { normalQuantile } from '#lib/stats/normal.ts';
import type { Choice } from '../response.ts';

/** One pair of stimuli shown twice to the same observer, once in each order. */
export interface SwappedPair {
  /** The answer when a stood first and b second. */
  forth: Choice;
  /** The answer when b stood first and a second: `first` means b. */
  back: Choice;
}

export interface PositionBias {
  /** Pairs. */
  pairs: number;
  /**
   * How much oftener than in half of the answers what stood first was chosen, −½ to ½: swapping has taken the
   * stimuli out of it.
   */
  bias: number;
  ci95: Bounds;
  /** Pairs that lean to the first place (the same place chosen twice, or once with a tie), and to the second. */
  leaning: { first: number; second: number };
  /** Two-sided, exact: the leaning pairs divided by a fair coin. 1 where none leans. */
  p: number;
  /** The share of pairs answered alike in both orders: the same stimulus twice, or "same" twice. */
  consistency: number;
  consistencyCi95: Bounds;
}

/**
 * Position bias and consistency from pairs shown in both orders.
 *
 * - bias: the mean over pairs of (share of the two answers that name the first place) − ½, "same" as half an answer
 *   each way. Interval: Bonett and Price's for a difference of paired shares, i.e. with one more pair leaning each
 *   way, so that it does not collapse where no pair leans.
 * - consistency: with Wilson's interval. An observer who throws a coin reaches ½, one who always says "first" 0.
 *
 * @returns null for no pairs.
 * Source: D. Bonett, R. Price, Journal of Educational and Behavioral Statistics 37 (2012).
 */
export function positionBias(pairs: readonly SwappedPair[], level = 0.95): PositionBias | null {
  const n = pairs.length;
  if (n === 0) return null;
  let sum = 0;
  let squares = 0;
  let consistent = 0;
  const leaning = { first: 0, second: 0 };
  for (const { forth, back } of pairs) {
    const lean = (firstShare(forth) + firstShare(back)) / 2 - 0.5;
    sum += lean;
    squares += lean * lean;
    if (lean > 0) leaning.first++;
    if (lean < 0) leaning.second++;
    if (forth === turned(back)) consistent++;
  }
  const centre = sum / (n + 2);
  const variance = (squares + 0.5) / (n + 2) - centre ** 2;
  const half = normalQuantile((1 + level) / 2) * Math.sqrt(variance / (n + 2));
  return {
    pairs: n,
    bias: sum / n,
    ci95: [Math.max(-0.5, centre - half), Math.min(0.5, centre + half)],
    leaning,
    p: fairCoinP(leaning.first, leaning.second),
    consistency: consistent / n,
    consistencyCi95: proportionInterval(consistent, n, level) as Bounds
  };
}

/** The two-sided binomial p-value of so many heads and tails of a fair coin. */
function fairCoinP(heads: number, tails: number): number {
  const n = heads + tails;
  const fewer = Math.min(heads, tails);
  return n === 0 ? 1 : Math.min(1, 2 * incompleteBeta(n - fewer, fewer + 1, 0.5));
}

function firstShare(choice: Choice): number {
  return choice === 'first' ? 1 : choice === 'same' ? 0.5 : 0;
}

function turned(choice: Choice): Choice {
  return choice === 'first' ? 'second' : choice === 'second' ? 'first' : 'same';
}
