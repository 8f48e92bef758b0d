import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import type { Choice } from '../response.ts';
import { positionBias, type SwappedPair } from './position-bias.ts';
import { retestChoices, retestScores } from './test-retest.ts';

const random = seededRandom('position bias');

describe('positionBias', () => {
  it('is ½ for an observer who always says "first", and 0 for one who looks', () => {
    const always = positionBias(
      Array.from({ length: 20 }, (): SwappedPair => ({ forth: 'first', back: 'first' }))
    );
    expect(always).toMatchObject({ pairs: 20, bias: 0.5, consistency: 0, leaning: { first: 20, second: 0 } });
    expect(always?.p).toBeCloseTo(2 / 2 ** 20, 12);
    const looks = positionBias(
      Array.from({ length: 20 }, (): SwappedPair => ({ forth: 'first', back: 'second' }))
    );
    expect(looks).toMatchObject({ bias: 0, consistency: 1, p: 1, leaning: { first: 0, second: 0 } });
    // No pair leans, and yet the bias is known no better than 20 pairs allow.
    expect(looks?.ci95[1]).toBeGreaterThan(0.05);
    expect(looks?.consistencyCi95[0]).toBeLessThan(0.9);
  });

  it('counts "same" as half an answer each way', () => {
    const one = (forth: Choice, back: Choice) => positionBias([{ forth, back }]);
    expect(one('same', 'same')).toMatchObject({ bias: 0, consistency: 1 });
    expect(one('first', 'same')).toMatchObject({
      bias: 0.25,
      consistency: 0,
      leaning: { first: 1, second: 0 }
    });
    expect(one('second', 'second')?.bias).toBe(-0.5);
    expect(positionBias([])).toBeNull();
  });

  it('covers the true bias and rejects its absence in 5 % of sittings', () => {
    const runs = 2000;
    for (const shift of [0, 0.15]) {
      let covered = 0;
      let rejected = 0;
      for (let run = 0; run < runs; run++) {
        const pairs = Array.from({ length: 80 }, (): SwappedPair => {
          const better = random.uniform();
          const choose = (p: number): Choice => (random.uniform() < p ? 'first' : 'second');
          // The stimuli pull both ways, place adds the same to both orders.
          const pull = 0.3 * (better - 0.5);
          return { forth: choose(0.5 + shift + pull), back: choose(0.5 + shift - pull) };
        });
        const result = positionBias(pairs)!;
        if (result.ci95[0] <= shift && shift <= result.ci95[1]) covered++;
        if (result.p < 0.05) rejected++;
      }
      expect(Math.abs(covered / runs - 0.95)).toBeLessThan(0.02);
      // The exact test is a little conservative.
      if (shift === 0) expect(rejected / runs).toBeLessThan(0.06);
      else expect(rejected / runs).toBeGreaterThan(0.8);
    }
  });
});

describe('test and retest', () => {
  it('share of equal answers', () => {
    expect(
      retestChoices([
        ['first', 'first'],
        ['same', 'first'],
        ['second', 'second'],
        ['first', 'first']
      ])
    ).toMatchObject({ n: 4, agreement: 0.75 });
    expect(retestChoices([])).toBeNull();
  });

  it('correlation, drift and within-observer spread of scores', () => {
    const pairs = Array.from({ length: 4000 }, (): [number, number] => {
      const quality = 50 + 20 * random.normal();
      return [quality + 6 * random.normal(), quality + 2 + 6 * random.normal()];
    });
    const result = retestScores(pairs)!;
    expect(Math.abs((result.withinSd as number) - 6)).toBeLessThan(0.3);
    expect(Math.abs(result.drift - 2)).toBeLessThan(0.6);
    expect(result.driftCi95?.[0]).toBeLessThan(result.drift);
    expect(Math.abs((result.pearson as number) - 400 / 436)).toBeLessThan(0.02);
    expect(retestScores([[3, 5]])).toEqual({
      pearsonCi95: null,
      n: 1,
      pearson: null,
      spearman: null,
      drift: 2,
      driftCi95: null,
      withinSd: null
    });
    expect(retestScores([])).toBeNull();
  });
});
