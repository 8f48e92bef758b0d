import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { spearman } from '#lib/stats/correlation.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { parseCommand } from '../arguments.ts';
import { agree } from './agree.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'limen-agree-'));
afterAll(() => rmSync(dir, { recursive: true }));

interface Result {
  n: number;
  models: {
    model: string;
    n: number;
    missing: number;
    srcc: number | null;
    plcc: number | null;
    plccRaw: number | null;
    rmse: number | null;
    sigmaNormalisedError: number | null;
    ci95: { srcc: [number, number] | null; plcc: [number, number] | null } | null;
    perContent: { contents: number; srcc: number | null; plcc: number | null } | null;
    chance: { srcc95: number | null };
  }[];
  comparisons: {
    a: string;
    b: string;
    srccDifference: number | null;
    p: number | null;
    pHolm: number | null;
  }[];
}

async function run(csv: string, ...options: string[]): Promise<{ out: string; notes: string[] }> {
  const file = path.join(dir, 'scores.csv');
  writeFileSync(file, csv);
  let out = '';
  const notes: string[] = [];
  const terminal = {
    out: (text: string) => (out += text),
    note: (text: string) => notes.push(text),
    progress() {}
  };
  const args = parseCommand('agree', [file, ...options], agree.positionals, agree.options);
  expect(await agree.run(args, terminal)).toBe(0);
  return { out, notes };
}

async function json(csv: string, ...options: string[]): Promise<Result> {
  return JSON.parse((await run(csv, '--json', ...options)).out) as Result;
}

