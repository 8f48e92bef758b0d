import { describe, expect, it } from 'vitest';
import { ago, bytes, count, counted, dollars, duration, fixed, percent } from './format.ts';

describe('figures as they are written', () => {
  it('have a true minus, and none on what rounds to zero', () => {
    expect(fixed(-0.8123, 2)).toBe('−0.81');
    expect(fixed(-0.0001, 2)).toBe('0.00');
  });

  it('are a dash where they do not exist, never 0 or NaN', () => {
    for (const missing of [null, undefined, NaN]) expect(fixed(missing, 2)).toBe('–');
    expect(count(null)).toBe('–');
    expect(percent(undefined)).toBe('–');
    expect(dollars(null)).toBe('–');
    expect(duration(Infinity)).toBe('–');
  });

  it('keep thousands apart and the noun in number', () => {
    expect(count(1234567)).toBe('1,234,567');
    expect(count(999)).toBe('999');
    expect(counted(1, 'rater')).toBe('1 rater');
    expect(counted(2500, 'study', 'studies')).toBe('2,500 studies');
  });

  it('write sizes, durations and money with the digits that matter', () => {
    expect([bytes(0), bytes(999), bytes(1000), bytes(123_456_789)]).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '123 MB'
    ]);
    expect([duration(40_000), duration(200_000), duration(7_500_000)]).toEqual([
      '40 s',
      '3 min 20 s',
      '2 h 05 min'
    ]);
    expect([dollars(0), dollars(0.0123), dollars(12.3)]).toEqual(['$0.00', '$0.0123', '$12.30']);
  });

  it('say how long ago in the coarsest unit that says something', () => {
    const now = Date.parse('2026-01-10T12:00:00Z');
    expect(ago('2026-01-10T11:59:50Z', now)).toBe('just now');
    expect(ago('2026-01-10T11:57:00Z', now)).toBe('3 min ago');
    expect(ago('2026-01-10T07:00:00Z', now)).toBe('5 h ago');
    expect(ago('2026-01-09T11:00:00Z', now)).toBe('yesterday');
    expect(ago('2026-01-01T12:00:00Z', now)).toBe('9 days ago');
  });
});
