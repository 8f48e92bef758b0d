import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { assignTrials } from './assignment.ts';

describe('assignTrials', () => {
  it('chooses the least-filled trials', () => {
    expect(assignTrials([3, 0, 2, 0, 1], 3, seededRandom(1))).toEqual([1, 3, 4]);
  });

  it('gives all trials where fewer are not asked for', () => {
    expect(assignTrials([5, 0], null, seededRandom(1))).toEqual([0, 1]);
    expect(assignTrials([5, 0], 9, seededRandom(1))).toEqual([0, 1]);
    expect(assignTrials([], 3, seededRandom(1))).toEqual([]);
  });

  it('keeps all trials within one answer of each other, session after session', () => {
    const counts = new Array<number>(37).fill(0);
    for (let session = 0; session < 50; session++) {
      const chosen = assignTrials(counts, 10, seededRandom(session));
      expect(new Set(chosen).size).toBe(10);
      for (const trial of chosen) counts[trial]! += 1;
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it('breaks ties by its seed, each trial equally often', () => {
    const times = new Array<number>(8).fill(0);
    for (let seed = 0; seed < 2000; seed++) {
      for (const trial of assignTrials(new Array<number>(8).fill(0), 2, seededRandom(seed)))
        times[trial]! += 1;
    }
    for (const number of times)
      expect(Math.abs(number - 500)).toBeLessThan(4.5 * Math.sqrt(2000 * 0.25 * 0.75));
    expect(assignTrials([0, 0, 0, 0], 2, seededRandom(5))).toEqual(
      assignTrials([0, 0, 0, 0], 2, seededRandom(5))
    );
  });
});
