import { describe, expect, it } from 'vitest';
import { refusalOf, runOnCsv } from '../../../tests/fixtures/run-on-csv.ts';
import { mos } from './mos.ts';

interface Result {
  method: { screen: string; model: string };
  observers: {
    observer: string;
    n: number;
    kept: boolean;
    bt500: { p: number; q: number; rejected: boolean };
    correlation: { pearson: number | null; spearman: number | null; rejected: boolean };
    bias: number | null;
    inconsistency: number | null;
  }[];
  stimuli: {
    stimulus: string;
    n: number;
    mos: number | null;
    sigma: number | null;
    sem: number | null;
    ci95: [number, number] | null;
    quality?: number | null;
    qualitySe?: number | null;
  }[];
}

async function json(csv: string, ...options: string[]): Promise<Result> {
  return JSON.parse((await runOnCsv(mos, csv, '--json', ...options)).out) as Result;
}

/** Rows "observer,stimulus,rating" from a table of stimuli by observers. */
function long(table: Record<string, (number | null)[]>): string {
  const rows = Object.entries(table).flatMap(([stimulus, ratings]) =>
    ratings.map((rating, i) => `o${i + 1},${stimulus},${rating ?? ''}`)
  );
  return ['observer,stimulus,rating', ...rows].join('\n');
}

const PANEL = long({
  s1: [1, 2, 1, 5],
  s2: [3, 3, 2, 3],
  s3: [4, 5, 4, 2],
  s4: [5, 5, null, 1]
});

