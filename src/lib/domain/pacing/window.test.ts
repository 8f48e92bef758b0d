import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { createWindow } from './window.ts';

/** An endpoint that answers so many requests of one round trip and refuses the rest. */
function rounds(most: number, capacity: (round: number) => number, n: number): number[] {
  const window = createWindow(most);
  const sizes: number[] = [];
  for (let i = 0; i < n; i++) {
    const out = Array.from({ length: window.size }, () => window.round);
    out.forEach((round, index) => window.settle(round, index >= capacity(i)));
    sizes.push(window.size);
  }
  return sizes;
}

describe('the window', () => {
  it('stays open while nothing is refused', () => {
    expect(rounds(32, () => 1000, 20).at(-1)).toBe(32);
  });

  it('backs off to what the endpoint takes, and grows again when it takes more', () => {
    const sizes = rounds(64, (round) => (round < 60 ? 10 : 1000), 200);
    const narrow = sizes.slice(40, 60);
    expect(Math.max(...narrow)).toBeLessThanOrEqual(16);
    expect(Math.min(...narrow)).toBeGreaterThanOrEqual(8);
    expect(sizes.at(-1)).toBe(64);
  });

  it('goes down to one, never to none', () => {
    expect(rounds(16, () => 0, 100).at(-1)).toBe(1);
  });

  it('does not collapse where a fifth is refused whatever it does', () => {
    const window = createWindow(32);
    const random = seededRandom('429');
    let smallest = 32;
    for (let i = 0; i < 3000; i++) {
      window.settle(window.round, random.uniform() < 0.2);
      smallest = Math.min(smallest, window.size);
    }
    expect(smallest).toBeGreaterThanOrEqual(8);
  });

  it('counts the refusals of one crowd once', () => {
    const window = createWindow(32);
    const { round } = window;
    for (let i = 0; i < 32; i++) window.settle(round, true);
    expect(window.size).toBe(16);
  });
});
