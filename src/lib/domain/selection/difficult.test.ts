import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import {
  minMaxScaled,
  selectDifficult,
  selectDifficultByReference,
  sigmaNormalisedError,
  type Features
} from './difficult.ts';

const features = (...rows: number[][]): Features => ({
  dimensions: rows[0]!.length,
  values: Float64Array.from(rows.flat())
});
const order = (picks: { index: number }[]) => picks.map(({ index }) => index);

/** The equation as it stands: the mean and both lengths anew for every candidate. */
function byDefinition(errors: number[], rows: number[][], n: number, lambda: number): number[] {
  const chosen: number[] = [];
  const length = (v: number[]) => Math.hypot(...v);
  while (chosen.length < n) {
    const objective = errors.map((error, i) => {
      if (chosen.includes(i)) return -Infinity;
      if (chosen.length === 0) return error;
      const mean = rows[0]!.map((_, d) => chosen.reduce((sum, c) => sum + rows[c]![d]!, 0) / chosen.length);
      const product = rows[i]!.reduce((sum, value, d) => sum + value * mean[d]!, 0);
      return error + lambda * (1 - product / (length(rows[i]!) * length(mean)));
    });
    chosen.push(objective.indexOf(Math.max(...objective)));
  }
  return chosen;
}

describe('sigmaNormalisedError', () => {
  it('is the squared error over σ² + ε', () => {
    expect(sigmaNormalisedError({ mos: 3, sigma: 2, prediction: 6 }, 0.5)).toBe(2);
    expect(sigmaNormalisedError({ mos: 3, sigma: 0, prediction: 3 }, 1)).toBe(0);
  });
});

describe('selectDifficult', () => {
  it('takes the largest errors in order where there are no features, exact ties from the lower row', () => {
    const picks = selectDifficult([1, 3, 2, 3, 0], 4, { lambda: 5 });
    expect(order(picks)).toEqual([1, 3, 2, 0]);
    expect(picks.every(({ diversity }) => diversity === 0)).toBe(true);
  });

  it('prefers what differs from those picked, once λ is large enough', () => {
    const errors = [1, 0.9, 0.5];
    const rows = features([1, 0], [1, 0], [0, 1]);
    expect(order(selectDifficult(errors, 3, { lambda: 0.1, features: rows }))).toEqual([0, 1, 2]);
    const picks = selectDifficult(errors, 3, { lambda: 1, features: rows });
    expect(order(picks)).toEqual([0, 2, 1]);
    expect(picks[1]).toEqual({ index: 2, error: 0.5, diversity: 1, objective: 1.5 });
  });

  it('counts the first pick’s diversity as 0, and a zero feature or a zero mean as cosine 0', () => {
    const [first, second, third] = selectDifficult([3, 2, 1], 3, {
      lambda: 10,
      features: features([1, 0], [-1, 0], [0, 0])
    });
    expect(first).toMatchObject({ index: 0, diversity: 0, objective: 3 });
    expect(second).toMatchObject({ index: 1, diversity: 2 });
    expect(third).toMatchObject({ index: 2, diversity: 1 });
    const cancelled = selectDifficult([5, 4, 3, 1], 4, {
      lambda: 0,
      features: features([0.1, 0], [0.2, 0], [-0.3, 0], [1, 1])
    });
    expect(cancelled[3]).toMatchObject({ index: 3, diversity: 1 });
  });

  it('is the definition on random rows, whatever the scale of a feature', () => {
    const random = seededRandom(4);
    const errors = Array.from({ length: 60 }, () => random.uniform());
    const rows = errors.map(() => Array.from({ length: 9 }, () => random.normal()));
    for (const lambda of [0, 0.01, 0.3, 3]) {
      const expected = byDefinition(errors, rows, 25, lambda);
      expect(order(selectDifficult(errors, 25, { lambda, features: features(...rows) }))).toEqual(expected);
    }
  });

  it('picks all where more are asked for, none where none are, and nothing twice', () => {
    expect(order(selectDifficult([1, 2], 9, { lambda: 0 })).sort()).toEqual([0, 1]);
    expect(selectDifficult([1, 2], 0, { lambda: 0 })).toEqual([]);
    expect(selectDifficult([], 3, { lambda: 0 })).toEqual([]);
  });

  it('refuses features that do not fit', () => {
    expect(() => selectDifficult([1, 2], 1, { lambda: 0, features: features([1, 2]) })).toThrow(RangeError);
  });
});

describe('selectDifficultByReference', () => {
  it('picks references by their mean error, then the worst of each, ties from the lower row', () => {
    const picked = selectDifficultByReference(
      [
        [0, 1],
        [4, 2, 4],
        [1, 2]
      ],
      2,
      2,
      { lambda: 0 }
    );
    expect(picked.references.map(({ index, error }) => [index, error])).toEqual([
      [1, 10 / 3],
      [2, 1.5]
    ]);
    expect(picked.selected).toEqual([
      { reference: 1, index: 0, error: 4 },
      { reference: 1, index: 2, error: 4 },
      { reference: 2, index: 1, error: 2 },
      { reference: 2, index: 0, error: 1 }
    ]);
  });

  it('refuses a reference without images', () => {
    expect(() => selectDifficultByReference([[1], []], 1, 1, { lambda: 0 })).toThrow(RangeError);
  });
});

describe('minMaxScaled', () => {
  it('maps the ends to 0 and 1, and all equal values to 0', () => {
    expect(minMaxScaled([3, 1, 2])).toEqual([1, 0, 0.5]);
    expect(minMaxScaled([7, 7])).toEqual([0, 0]);
    expect(minMaxScaled([])).toEqual([]);
  });
});
