import { describe, expect, it } from 'vitest';
import { spearman } from '#lib/stats/correlation.ts';
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

  it('take places within a reference, and are tested over references', () => {
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
    expect(two.differences.every(({ placeA, placeB }) => placeA === 1 - placeB)).toBe(true);
    // Two stimuli in a reference have no correlation worth the name.
    expect(two.test).toMatchObject({ n: 0, unit: 'references', srccDifference: null, p: null });
    // In one reference the second is turned once, in the other twice.
    const rows: [number, number][] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((i) => [i, i]);
    rows[0] = [1, 4];
    rows[2] = [3, 0];
    rows[1] = [2, 7];
    rows[3] = [4, 6.5];
    const over = compareTwo(results('fr', rows), 'a', 'b');
    const within = (k: number) => rows.filter((_, i) => i % 2 === k);
    const each = [0, 1].map(
      (k) =>
        1 -
        (spearman(
          within(k).map(([a]) => a),
          within(k).map(([, b]) => b)
        ) as number)
    );
    expect(over.test?.srccDifference).toBeCloseTo(((each[0] as number) + (each[1] as number)) / 2, 12);
    expect(over.test).toMatchObject({ n: 2, p: null });
  });

  it('correct for the whole family of comparisons, and say which it is', () => {
    const all = results(
      'nr',
      Array.from({ length: 30 }, (_, i): [number, number] => [
        i + 6 * Math.sin(i * 5),
        i + 12 * Math.sin(i * 3)
      ])
    );
    for (const [i, { values }] of all.stimuli.entries())
      Object.assign(values, { c: at(i + 20 * Math.sin(i)), d: at(-i) });
    const alone = compareTwo(all, 'a', 'b').test;
    expect(alone?.pHolm).toBe(alone?.p);
    const among = compareTwo(all, 'a', 'b', { family: ['a', 'b', 'c'] }).test;
    expect(among).toMatchObject({ comparisons: 3, family: ['a', 'b', 'c'], p: alone?.p });
    expect(among?.pHolm).toBeGreaterThan(among?.p as number);
    expect(among?.pHolm).toBeLessThanOrEqual(3 * (among?.p as number));
  });

  it('are taken apart by what the stimuli are; every stimulus is in one group of each', () => {
    const all = results(
      'nr',
      Array.from({ length: 24 }, (_, i): [number, number] => [i, i % 3 === 0 ? -i : i])
    );
    const stimuli = all.stimuli.map((stimulus, i) => ({
      ...stimulus,
      distortion: ['blur', 'noise', 'jpeg'][i % 3] as string,
      level: (i % 2) + 1,
      sigma: 10
    }));
    const { breakdowns } = compareTwo({ scenario: 'nr', stimuli }, 'a', 'b');
    // One content, one σ: nothing to take apart.
    expect(breakdowns.map(({ by }) => by)).toEqual(['distortion', 'level', 'MOS']);
    for (const { rows } of breakdowns) expect(rows.reduce((sum, { n }) => sum + n, 0)).toBe(24);
    const [distortion] = breakdowns;
    expect(distortion?.rows.map(({ group, srccA, srccB }) => [group, srccA, srccB])).toEqual([
      ['blur', 1, -1],
      ['jpeg', 1, 1],
      ['noise', 1, 1]
    ]);
  });
});
