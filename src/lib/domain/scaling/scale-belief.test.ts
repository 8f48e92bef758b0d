import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { MOST_BELIEVED_ITEMS, scaleBelief } from './scale-belief.ts';
import { scaleVotes } from './scale-votes.ts';
import { collectVotes, type WinTable } from './votes.ts';

function randomTable(items: number, votes: number): WinTable {
  const random = seededRandom(`${items}/${votes}`);
  const collector = collectVotes();
  for (let vote = 0; vote < votes; vote++) {
    const first = random.integer(items);
    const second = (first + 1 + random.integer(items - 1)) % items;
    collector.add(first, second, (['first', 'second', 'same'] as const)[random.integer(3)] ?? 'same');
  }
  return collector.finish(items);
}

describe('what votes say about a scale', () => {
  it.each([
    [5, 40],
    [30, 60],
    [90, 900]
  ])('has the means and standard errors of scaleVotes (%i items, %i votes)', (items, votes) => {
    const table = randomTable(items, votes);
    const belief = scaleBelief(table);
    const scale = scaleVotes(table);
    if (!scale.ok || scale.se === null) throw new Error('a MAP scale always exists');
    for (let i = 0; i < items; i++) {
      expect(belief.mean[i]).toBeCloseTo(scale.scale[i] as number, 9);
      expect(Math.sqrt(belief.covariance[i * items + i] as number)).toBeCloseTo(scale.se[i] as number, 9);
    }
  });

  it('is the prior without votes', () => {
    const belief = scaleBelief(collectVotes().finish(3));
    expect([...belief.mean]).toEqual([0, 0, 0]);
    expect([...belief.covariance]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it('has a symmetric covariance, positive between items that were compared', () => {
    const collector = collectVotes();
    collector.add(0, 1, 'first');
    const { covariance } = scaleBelief(collector.finish(3));
    expect(covariance[1]).toBeGreaterThan(0);
    expect(covariance[3]).toBeCloseTo(covariance[1] as number, 12);
    expect(covariance[2]).toBe(0);
  });

  it('shrinks where votes are on their way, and moves nothing', () => {
    const collector = collectVotes();
    collector.add(0, 1, 'first', 4);
    const table = collector.finish(4);
    const before = scaleBelief(table);
    const after = scaleBelief(table, [{ first: 2, second: 3, votes: 2 }]);
    expect(after.mean).toEqual(before.mean);
    expect(after.covariance.slice(0, 2)).toEqual(before.covariance.slice(0, 2));
    // Two votes at d = 0 carry 2 · (2/π) about s₂ − s₃, whose variance was 2.
    const { covariance } = after;
    const variance = (covariance[10] as number) + (covariance[15] as number) - 2 * (covariance[11] as number);
    expect(variance).toBeCloseTo(1 / (1 / 2 + 4 / Math.PI), 9);
  });

  it('refuses more items than a full covariance is kept of', () => {
    expect(() => scaleBelief(collectVotes().finish(MOST_BELIEVED_ITEMS + 1))).toThrow(/at most 1000 items/);
  });
});
