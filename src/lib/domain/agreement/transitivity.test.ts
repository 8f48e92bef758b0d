import { describe, expect, it } from 'vitest';
import { normalCdf } from '#lib/stats/normal.ts';
import { seededRandom, type Random } from '#lib/stats/random.ts';
import { scaleVotes } from '../scaling/scale-votes.ts';
import { collectVotes, winTableFromMatrix, type WinTable } from '../scaling/votes.ts';
import { transitivity } from './transitivity.ts';

function tournament(
  items: number,
  random: Random,
  pFirst: (i: number, j: number) => number,
  votes = 1
): WinTable {
  const collector = collectVotes();
  for (let i = 0; i < items; i++) {
    for (let j = i + 1; j < items; j++) {
      for (let v = 0; v < votes; v++)
        collector.add(i, j, random.uniform() < pFirst(i, j) ? 'first' : 'second');
    }
  }
  return collector.finish(items);
}

describe('transitivity', () => {
  const random = seededRandom('transitivity');

  it('finds the one circle of three and none in an order', () => {
    const circle = winTableFromMatrix([
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0]
    ]);
    expect(transitivity(circle)).toMatchObject({ triads: 1, circular: 1, rate: 1, drawn: 0, consistence: 0 });
    const order = winTableFromMatrix([
      [0, 1, 1],
      [0, 0, 1],
      [0, 0, 0]
    ]);
    expect(transitivity(order)).toMatchObject({
      triads: 1,
      circular: 0,
      rate: 0,
      consistence: 1,
      underModel: null
    });
  });

  it("equals Kendall's count from the scores of a tournament", () => {
    for (const items of [4, 7, 10]) {
      const table = tournament(items, random, () => 0.5);
      const wins = new Float64Array(items);
      table.first.forEach((i, pair) => {
        (wins[i] as number) += table.winsFirst[pair] as number;
        (wins[table.second[pair] as number] as number) += table.winsSecond[pair] as number;
      });
      const triads = (items * (items - 1) * (items - 2)) / 6;
      const transitive = wins.reduce((sum, a) => sum + (a * (a - 1)) / 2, 0);
      expect(transitivity(table)).toMatchObject({ triads, circular: triads - transitive });
    }
  });

  it('goes by majorities and leaves drawn pairs and pairs never shown out', () => {
    const table = winTableFromMatrix([
      [0, 3, 1, 0],
      [1, 0, 2, 0],
      [2, 0, 0, 1],
      [0, 0, 1, 0]
    ]);
    expect(transitivity(table)).toMatchObject({ triads: 1, circular: 1, drawn: 0, consistence: null });
    const drawn = winTableFromMatrix([
      [0, 1, 1],
      [1, 0, 1],
      [0, 0, 0]
    ]);
    expect(transitivity(drawn)).toMatchObject({ triads: 0, circular: 0, rate: null, drawn: 1 });
  });

  it('expects of a transitive but noisy observer the circles that the scale implies', () => {
    const quality = Array.from({ length: 12 }, () => random.normal());
    const observer = (i: number, j: number) => normalCdf((quality[i] as number) - (quality[j] as number));
    let significant = 0;
    const runs = 120;
    for (let run = 0; run < runs; run++) {
      const table = tournament(12, random, observer, 3);
      const { rate, underModel } = transitivity(table, { scale: quality, simulations: 99, random });
      expect(underModel?.range95[0]).toBeLessThanOrEqual(underModel?.rate as number);
      expect(rate).not.toBeNull();
      if ((underModel?.p as number) <= 0.05) significant++;
    }
    expect(significant / runs).toBeLessThan(0.13);
  });

  it('tells an observer who goes round in circles from a noisy one', () => {
    // Rock, paper, scissors among nine: an order within thirds, a circle between them.
    const observer = (i: number, j: number) => ((j - i) % 3 === 1 ? 0.95 : (j - i) % 3 === 2 ? 0.05 : 0.5);
    const table = tournament(9, random, observer, 3);
    const fit = scaleVotes(table);
    if (!fit.ok) throw new Error('no scale');
    const { underModel, rate } = transitivity(table, { scale: fit.scale, random });
    expect(rate).toBeGreaterThan(underModel?.range95[1] as number);
    expect(underModel?.p).toBeLessThan(0.01);
  });

  it('gives coins a quarter of circles', () => {
    expect(transitivity(tournament(40, random, () => 0.5)).rate).toBeCloseTo(0.25, 1);
  });

  it('refuses a scale of another size and simulations without randomness', () => {
    const table = tournament(4, random, () => 0.5);
    expect(() => transitivity(table, { scale: [1, 2], random })).toThrow(RangeError);
    expect(() => transitivity(table, { scale: [1, 2, 3, 4] })).toThrow(RangeError);
  });
});
