import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { parseCommand } from '../arguments.ts';
import { select } from './select.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'limen-select-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const made = path.join(folder, name);
  await writeFile(made, text);
  return made;
}

async function run(...argv: string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal = {
    out: (text: string) => out.push(text),
    note: (text: string) => notes.push(text),
    progress: () => {}
  };
  const status = await select.run(parseCommand('select', argv, select.positionals, select.options), terminal);
  return { status, out: out.join(''), notes };
}

async function refusal(list: string, ...options: string[]): Promise<string> {
  const made = await file('bad.csv', list);
  const error = await run(made, ...options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(BadInput);
  return (error as BadInput).message.replace(folder + path.sep, '');
}

const LIST = 'stimulus,mos,sigma,prediction\na,0,1,2\nb,0,1,2\nc,0,0,1\nd,1,0,1\n';

describe('limen select', () => {
  it('picks the largest σ-normalised errors, ties from the upper row, as JSON', async () => {
    const { status, out, notes } = await run(await file('list.csv', LIST), '--n', '3', '--json');
    expect(status).toBe(0);
    expect(notes).toEqual([]);
    expect(JSON.parse(out)).toEqual({
      scenario: 'nr',
      n: 3,
      lambda: 0.01,
      epsilon: 1,
      normalised: false,
      missing: 0,
      selected: [
        { rank: 1, stimulus: 'a', error: 2, diversity: 0, objective: 2 },
        { rank: 2, stimulus: 'b', error: 2, diversity: 0, objective: 2 },
        { rank: 3, stimulus: 'c', error: 1, diversity: 0, objective: 1 }
      ]
    });
  });

  it('adds λ times the distance to the mean feature', async () => {
    const features = await file('f.csv', 'x,stimulus,y\n1,a,0\n1,b,0\n0,c,1\n0,d,2\n9,unknown,9\n');
    const list = await file('list.csv', LIST);
    const { out } = await run(list, '--n', '2', '--lambda', '3', '--features', features, '--json');
    expect((JSON.parse(out) as { selected: object[] }).selected[1]).toEqual({
      rank: 2,
      stimulus: 'c',
      error: 1,
      diversity: 1,
      objective: 4
    });
  });

  it('normalises mos and sigma over the whole list and leaves the prediction', async () => {
    const list = await file('list.csv', 'stimulus,mos,sigma,prediction\na,10,2,0.5\nb,20,4,\nc,30,6,0.5\n');
    const { out, notes } = await run(list, '--n', '2', '--normalise', '--json');
    const { selected, missing } = JSON.parse(out) as {
      selected: { stimulus: string; error: number }[];
      missing: number;
    };
    // a: (0.5 − 0)²/(0² + 1), c: (0.5 − 1)²/(1² + 1)
    expect(selected.map(({ stimulus, error }) => [stimulus, error])).toEqual([
      ['a', 0.25],
      ['c', 0.125]
    ]);
    expect(missing).toBe(1);
    expect(notes).toEqual(['warning: 1 of 3 stimuli have no prediction and cannot be selected']);
  });

  it('selects all where more are asked for, with a warning', async () => {
    const { out, notes } = await run(await file('list.csv', LIST), '--n', '9', '--json');
    expect((JSON.parse(out) as { n: number }).n).toBe(4);
    expect(notes).toEqual(['warning: 9 stimuli were asked for, there are 4; all are selected']);
  });

  it('picks references first, then the worst of each, in full reference', async () => {
    const list = await file(
      'fr.csv',
      [
        'reference,stimulus,mos,sigma,prediction',
        ...['r1,a,0,0,1', 'r2,a,0,0,3', 'r1,b,0,0,2', 'r2,b,0,0,1', 'r3,c,0,0,0.5', 'r2,c,0,0,3']
      ].join('\n')
    );
    const options = ['--scenario', 'fr', '--references', '2', '--per-reference', '2', '--json'];
    const plain = JSON.parse((await run(list, ...options)).out) as Record<string, unknown>;
    expect(plain).toMatchObject({ scenario: 'fr', n: 4 });
    expect(plain['references']).toEqual([
      { rank: 1, reference: 'r2', error: 19 / 3, diversity: 0, objective: 19 / 3 },
      { rank: 2, reference: 'r1', error: 2.5, diversity: 0, objective: 2.5 }
    ]);
    expect(plain['selected']).toEqual(
      [
        ['r2', 'a', 9],
        ['r2', 'c', 9],
        ['r1', 'b', 4],
        ['r1', 'a', 1]
      ].map(([reference, stimulus, error], k) => ({
        rank: k + 1,
        stimulus,
        reference,
        error,
        diversity: 0,
        objective: error
      }))
    );
    const features = await file('rf.csv', 'stimulus,x,y\nr1,1,0\nr2,1,0\nr3,0,1\n');
    const diverse = await run(list, ...options, '--features', features, '--lambda', '5');
    const references = (JSON.parse(diverse.out) as { references: object[] }).references;
    expect(references[1]).toMatchObject({ reference: 'r3', diversity: 1, objective: 5.25 });
  });

  it('prints a table for a person', async () => {
    const { out } = await run(await file('list.csv', LIST), '--n', '1');
    expect(out).toBe(
      'rank  stimulus  error  diversity  objective\n   1  a             2          0          2\n'
    );
  });

  const head = 'stimulus,mos,sigma,prediction\n';
  const bad: [string, string, string[], string][] = [
    [
      'a missing column',
      'stimulus,mos,sigma\na,1,1\n',
      [],
      'bad.csv, line 1, column "prediction": this column is missing'
    ],
    [
      'text for a number',
      `${head}a,good,1,1\n`,
      [],
      'bad.csv, line 2, column "mos": "good" is not a finite number'
    ],
    ['an empty mos', `${head}a,,1,1\n`, [], 'bad.csv, line 2, column "mos": is empty'],
    ['an empty sigma', `${head}a,1,,1\n`, [], 'bad.csv, line 2, column "sigma": is empty'],
    ['a negative sigma', `${head}a,1,-1,1\n`, [], 'bad.csv, line 2, column "sigma": "-1" is negative'],
    [
      'NaN',
      `${head}a,1,1,1\nb,1,1,NaN\n`,
      [],
      'bad.csv, line 3, column "prediction": "NaN" is not a finite number'
    ],
    [
      'a repeated stimulus',
      `${head}a,1,1,1\na,2,1,1\n`,
      [],
      'bad.csv, line 3, column "stimulus": "a" is given already on line 2'
    ],
    ['a stimulus without a name', `${head} ,1,1,1\n`, [], 'bad.csv, line 2, column "stimulus": is empty'],
    [
      'no prediction at all',
      `${head}a,1,1,\n`,
      [],
      'bad.csv, line 2, column "prediction": no stimulus has a prediction'
    ],
    ['a header alone', head, [], 'bad.csv, line 2: has a header but no rows'],
    [
      'σ = ε = 0',
      `${head}a,1,0,2\n`,
      ['--epsilon', '0'],
      'bad.csv, line 2, column "sigma": the error of "a" is not finite'
    ],
    [
      'an error beyond all numbers',
      `${head}a,1e200,0,-1e200\n`,
      [],
      'bad.csv, line 2, column "sigma": the error of "a" is not finite: a value is too large'
    ]
  ];
  for (const [name, list, options, message] of bad) {
    it(`refuses ${name}`, async () => {
      expect(await refusal(list, '--n', '1', ...options)).toContain(message);
    });
  }

  it('refuses features that do not cover the list, are no numbers, or come twice', async () => {
    const few = await file('few.csv', 'stimulus,x\na,1\n');
    expect(await refusal(LIST, '--n', '1', '--features', few)).toMatch(
      /^bad\.csv, line 3, column "stimulus": "b" has no features in .*few\.csv$/
    );
    const text = await file('text.csv', 'stimulus,x\na,one\n');
    expect(await refusal(LIST, '--n', '1', '--features', text)).toContain(
      'text.csv, line 2, column "x": "one" is not a finite number'
    );
    const twice = await file('twice.csv', 'stimulus,x\na,1\na,2\n');
    expect(await refusal(LIST, '--n', '1', '--features', twice)).toContain(
      'twice.csv, line 3, column "stimulus": "a" is given already'
    );
    const none = await file('none.csv', 'stimulus\na\n');
    expect(await refusal(LIST, '--n', '1', '--features', none)).toContain('holds no feature columns');
  });

  it('refuses a run that does not say how many, and both files from standard input', async () => {
    expect(await refusal(LIST)).toMatch(/--n is needed/);
    expect(await refusal(LIST, '--scenario', 'fr', '--references', '2')).toMatch(/--per-reference is needed/);
    await expect(run('-', '--n', '1', '--features', '-')).rejects.toThrow(/cannot both be standard input/);
  });
});
