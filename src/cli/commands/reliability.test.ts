import { describe, expect, it } from 'vitest';
import { refusalOf, runOnCsv } from '../../../tests/fixtures/run-on-csv.ts';
import { reliability } from './reliability.ts';

interface Result {
  nObservers: number;
  nStimuli: number;
  missing: number;
  krippendorffAlpha: { nominal: number | null; ordinal: number | null; interval: number | null };
  icc: Record<'icc1' | 'icc2' | 'icc3' | 'icc1k' | 'icc2k' | 'icc3k', number | null>;
  kendallW: number | null;
  fleissKappa: number | null;
  splitHalf: { r: number | null; spearmanBrown: number | null };
}

async function json(csv: string, ...options: string[]): Promise<Result> {
  return JSON.parse((await runOnCsv(reliability, csv, '--json', ...options)).out) as Result;
}

function long(rows: (number | null)[][]): string {
  const lines = rows.flatMap((row, j) =>
    row.flatMap((rating, i) => (rating === null ? [] : [`o${i},s${j},${rating}`]))
  );
  return ['observer,stimulus,rating', ...lines].join('\n');
}

// Shrout and Fleiss (1979), table 2.
const SHROUT_FLEISS = [
  [9, 2, 5, 8],
  [6, 1, 3, 2],
  [8, 4, 6, 8],
  [7, 1, 2, 6],
  [10, 5, 6, 9],
  [6, 2, 4, 7]
];

describe('limen reliability', () => {
  it('has the fields of its contract and the published values of Shrout and Fleiss', async () => {
    const result = await json(long(SHROUT_FLEISS));
    expect(result).toMatchObject({ nObservers: 4, nStimuli: 6, missing: 0 });
    const { icc } = result;
    expect([icc.icc1, icc.icc2, icc.icc3].map((value) => value?.toFixed(2))).toEqual([
      '0.17',
      '0.29',
      '0.71'
    ]);
    expect([icc.icc1k, icc.icc2k, icc.icc3k].map((value) => value?.toFixed(2))).toEqual([
      '0.44',
      '0.62',
      '0.91'
    ]);
    expect(result.krippendorffAlpha.interval).toBeTypeOf('number');
    expect(result.kendallW).toBeGreaterThan(0.5);
    expect(result.fleissKappa).toBeTypeOf('number');
    expect(result.splitHalf.spearmanBrown).toBeGreaterThan(result.splitHalf.r as number);
  });

  it('repeats its splits from the seed', async () => {
    const csv = long(SHROUT_FLEISS.map((row, j) => [...row, j % 3, (j * 7) % 5]));
    const one = await json(csv);
    expect(await json(csv, '--seed', '1')).toEqual(one);
    expect((await json(csv, '--seed', '2')).splitHalf).not.toEqual(one.splitHalf);
  });

  it('counts empty cells, rows that are not there as well as empty ratings', async () => {
    const result = await json('observer,stimulus,rating\na,x,1\na,y,2\nb,x,1\nb,y,\nc,x,2\n');
    expect(result).toMatchObject({ nObservers: 3, nStimuli: 2, missing: 2 });
  });

  it('has null and a warning where fewer than two stimuli were rated by everybody', async () => {
    const { out, notes } = await runOnCsv(reliability, long([[1, 2, null], [2, 2, 3], [null, 1, 1]]), '--json'); // prettier-ignore
    const result = JSON.parse(out) as Result;
    expect(Object.values(result.icc)).toEqual([null, null, null, null, null, null]);
    expect(result.kendallW).toBeNull();
    expect(result.fleissKappa).toBeNull();
    expect(result.krippendorffAlpha.interval).toBeTypeOf('number');
    expect(notes).toEqual([expect.stringContaining('one stimulus alone was rated by every observer')]);
  });

  it('has no Fleiss κ on a scale that is not whole', async () => {
    const { out, notes } = await runOnCsv(reliability, long([[1, 2], [2.5, 3]]), '--json'); // prettier-ignore
    const result = JSON.parse(out) as Result;
    expect(result.fleissKappa).toBeNull();
    expect(result.kendallW).toBe(1);
    expect(notes).toEqual([expect.stringContaining('not whole numbers')]);
  });

  it('says null where all ratings are equal', async () => {
    const result = await json(long([[3, 3, 3], [3, 3, 3]])); // prettier-ignore
    expect(result.krippendorffAlpha).toEqual({ nominal: null, ordinal: null, interval: null });
    expect(result.icc.icc3).toBeNull();
    expect(result.kendallW).toBeNull();
    expect(result.fleissKappa).toBeNull();
    expect(result.splitHalf).toEqual({ r: null, spearmanBrown: null });
  });

  it('prints a table for a person', async () => {
    const { out } = await runOnCsv(reliability, long(SHROUT_FLEISS));
    expect(out).toContain('Krippendorff α, ordinal');
    expect(out).toContain('4 observers, 6 stimuli, 0 ratings missing');
  });

  it('refuses a rating given twice', async () => {
    expect(await refusalOf(reliability, 'observer,stimulus,rating\na,x,1\na,x,1\n')).toContain('line 3');
  });
});
