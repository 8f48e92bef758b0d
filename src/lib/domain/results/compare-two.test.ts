import { describe, expect, it } from 'vitest';
import { compareTwo } from './compare-two.ts';
import type { StudyResults } from './study-results.ts';

const at = (value: number) => ({ value, scaled: null, n: 1, sigma: null, se: null });

function results(scenario: 'nr' | 'fr', rows: [number | null, number | null][]): StudyResults {
  return {
    study: 's',
    version: 1,
    designHash: '',
    protocol: 'single-stimulus',
    scenario,
    truth: 'mos',
    mosRange: null,
    observers: [],
    stimuli: rows.map(([a, b], i) => ({
      stimulus: `${i}`,
      reference: scenario === 'fr' ? `r${i % 2}` : null,
      id: i,
      sha256: '',
      distortion: null,
      level: null,
      mos: i,
      sigma: null,
      values: { ...(a === null ? {} : { a: at(a) }), ...(b === null ? {} : { b: at(b) }) }
    }))
  };
}

describe('two observers', () => {
  it('are held together on what both answered, the widest apart in place first', () => {
    const two = compareTwo(
      results('nr', [
        [1, 100],
        [2, 200],
        [3, 50],
        [4, 300],
        [5, 400],
        [6, null],
        [null, 1]
      ]),
      'a',
      'b'
    );
    expect(two.n).toBe(5);
    expect(two.srcc).toBeCloseTo(0.7, 10);
    expect(two.differences[0]).toMatchObject({ stimulus: { stimulus: '2' }, placeA: 0.5, placeB: 0 });
    expect(two.test?.n).toBe(5);
    expect(two.test?.srccDifference).toBeCloseTo(1 - 0.7, 10);
  });

  it('take places within a reference, and make no test over references', () => {
    const two = compareTwo(
      results('fr', [
        [1, 2],
        [9, 1],
        [2, 1],
        [8, 2]
      ]),
      'a',
      'b'
    );
    expect(two.test).toBeNull();
    expect(two.differences.every(({ placeA, placeB }) => placeA === 1 - placeB)).toBe(true);
  });
});
