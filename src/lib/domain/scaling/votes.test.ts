import { describe, expect, it } from 'vitest';
import { seededRandom, shuffled } from '#lib/stats/random.ts';
import type { Choice } from '../response.ts';
import { connectedComponents, membersOf, stronglyConnectedComponents } from './graph.ts';
import { addRankingVotes } from './rankings.ts';
import { collectVotes, winTableFromMatrix, type WinTable } from './votes.ts';

type Vote = [number, number, Choice, number?];

function tableOf(votes: readonly Vote[], items?: number): WinTable {
  const collector = collectVotes();
  for (const vote of votes) collector.add(...vote);
  return collector.finish(items);
}

const columns = (table: WinTable) => ({
  first: [...table.first],
  second: [...table.second],
  winsFirst: [...table.winsFirst],
  winsSecond: [...table.winsSecond],
  ties: [...table.ties]
});

describe('collectVotes', () => {
  it('adds votes up by pair, whichever way round they were shown', () => {
    const table = tableOf([
      [2, 0, 'first'],
      [0, 2, 'first', 3],
      [0, 2, 'same'],
      [2, 0, 'same'],
      [1, 2, 'second', 0.5]
    ]);
    expect(columns(table)).toEqual({
      first: [0, 1],
      second: [2, 2],
      winsFirst: [3, 0],
      winsSecond: [1, 0.5],
      ties: [2, 0]
    });
    expect(table.nVotes).toBe(6.5);
    expect([...table.votes]).toEqual([6, 0.5, 6.5]);
  });

  it('knows items that have only zero counts, and items that have none at all', () => {
    const table = tableOf(
      [
        [0, 1, 'first'],
        [1, 2, 'first', 0]
      ],
      5
    );
    expect(table.items).toBe(5);
    expect(columns(table).first).toEqual([0]);
    expect(tableOf([[1, 2, 'first', 0]]).items).toBe(3);
    expect(tableOf([]).items).toBe(0);
  });

  it('holds 200,000 votes on random pairs without losing one, and in any order the same', () => {
    const random = seededRandom(1);
    const choices: Choice[] = ['first', 'second', 'same'];
    const votes: Vote[] = Array.from({ length: 200_000 }, () => {
      const i = random.integer(700);
      return [i, (i + 1 + random.integer(699)) % 700, choices[random.integer(3)] as Choice];
    });
    const table = tableOf(votes);
    expect(table.nVotes).toBe(200_000);
    const matrix = new Map<string, number>();
    for (const [i, j, choice] of votes) {
      const key =
        choice === 'same'
          ? `${Math.min(i, j)}=${Math.max(i, j)}`
          : choice === 'first'
            ? `${i}>${j}`
            : `${j}>${i}`;
      matrix.set(key, (matrix.get(key) ?? 0) + 1);
    }
    let wrong = 0;
    for (let p = 0; p < table.first.length; p++) {
      const [i, j] = [table.first[p], table.second[p]];
      if (table.winsFirst[p] !== (matrix.get(`${i}>${j}`) ?? 0)) wrong++;
      if (table.winsSecond[p] !== (matrix.get(`${j}>${i}`) ?? 0)) wrong++;
      if (table.ties[p] !== (matrix.get(`${i}=${j}`) ?? 0)) wrong++;
    }
    expect(wrong).toBe(0);
    expect(columns(tableOf(shuffled(votes, random)))).toEqual(columns(table));
  });

  it.each<[Vote, string]>([
    [[1, 1, 'first'], 'itself'],
    [[-1, 1, 'first'], 'numbered'],
    [[0.5, 1, 'first'], 'numbered'],
    [[0, 1, 'first', -1], 'count'],
    [[0, 1, 'first', NaN], 'count'],
    [[0, 1, 'first', Infinity], 'count']
  ])('refuses %j', (vote, says) => {
    expect(() => tableOf([vote])).toThrow(says);
  });

  it('refuses to finish with fewer items than it has seen', () => {
    expect(() => tableOf([[0, 4, 'first']], 3)).toThrow(RangeError);
  });

  it('reads a matrix of wins and ties', () => {
    const table = winTableFromMatrix(
      [
        [0, 2, 0],
        [1, 0, 0],
        [0, 0, 0]
      ],
      [
        [0, 4, 0],
        [4, 0, 0],
        [0, 0, 0]
      ]
    );
    expect(columns(table)).toEqual({ first: [0], second: [1], winsFirst: [2], winsSecond: [1], ties: [4] });
    expect(table.items).toBe(3);
  });
});

