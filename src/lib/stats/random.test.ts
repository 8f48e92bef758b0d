import { describe, expect, it } from 'vitest';
import { seededRandom, shuffled } from './random.ts';

describe('seededRandom', () => {
  it('repeats itself from its seed and differs between neighbouring seeds', () => {
    const draw = (seed: number | string) => {
      const random = seededRandom(seed);
      return Array.from({ length: 8 }, () => random.uniform());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).toEqual(draw('1'));
    const seen = new Set([...Array(1000).keys()].map((seed) => draw(seed)[0]));
    expect(seen.size).toBe(1000);
  });

  it('is uniform: mean, variance and a chi-square over 20 bins', () => {
    const random = seededRandom(7);
    const n = 200_000;
    const bins = new Array<number>(20).fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const u = random.uniform();
      sum += u;
      bins[Math.floor(u * 20)]! += 1;
    }
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(4 / Math.sqrt(12 * n));
    const chi = bins.reduce((total, count) => total + (count - n / 20) ** 2 / (n / 20), 0);
    expect(chi).toBeLessThan(50); // P(χ²₁₉ > 50) ≈ 1e-4
  });

  it('integer(3) favours nothing', () => {
    const random = seededRandom('three');
    const counts = [0, 0, 0];
    for (let i = 0; i < 90_000; i++) counts[random.integer(3)]! += 1;
    for (const count of counts) expect(Math.abs(count - 30_000)).toBeLessThan(4 * Math.sqrt(20_000));
    expect(() => random.integer(0)).toThrow(RangeError);
  });

  it('normal has mean 0, variance 1 and a normal tail', () => {
    const random = seededRandom(3);
    const n = 200_000;
    let sum = 0;
    let squares = 0;
    let beyond = 0;
    for (let i = 0; i < n; i++) {
      const z = random.normal();
      sum += z;
      squares += z * z;
      if (Math.abs(z) > 1.959963984540054) beyond++;
    }
    expect(Math.abs(sum / n)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(beyond / n - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / n));
  });

  it('forks by label: the same label repeats, another differs', () => {
    const random = seededRandom(1);
    expect(random.fork('a').uniform()).toBe(seededRandom(1).fork('a').uniform());
    expect(random.fork('a').uniform()).not.toBe(random.fork('b').uniform());
  });
});

describe('shuffled', () => {
  it('keeps every item, leaves its input alone, and gives each of the 6 orders of 3 as often', () => {
    const items = [1, 2, 3];
    const random = seededRandom(11);
    const orders = new Map<string, number>();
    for (let i = 0; i < 60_000; i++) {
      const order = shuffled(items, random).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(items).toEqual([1, 2, 3]);
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});
