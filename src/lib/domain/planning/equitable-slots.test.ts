import { describe, expect, it } from 'vitest';
import { seededRandom, shuffled } from '#lib/stats/random.ts';
import { equitableSlots } from './equitable-slots.ts';

describe('equitableSlots', () => {
  it('puts every item in each slot as often as in any other, ±1, whatever the groups are', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 200; round++) {
      const size = 2 + random.integer(5);
      const items = size + random.integer(12);
      const all = Array.from({ length: items }, (_, index) => index);
      const groups = Array.from({ length: 1 + random.integer(40) }, () =>
        shuffled(all, random).slice(0, size)
      );
      const placed = equitableSlots(groups, items, random);
      placed.forEach((members, index) => {
        expect([...members].sort()).toEqual([...(groups[index] as number[])].sort());
      });
      for (const item of all) {
        const inSlot = Array.from({ length: size }, (_, slot) =>
          placed.reduce((sum, members) => sum + Number(members[slot] === item), 0)
        );
        expect(Math.max(...inSlot) - Math.min(...inSlot)).toBeLessThanOrEqual(1);
      }
    }
  });
});
