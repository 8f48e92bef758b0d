import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { derange } from './derange.ts';

describe('derange', () => {
  it('shows everybody in another’s place of the same pool, and nobody twice', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const stimuli = Array.from({ length: 13 }, (_, id) => ({ id: id + 100, pool: id % 3 }));
      const shown = derange(stimuli, seededRandom(seed));
      expect([...shown.keys()].sort()).toEqual([...shown.values()].sort());
      for (const [judged, instead] of shown) {
        expect(instead).not.toBe(judged);
        expect(instead % 3).toBe(judged % 3);
      }
    }
  });

  it('is the same from the same seed, and every derangement is as likely as another', () => {
    const four = [1, 2, 3, 4].map((id) => ({ id, pool: 0 }));
    expect([...derange(four, seededRandom(7))]).toEqual([...derange(four, seededRandom(7))]);
    const counts = new Map<string, number>();
    const random = seededRandom('many');
    for (let i = 0; i < 9000; i++) {
      const key = [...derange(four, random).values()].join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    // !4 = 9; 1000 each, SD 30.
    expect(counts.size).toBe(9);
    for (const n of counts.values()) expect(Math.abs(n - 1000)).toBeLessThan(150);
  });

  it('refuses a pool of one', () => {
    expect(() => derange([{ id: 9, pool: 1 }], seededRandom(1))).toThrow(/stimulus 9/);
  });
});
