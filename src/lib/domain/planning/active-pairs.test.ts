import { describe, expect, it } from 'vitest';
import { spearman } from '#lib/stats/correlation.ts';
import { normalCdf, normalPdf } from '#lib/stats/normal.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { scaleBelief } from '../scaling/scale-belief.ts';
import { scaleVotes } from '../scaling/scale-votes.ts';
import { collectVotes, type WinTable } from '../scaling/votes.ts';
import { chooseActivePairs, expectedGain } from './active-pairs.ts';
import { assignTrials } from './assignment.ts';
import { planPairs } from './plan-pairs.ts';

const allPairs = (items: number): [number, number][] =>
  Array.from({ length: items }, (_, i) =>
    Array.from({ length: items - i - 1 }, (_, k): [number, number] => [i, i + 1 + k])
  ).flat();

describe('expected information of a vote', () => {
  it('lies within 0.01 bits of the integral', () => {
    const h = (p: number) => (p <= 0 || p >= 1 ? 0 : -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p)));
    for (const m of [0, 0.3, 1, 2, 3.5]) {
      for (const v of [0.05, 0.5, 1, 2, 6]) {
        let noise = 0;
        const step = 0.01;
        for (let z = -8; z <= 8; z += step) noise += h(normalCdf(m + Math.sqrt(v) * z)) * normalPdf(z) * step;
        expect(expectedGain(m, v)).toBeGreaterThan(h(normalCdf(m / Math.sqrt(1 + v))) - noise - 0.01);
        expect(expectedGain(m, v)).toBeLessThan(h(normalCdf(m / Math.sqrt(1 + v))) - noise + 0.01);
      }
    }
  });

  it('is 0 where nothing is uncertain, and falls as the answer becomes obvious', () => {
    expect(expectedGain(1, 0)).toBe(0);
    expect(expectedGain(0, 1)).toBeGreaterThan(expectedGain(1, 1));
    expect(expectedGain(1, 1)).toBeGreaterThan(expectedGain(3, 1));
    expect(expectedGain(0, 2)).toBeGreaterThan(expectedGain(0, 1));
  });
});

describe('choosing pairs', () => {
  it('gives each pair once, and all of them when there are not more', () => {
    const pairs = allPairs(8);
    const belief = scaleBelief(collectVotes().finish(8));
    const { chosen: some } = chooseActivePairs({
      belief,
      pairs,
      size: 10,
      random: seededRandom(1)
    });
    expect(new Set(some).size).toBe(10);
    const { chosen: all } = chooseActivePairs({ belief, pairs, size: 99, random: seededRandom(1) });
    expect([...all].sort((a, b) => a - b)).toEqual(pairs.map((_, index) => index));
  });

  it('begins with everything: without votes a batch meets every item', () => {
    const pairs = allPairs(20);
    const belief = scaleBelief(collectVotes().finish(20));
    const { chosen } = chooseActivePairs({
      belief,
      pairs,
      size: 10,
      random: seededRandom(2)
    });
    expect(new Set(chosen.flatMap((pair) => pairs[pair] as [number, number])).size).toBe(20);
  });

  it('asks about neighbours and not about what is obvious', () => {
    const collector = collectVotes();
    // 0 and 1 are far above 2 and 3; within each two nothing is known.
    for (const high of [0, 1]) for (const low of [2, 3]) collector.add(high, low, 'first', 10);
    const pairs = allPairs(4);
    const belief = scaleBelief(collector.finish(4));
    const { chosen } = chooseActivePairs({
      belief,
      pairs,
      size: 2,
      random: seededRandom(3)
    });
    expect(chosen.map((pair) => pairs[pair])).toEqual(
      expect.arrayContaining([
        [0, 1],
        [2, 3]
      ])
    );
  });

  it('does not send two raters after the same information', () => {
    const pairs = allPairs(12);
    let belief = scaleBelief(collectVotes().finish(12));
    const seen = new Set<number>();
    for (let rater = 0; rater < 6; rater++) {
      const next = chooseActivePairs({ belief, pairs, size: 6, random: seededRandom(rater) });
      next.chosen.forEach((pair) => seen.add(pair));
      belief = next.belief;
    }
    expect(seen.size).toBeGreaterThanOrEqual(34);
  });

  it('is the same for the same seed', () => {
    const pairs = allPairs(10);
    const belief = scaleBelief(collectVotes().finish(10));
    const choose = () => chooseActivePairs({ belief, pairs, size: 9, random: seededRandom('again') }).chosen;
    expect(choose()).toEqual(choose());
  });
});

describe('votes that a given accuracy costs', () => {
  it('are at most three quarters of those of the fixed design', { timeout: 60_000 }, () => {
    const goal = 0.95;
    let fixed = 0;
    let active = 0;
    for (let study = 0; study < 5; study++) {
      fixed += votesUntil(goal, 'fixed', study);
      active += votesUntil(goal, 'active', study);
    }
    expect(active / fixed).toBeLessThan(0.75);
  });
});

/** Simulated: 60 items from N(0, 1.5²), raters of 30 trials, until the scale's SRCC with the truth reaches the goal. */
function votesUntil(goal: number, how: 'fixed' | 'active', study: number): number {
  const items = 60;
  const perRater = 30;
  const nature = seededRandom(`nature ${study}`);
  const truth = Array.from({ length: items }, () => 1.5 * nature.normal());
  const random = seededRandom(`${how} ${study}`);
  const pairs = planPairs(items, 29, random.fork('plan'));
  const answers = new Int32Array(pairs.length);
  const votes: [number, number, 'first' | 'second'][] = [];
  const table = (): WinTable => {
    const collector = collectVotes();
    for (const [first, second, choice] of votes) collector.add(first, second, choice);
    return collector.finish(items);
  };
  while (votes.length < 6000) {
    const chosen =
      how === 'fixed'
        ? assignTrials([...answers], perRater, random)
        : chooseActivePairs({
            belief: scaleBelief(table()),
            pairs,
            size: perRater,
            random
          }).chosen;
    for (const pair of chosen) {
      const [i, j] = pairs[pair] as [number, number];
      answers[pair] = (answers[pair] as number) + 1;
      const preferred = random.uniform() < normalCdf((truth[i] as number) - (truth[j] as number));
      votes.push([i, j, preferred ? 'first' : 'second']);
    }
    const scale = scaleVotes(table(), { standardErrors: false });
    if (scale.ok && (spearman(scale.scale, truth) as number) >= goal) return votes.length;
  }
  throw new Error(`SRCC ${goal} was not reached within 6,000 votes`);
}
