import { describe, expect, it } from 'vitest';
import { axisFor, curvePath, placed } from './axis.ts';

describe('axes', () => {
  it('hold every value with room at both ends, and have a span even without values', () => {
    expect(axisFor([0, 100], 'MOS')).toEqual({ low: -5, high: 105, label: 'MOS' });
    expect(axisFor([3, 3, Number.NaN], 'MOS')).toMatchObject({ low: 2.5, high: 3.5 });
    expect(axisFor([], 'MOS')).toMatchObject({ low: 0, high: 1 });
  });

  it('place values along either direction and hold those beyond at the ends', () => {
    const up = placed({ low: 0, high: 10 }, 200, 100);
    expect([up(0), up(10), up(2.5), up(-3), up(99)]).toEqual([200, 100, 175, 200, 100]);
  });

  it('draw functions, leaving out where they do not exist', () => {
    const x = placed({ low: 0, high: 4 }, 0, 40);
    const y = placed({ low: 0, high: 4 }, 40, 0);
    expect(curvePath({ low: 0, high: 4 }, (v) => v, x, y, 2)).toBe('M0 40L20 20L40 0');
    expect(curvePath({ low: 0, high: 4 }, (v) => (v === 0 ? Number.NaN : v), x, y, 2)).toBe('M20 20L40 0');
  });
});
