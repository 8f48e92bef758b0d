import type { VoteCollector } from './votes.ts';

/**
 * One observer's ranking of some of the items. Items that are not in it were not shown: a partial ranking
 * says nothing about them.
 */
export interface Ranking {
  /** Item numbers, each once. */
  readonly items: readonly number[];
  /** One finite number per item, the best highest; equal numbers are ties. Only their order counts. */
  readonly ranks: readonly number[];
  /** Items that were shown and left behind all those ranked, in no known order (a top-k answer). */
  readonly rest?: readonly number[];
}

/**
 * Adds the pair votes that a ranking implies: k(k − 1)/2 of them for k items, equal ranks as ties; each ranked
 * item beats each of `rest`, whose order among themselves is no vote. The votes of one ranking are not
 * independent, so standard errors of a scale made from them are too small; Plackett-Luce is the model that
 * takes a ranking as one answer.
 */
export function addRankingVotes(collector: VoteCollector, ranking: Ranking, count = 1): void {
  const { items, ranks, rest = [] } = ranking;
  checkRanking(ranking);
  for (let i = 0; i < items.length; i++) {
    const rank = ranks[i] as number;
    for (let j = i + 1; j < items.length; j++) {
      const other = ranks[j] as number;
      const choice = rank > other ? 'first' : rank < other ? 'second' : 'same';
      collector.add(items[i] as number, items[j] as number, choice, count);
    }
    for (const left of rest) collector.add(items[i] as number, left, 'first', count);
  }
}

/** @throws RangeError when items repeat, or ranks are missing or not finite. */
export function checkRanking({ items, ranks, rest = [] }: Ranking): void {
  if (items.length !== ranks.length) {
    throw new RangeError(`a ranking of ${items.length} items has ${ranks.length} ranks`);
  }
  if (!ranks.every(Number.isFinite)) throw new RangeError('ranks are finite numbers');
  if (new Set([...items, ...rest]).size !== items.length + rest.length) {
    throw new RangeError('an item stands in a ranking once');
  }
}
