import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { studentQuantile } from '#lib/stats/student-t.ts';
import { scaleVotes } from '../scaling/scale-votes.ts';
import { collectVotes } from '../scaling/votes.ts';
import { planGroups } from './plan-groups.ts';
import { planPairs } from './plan-pairs.ts';
import { leastMeanDifference, leastScaleDifference, POWER, scaleStandardError } from './telling-apart.ts';

const ITEMS = 24;

/** SD of scale values about the truth (all equal) over simulated panels: every look has its own noise. */
function simulated(groups: readonly (readonly number[])[], answers: number, rounds: number): number {
  const random = seededRandom(`apart/${groups.length}/${answers}`);
  let squares = 0;
  for (let round = 0; round < rounds; round++) {
    const votes = collectVotes();
    for (const group of groups) {
      for (let answer = 0; answer < answers; answer++) {
        // Differences of two looks have unit variance.
        const felt = group.map(() => random.normal() / Math.SQRT2);
        for (let a = 0; a < group.length; a++) {
          for (let b = a + 1; b < group.length; b++) {
            votes.add(
              group[a] as number,
              group[b] as number,
              (felt[a] as number) > (felt[b] as number) ? 'first' : 'second'
            );
          }
        }
      }
    }
    const scale = scaleVotes(votes.finish(ITEMS), { model: 'thurstone', estimator: 'mle', ties: 'split' });
    if (!scale.ok) throw new Error(scale.reason);
    for (const value of scale.scale) squares += value ** 2;
  }
  return Math.sqrt(squares / (rounds * ITEMS));
}

function degreeOf(groups: readonly (readonly number[])[]): number {
  const others = Array.from({ length: ITEMS }, () => new Set<number>());
  for (const group of groups) for (const a of group) for (const b of group) if (a !== b) others[a]?.add(b);
  return others.reduce((sum, set) => sum + set.size, 0) / ITEMS;
}

describe('scaleStandardError', () => {
  it('is what simulated pairs and rankings show, within a tenth', () => {
    const pairs = planPairs(ITEMS, 3, seededRandom(1));
    const groups = planGroups(ITEMS, 3, seededRandom(1));
    for (const [trials, together, answers] of [
      [pairs, 2, 20],
      [groups, 4, 12]
    ] as const) {
      const design = { together, degree: degreeOf(trials) };
      const votes = (answers * trials.length * together * (together - 1)) / ITEMS;
      const expected = scaleStandardError(votes, design) as number;
      const seen = simulated(trials, answers, 40);
      expect(seen / expected).toBeGreaterThan(0.9);
      expect(seen / expected).toBeLessThan(1.1);
    }
  });

  it('does not exist without votes or for a chain', () => {
    expect(scaleStandardError(0, { together: 2, degree: 10 })).toBeNull();
    expect(scaleStandardError(50, { together: 2, degree: 2 })).toBeNull();
  });
});

describe('the least difference', () => {
  it('of two means is found in four of five simulated studies', () => {
    const random = seededRandom('means');
    const n = 15;
    const sigma = 20;
    const least = leastMeanDifference(sigma, n) as number;
    const critical = studentQuantile(0.975, n - 1);
    let found = 0;
    const rounds = 4000;
    for (let round = 0; round < rounds; round++) {
      const differences = Array.from(
        { length: n },
        () => least + sigma * (random.normal() - random.normal())
      );
      const mean = differences.reduce((sum, one) => sum + one, 0) / n;
      const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1);
      if (Math.abs(mean) / Math.sqrt(variance / n) > critical) found++;
    }
    expect(found / rounds).toBeGreaterThan(POWER - 0.03);
    expect(found / rounds).toBeLessThan(POWER + 0.03);
    expect(leastMeanDifference(20, 1)).toBeNull();
  });

  it('of two scale values is told as votes too', () => {
    const { difference, share } = leastScaleDifference(0.2);
    expect(difference).toBeCloseTo(2.8015852 * Math.SQRT2 * 0.2, 6);
    expect(share).toBeCloseTo(0.786, 3);
  });
});
