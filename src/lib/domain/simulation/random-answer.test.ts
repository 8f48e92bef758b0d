import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { randomAnswer } from './random-answer.ts';

describe('randomAnswer', () => {
  const count = (
    protocol: 'single-stimulus' | 'double-stimulus' | 'multiple-stimulus',
    allowTies: boolean
  ) => {
    const random = seededRandom('answers');
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const answer = randomAnswer({ protocol, scale: 'continuous-100', allowTies }, random);
      const key =
        answer.kind === 'choice'
          ? answer.choice
          : answer.kind === 'ranking'
            ? answer.ranks.join('')
            : String(answer.score);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  };

  it('gives every answer that is allowed equally often, and no other', () => {
    expect([...count('double-stimulus', false).keys()].sort()).toEqual(['first', 'second']);
    const three = count('double-stimulus', true);
    for (const choice of ['first', 'second', 'same']) {
      expect(Math.abs((three.get(choice) ?? 0) - 2000)).toBeLessThan(180);
    }
    expect(count('multiple-stimulus', true).size).toBe(24);
    expect(count('single-stimulus', true).size).toBe(101);
  });
});