describe('limen mos', () => {
  it('has the fields of its contract, in the order of first appearance', async () => {
    const result = await json(PANEL);
    expect(result.method).toEqual({ screen: 'none', model: 'mean' });
    expect(result.observers.map((row) => row.observer)).toEqual(['o1', 'o2', 'o3', 'o4']);
    expect(result.stimuli.map((row) => row.stimulus)).toEqual(['s1', 's2', 's3', 's4']);
    expect(Object.keys(result.observers[0] ?? {})).toEqual([
      'observer',
      'n',
      'kept',
      'bt500',
      'correlation',
      'bias',
      'inconsistency'
    ]);
    expect(Object.keys(result.stimuli[0] ?? {})).toEqual(['stimulus', 'n', 'mos', 'sigma', 'sem', 'ci95']);
    const first = result.stimuli[0];
    expect(first).toMatchObject({ n: 4, mos: 2.25 });
    expect(first?.sigma).toBeCloseTo(Math.sqrt(10.75 / 3), 12);
    expect(first?.sem).toBeCloseTo(Math.sqrt(10.75 / 12), 12);
    // t(0.975, 3) = 3.18244630528371
    expect(first?.ci95?.[1]).toBeCloseTo(2.25 + 3.18244630528371 * Math.sqrt(10.75 / 12), 10);
    expect(result.stimuli[3]?.n).toBe(3);
    expect(result.observers[2]?.n).toBe(3);
  });

  it('leaves out those whom a screening rejects, and tells every diagnostic all the same', async () => {
    const all = await json(PANEL);
    const screened = await json(PANEL, '--screen', 'correlation');
    expect(all.observers.map((row) => row.correlation.rejected)).toEqual([false, false, false, true]);
    expect(all.observers.every((row) => row.kept)).toBe(true);
    expect(screened.observers.map((row) => row.kept)).toEqual([true, true, true, false]);
    const diagnostics = (result: Result) => result.observers.map((row) => ({ ...row, kept: null }));
    expect(diagnostics(screened)).toEqual(diagnostics(all));
    expect(screened.stimuli.map((row) => row.n)).toEqual([3, 3, 3, 2]);
    expect(screened.stimuli[3]?.mos).toBe(5);
    expect(screened.stimuli[3]?.sigma).toBe(0);
    expect(screened.stimuli[3]?.ci95).toEqual([5, 5]);
  });

  it('gives the subject model’s quality of those kept for --model p910 alone', async () => {
    const result = await json(PANEL, '--model', 'p910', '--screen', 'correlation');
    expect(result.method).toEqual({ screen: 'correlation', model: 'p910' });
    for (const row of result.stimuli) {
      expect(row.quality).toBeTypeOf('number');
      expect(row.qualitySe).toBeGreaterThanOrEqual(0);
    }
    const kept = await json(
      long({ s1: [1, 2, 1], s2: [3, 3, 2], s3: [4, 5, 4], s4: [5, 5, null] }),
      '--model',
      'p910'
    );
    result.stimuli.forEach((row, j) =>
      expect(row.quality).toBeCloseTo(kept.stimuli[j]?.quality as number, 9)
    );
  });

  it('keeps a stimulus that screening leaves without ratings, at n = 0', async () => {
    const csv = `${PANEL}\no4,alone,3\no4,odd,\n`;
    const { out, notes } = await runOnCsv(mos, csv, '--json', '--screen', 'correlation', '--model', 'p910');
    const result = JSON.parse(out) as Result;
    for (const name of ['alone', 'odd']) {
      expect(result.stimuli.find((row) => row.stimulus === name)).toEqual({
        stimulus: name,
        n: 0,
        mos: null,
        sigma: null,
        sem: null,
        ci95: null,
        quality: null,
        qualitySe: null
      });
    }
    expect(notes).toEqual([expect.stringContaining('2 stimuli are left without ratings')]);
  });

  it('says null, never NaN or 0, of what does not exist', async () => {
    const { out } = await runOnCsv(
      mos,
      'observer,stimulus,rating\no1,s1,3\no2,s1,\n',
      '--json',
      '--model',
      'p910'
    );
    const result = JSON.parse(out) as Result;
    expect(result.stimuli).toEqual([
      { stimulus: 's1', n: 1, mos: 3, sigma: null, sem: null, ci95: null, quality: 3, qualitySe: null }
    ]);
    expect(result.observers[0]).toEqual({
      observer: 'o1',
      n: 1,
      kept: true,
      bt500: { p: 0, q: 0, rejected: false },
      correlation: { pearson: null, spearman: null, rejected: true },
      bias: 0,
      inconsistency: null
    });
    expect(result.observers[1]).toMatchObject({ n: 0, bias: null, inconsistency: null });
  });

  it('prints two tables for a person', async () => {
    const { out } = await runOnCsv(mos, PANEL, '--model', 'p910');
    expect(out).toMatch(/^stimulus +n +MOS +σ +SEM +CI low +CI high +quality +quality SE\n/);
    expect(out).toMatch(/\nobserver +n +kept +BT\.500/);
  });

  it.each([
    ['observer,stimulus,rating\no1,s1,3\no1,s1,4\n', 'line 3, column "stimulus": "o1" has rated "s1" before'],
    ['observer,stimulus,rating\no1,s1,\no1,s1,4\n', 'line 3, column "stimulus": "o1" has rated "s1" before'],
    ['observer,stimulus,rating\no1,s1,good\n', 'line 2, column "rating": "good" is not a finite number'],
    ['observer,stimulus,rating\no1,s1,NaN\n', 'line 2, column "rating": "NaN" is not a finite number'],
    ['observer,stimulus,rating\no1,s1,1e999\n', 'line 2, column "rating": "1e999" is not a finite number'],
    ['observer,stimulus,rating\no1,s1,1e200\n', 'line 2, column "rating": "1e200" is too large'],
    ['observer,stimulus,rating\n"",s1,3\n', 'line 2, column "observer": is empty'],
    ['observer,stimulus,rating\no1, ,3\n', 'line 2, column "stimulus": is empty'],
    ['observer,stimulus\no1,s1\n', 'line 1, column "rating": this column is missing'],
    ['observer,stimulus,rating\n', 'has a header but no rows'],
    ['', 'is empty']
  ])('refuses %j', async (csv, says) => {
    expect(await refusalOf(mos, csv)).toContain(says);
  });
});