describe('addRankingVotes', () => {
  it('makes six votes of a ranking of four, ties as ties, the best rank highest', () => {
    const collector = collectVotes();
    addRankingVotes(collector, { items: [3, 1, 0, 2], ranks: [2, 0, 1, 1] });
    const table = collector.finish();
    expect(table.nVotes).toBe(6);
    expect(columns(table)).toEqual({
      first: [0, 0, 0, 1, 1, 2],
      second: [1, 2, 3, 2, 3, 3],
      winsFirst: [1, 0, 0, 0, 0, 0],
      winsSecond: [0, 0, 1, 1, 1, 1],
      ties: [0, 1, 0, 0, 0, 0]
    });
  });

  it('lets a top-k answer beat the rest, whose order stays open', () => {
    const collector = collectVotes();
    addRankingVotes(collector, { items: [0, 1], ranks: [2, 1], rest: [2, 3] });
    expect(columns(collector.finish())).toEqual({
      first: [0, 0, 0, 1, 1],
      second: [1, 2, 3, 2, 3],
      winsFirst: [1, 1, 1, 1, 1],
      winsSecond: [0, 0, 0, 0, 0],
      ties: [0, 0, 0, 0, 0]
    });
  });

  it('refuses malformed rankings', () => {
    const collector = collectVotes();
    expect(() => addRankingVotes(collector, { items: [0, 1], ranks: [1] })).toThrow(RangeError);
    expect(() => addRankingVotes(collector, { items: [0, 0], ranks: [1, 2] })).toThrow(RangeError);
    expect(() => addRankingVotes(collector, { items: [0, 1], ranks: [1, NaN] })).toThrow(RangeError);
    expect(() => addRankingVotes(collector, { items: [0, 1], ranks: [1, 2], rest: [1] })).toThrow(RangeError);
  });
});

describe('components', () => {
  const pairs: [number, number, boolean, boolean][] = [
    [0, 3, true, false],
    [3, 5, true, false],
    [0, 5, false, true],
    [1, 2, true, true],
    [2, 6, true, false]
  ];
  const first = Int32Array.from(pairs, (pair) => pair[0]);
  const second = Int32Array.from(pairs, (pair) => pair[1]);

  it('are found and numbered by their lowest item', () => {
    const weak = connectedComponents(8, first, second);
    expect(membersOf(weak)).toEqual([[0, 3, 5], [1, 2, 6], [4], [7]]);
    expect([...weak.of]).toEqual([0, 1, 1, 0, 2, 0, 1, 3]);
    expect(weak.sizes).toEqual([3, 3, 1, 1]);
  });

  it('are strong only where every item leads to every other', () => {
    const strong = stronglyConnectedComponents(
      8,
      first,
      second,
      (p) => pairs[p]?.[2] === true,
      (p) => pairs[p]?.[3] === true
    );
    expect(membersOf(strong)).toEqual([[0, 3, 5], [1, 2], [4], [6], [7]]);
  });

  it('need no stack: a chain of 200,000 items that all beat the next', () => {
    const n = 200_000;
    const low = Int32Array.from({ length: n - 1 }, (_, i) => i);
    const high = low.map((i) => i + 1);
    const chain = stronglyConnectedComponents(
      n,
      low,
      high,
      () => true,
      () => false
    );
    expect(chain.sizes.length).toBe(n);
    const circle = stronglyConnectedComponents(
      n,
      low,
      high,
      () => true,
      (p) => p === 0 || p > 5
    );
    expect(circle.sizes.length).toBe(n - (n - 1 - 6) - 1);
  });
});