async function refusal(csv: string, ...options: string[]): Promise<string> {
  const error = await run(csv, '--json', ...options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(BadInput);
  const { message } = error as BadInput;
  expect(message).not.toContain('\n');
  return message.replace(/^.*scores\.csv, /, '');
}

const random = seededRandom('agree command');
const rows = Array.from({ length: 40 }, (_, i) => {
  const mos = 50 + 20 * random.normal();
  return {
    stimulus: `s${i}`,
    mos,
    sigma: 8 + random.uniform(),
    close: mos + 5 * random.normal(),
    distance: 100 - mos + 20 * random.normal(),
    content: `c${i % 5}`
  };
});
const FULL = [
  'close,note,stimulus,mos,sigma,content,distance',
  ...rows.map((r) => `${r.close},words,${r.stimulus},${r.mos},${r.sigma},${r.content},${r.distance}`)
].join('\r\n');

describe('limen agree', () => {
  it('takes every further column of numbers for a model, wherever it stands, and ignores words', async () => {
    const result = await json(FULL);
    expect(result).toMatchObject({ n: 40, fit: 'logistic4', epsilon: 1 });
    expect(result.models.map(({ model }) => model)).toEqual(['close', 'distance']);
    const [close, distance] = result.models;
    expect(close?.srcc).toBeCloseTo(
      spearman(
        rows.map((row) => row.close),
        rows.map((row) => row.mos)
      ) as number,
      14
    );
    expect(distance?.srcc).toBeLessThan(0);
    expect(distance?.plcc).toBeGreaterThan(0);
    expect(close?.perContent).toBeNull();
    const [low, high] = close?.ci95?.srcc as [number, number];
    expect(low).toBeLessThan(close?.srcc as number);
    expect(high).toBeGreaterThan(close?.srcc as number);
    expect(result.comparisons).toHaveLength(1);
    expect(result.comparisons[0]).toMatchObject({ a: 'close', b: 'distance', test: 'meng-rosenthal-rubin' });
    expect(result.comparisons[0]?.srccDifference).toBeGreaterThan(0);
    expect(result.comparisons[0]?.pHolm).toBe(result.comparisons[0]?.p);
  });

  it('repeats itself from its seed, and has no intervals without resamples', async () => {
    const first = await run(FULL, '--json', '--bootstrap', '200');
    expect((await run(FULL, '--json', '--bootstrap', '200', '--seed', '1')).out).toBe(first.out);
    expect((await run(FULL, '--json', '--bootstrap', '200', '--seed', '2')).out).not.toBe(first.out);
    const none = await json(FULL, '--bootstrap', '0');
    expect(none.models.map(({ ci95 }) => ci95)).toEqual([null, null]);
    expect(none.models[0]?.srcc).toBe((JSON.parse(first.out) as Result).models[0]?.srcc);
  });

  it('averages over contents and draws whole contents with --content', async () => {
    const rowsDrawn = await json(FULL);
    const contentsDrawn = await json(FULL, '--content');
    expect(contentsDrawn.models[0]?.perContent?.contents).toBe(5);
    expect(contentsDrawn.models[0]?.srcc).toBe(rowsDrawn.models[0]?.srcc);
    expect(contentsDrawn.models[0]?.ci95).not.toEqual(rowsDrawn.models[0]?.ci95);
  });

  it('fits what it is told to, and reports raw figures for none', async () => {
    const none = await json(FULL, '--fit', 'none');
    expect(none.models[1]?.plcc).toBe(none.models[1]?.plccRaw);
    const five = await json(FULL, '--fit', 'logistic5');
    const four = await json(FULL);
    expect(five.models[0]?.rmse as number).toBeLessThanOrEqual((four.models[0]?.rmse as number) + 1e-6);
    expect((await json(FULL, '--epsilon', '0')).models[0]?.sigmaNormalisedError).toBeGreaterThan(
      four.models[0]?.sigmaNormalisedError as number
    );
  });

  it('keeps missing predictions missing, and says so', async () => {
    const { out, notes } = await run('stimulus,mos,m,w\na,1,,3\nb,2,5,2\nc,3,6, \nd,4,7,9\n', '--json');
    const { models } = JSON.parse(out) as Result;
    expect(models.map(({ model, n, missing }) => [model, n, missing])).toEqual([
      ['m', 3, 1],
      ['w', 3, 1]
    ]);
    expect(models[0]?.srcc).toBe(1);
    expect(notes.join('\n')).toContain('no prediction for 1 of 4');
  });

  it('says null, never NaN, for what does not exist', async () => {
    for (const csv of [
      'stimulus,mos,m,w\na,1,3,4\n',
      'stimulus,mos,m,w\na,1,3,4\nb,1,4,3\nc,1,4,3\n',
      'stimulus,mos,sigma,m,w\na,1,0,3,1\nb,2,0,3,\nc,4,0,3,\n'
    ]) {
      for (const options of [
        [],
        ['--epsilon', '0'],
        ['--fit', 'none', '--epsilon', '0'],
        ['--fit', 'logistic5']
      ]) {
        const { out } = await run(csv, '--json', ...options);
        expect(out).not.toMatch(/NaN|Infinity/);
        expect((JSON.parse(out) as Result).models[0]?.srcc).toBeNull();
      }
    }
  });

  it('ignores empty columns and nameless ones, with a warning', async () => {
    const { out, notes } = await run(',stimulus,mos,m,later\n0,a,1,2,\n1,b,2,4,\n2,c,3,5,\n', '--json');
    expect((JSON.parse(out) as Result).models.map(({ model }) => model)).toEqual(['m']);
    expect(notes.join('\n')).toMatch(/"later" is empty/);
    expect(notes.join('\n')).toMatch(/column 1 has numbers but no name/);
  });

  it('prints tables for a person', async () => {
    const { out } = await run(FULL, '--content', '--bootstrap', '50');
    for (const word of [
      'close',
      'distance',
      'krcc',
      'mean over contents',
      'p (Holm)',
      '40 stimuli',
      '50 resamples'
    ]) {
      expect(out).toContain(word);
    }
  });

  const BAD: [string, string, RegExp, ...string[]][] = [
    [
      'a column that turns to words',
      'stimulus,mos,m\na,1,2\nb,2,oops\n',
      /^line 3, column "m": "oops" is text/
    ],
    [
      'a column that begins with words',
      'stimulus,mos,m\na,1,n/a\nb,2,3\nc,2,4\n',
      /^line 2, column "m": "n\/a" is text/
    ],
    ['NaN', 'stimulus,mos,m\na,1,2\nb,2,NaN\n', /^line 3, column "m": "NaN" is not a finite/],
    [
      'NaN from the start',
      'stimulus,mos,m,w\na,1,nan,1\nb,2,,2\n',
      /^line 2, column "m": "nan" is not a finite/
    ],
    ['infinity', 'stimulus,mos,m\na,1,-inf\nb,2,1\n', /^line 2, column "m": "-inf" is not a finite/],
    ['an overflow', 'stimulus,mos,m\na,1,1e999\nb,2,1\n', /^line 2, column "m": "1e999" is not a finite/],
    ['an empty mos', 'stimulus,mos,m\na,1,2\nb,,3\n', /^line 3, column "mos": is empty/],
    ['a mos of words', 'stimulus,mos,m\na,good,2\n', /^line 2, column "mos": "good"/],
    ['an infinite mos', 'stimulus,mos,m\na,inf,2\n', /^line 2, column "mos"/],
    ['a negative σ', 'stimulus,mos,sigma,m\na,1,-0.1,2\n', /^line 2, column "sigma": "-0.1" is negative/],
    ['σ of words', 'stimulus,mos,sigma,m\na,1,x,2\n', /^line 2, column "sigma"/],
    ['half a person', 'stimulus,mos,n,m\na,1,2.5,2\n', /^line 2, column "n": "2.5" is not a whole number/],
    [
      'a stimulus twice',
      'stimulus,mos,m\na,1,2\nb,1,2\na,3,4\n',
      /^line 4, column "stimulus": "a" .* first on line 2/
    ],
    ['a nameless stimulus', 'stimulus,mos,m\n ,1,2\n', /^line 2, column "stimulus": is empty/],
    ['no model', 'stimulus,mos,sigma,n,content,note\na,1,2,3,c,hello\n', /^line 1: no column of predictions/],
    ['no mos', 'stimulus,m\na,1\n', /^line 1, column "mos": this column is missing/],
    ['--content without contents', 'stimulus,mos,m\na,1,2\n', /^line 1, column "content"/, '--content'],
    [
      'an empty content',
      'stimulus,mos,m,content\na,1,2,\n',
      /^line 2, column "content": is empty/,
      '--content'
    ]
  ];
  it.each(BAD)('refuses %s and says where', async (_name, csv, message, ...options) => {
    expect(await refusal(csv, ...options)).toMatch(message);
  });
});
