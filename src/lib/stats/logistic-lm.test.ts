import { describe, expect, it } from 'vitest';
import { fitLogistic } from './logistic-fit.ts';
import { fitFromUsualStart } from './logistic-lm.ts';
import { seededRandom } from './random.ts';

describe('fitFromUsualStart', () => {
  it('ends where SciPy’s curve_fit ends from the same start', () => {
    // scipy 1.17.1, curve_fit(method "lm", maxfev 10000).
    const expected = [1.49380513, 2.89776109, 1.57885851, 5.10709206, 5.97419163, 6.48046275, 3.96782883];
    const fitted = fitFromUsualStart([9, 5, 8, 3, 2, 1, 4], [2, 3, 1, 5, 6, 6.5, 4]);
    fitted?.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
    expect(fitted).toHaveLength(7);
  });

  it('is never better than the best of many starts, and now and then worse', () => {
    const random = seededRandom('one start');
    let worse = 0;
    for (let run = 0; run < 200; run++) {
      const x = Array.from({ length: 10 }, () => random.normal());
      const y = Array.from({ length: 10 }, () => random.normal());
      const fitted = fitFromUsualStart(x, y);
      if (fitted === null) continue;
      const squares = fitted.reduce((sum, value, i) => sum + (value - (y[i] as number)) ** 2, 0);
      const best = fitLogistic(x, y)?.sse ?? Infinity;
      expect(best).toBeLessThanOrEqual(squares * (1 + 1e-6) + 1e-9);
      if (squares > best * 1.05) worse++;
    }
    expect(worse).toBeGreaterThan(5);
  });

  it('does not exist for constant predictions', () => {
    expect(fitFromUsualStart([2, 2, 2], [1, 2, 3])).toBeNull();
  });
});
