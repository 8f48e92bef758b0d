import { describe, expect, it } from 'vitest';
import { minimiseInPlane } from './nelder-mead.ts';

describe('minimiseInPlane', () => {
  it("finds the bottom of Rosenbrock's bent valley", () => {
    const f = (a: number, b: number) => 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    const found = minimiseInPlane(f, { a: -1.2, b: 1, value: f(-1.2, 1) }, { a: 0.5, b: 0.5 }, 500);
    expect(found.a).toBeCloseTo(1, 5);
    expect(found.b).toBeCloseTo(1, 5);
  });

  it('never returns a point worse than its start, nor calls much more often than it may', () => {
    let calls = 0;
    const f = (a: number, b: number) => {
      calls++;
      return a === 0 && b === 0 ? -1 : Math.abs(Math.sin(50 * a)) + Math.abs(b);
    };
    expect(minimiseInPlane(f, { a: 0, b: 0, value: -1 }, { a: 1, b: 1 }, 60).value).toBe(-1);
    expect(calls).toBeLessThanOrEqual(64);
  });
});
