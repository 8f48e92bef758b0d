import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePng, noisePixels, rgbPng } from '../../../tests/fixtures/made-images.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { parseCommand } from '../arguments.ts';
import { metrics } from './metrics.ts';

const SIDE = 16;
let outer: string;
let folder: string;

beforeAll(async () => {
  outer = await mkdtemp(path.join(os.tmpdir(), 'limen-metrics-'));
  folder = path.join(outer, 'list');
  await mkdir(path.join(folder, 'sub'), { recursive: true });
  const png = (seed: number, side = SIDE) => rgbPng(side, side, noisePixels(side * side * 3, seed));
  await writeFile(path.join(outer, 'secret.png'), png(1));
  await writeFile(path.join(folder, 'a.png'), png(1));
  await writeFile(path.join(folder, 'sub', 'b.png'), png(2));
  await writeFile(path.join(folder, 'large.png'), png(3, SIDE + 1));
  await writeFile(path.join(folder, 'cut.png'), png(4).subarray(0, 200));
  await writeFile(path.join(folder, 'text.png'), 'these are no pixels');
  const rows = Array.from({ length: SIDE }, () => noisePixels(SIDE * 4));
  await writeFile(
    path.join(folder, 'alpha.png'),
    makePng({ widthPx: SIDE, heightPx: SIDE, colourType: 6, bitDepth: 8, rows })
  );
  await symlink(path.join(folder, 'a.png'), path.join(folder, 'inside.png'));
  await symlink(path.join(outer, 'secret.png'), path.join(folder, 'leak.png'));
  await symlink(outer, path.join(folder, 'up'));
});
afterAll(() => rm(outer, { recursive: true }));

async function run(list: string, ...options: string[]) {
  const made = path.join(folder, 'pairs.csv');
  await writeFile(made, list);
  const out: string[] = [];
  const terminal = { out: (text: string) => out.push(text), note: () => {}, progress: () => {} };
  const argv = [made, ...options];
  const status = await metrics.run(
    parseCommand('metrics', argv, metrics.positionals, metrics.options),
    terminal
  );
  return { status, out: out.join('') };
}

async function refusal(...rows: string[]): Promise<string> {
  const error = await run(['reference,distorted', ...rows].join('\n')).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(BadInput);
  return (error as BadInput).message.replace(folder + path.sep, '');
}

describe('limen metrics', () => {
  it('measures each pair, by paths relative to the list, links inside the folder followed', async () => {
    const { status, out } = await run('distorted,reference\nsub/b.png,a.png\ninside.png,a.png\n', '--json');
    expect(status).toBe(0);
    const { pairs } = JSON.parse(out) as { pairs: Record<string, unknown>[] };
    expect(Object.keys(pairs[0]!).sort()).toEqual(
      ['ciede2000', 'distorted', 'fsim', 'fsimc', 'gmsd', 'msSsim', 'psnr', 'reference', 'ssim'].sort()
    );
    expect(pairs[0]).toMatchObject({ reference: 'a.png', distorted: 'sub/b.png', msSsim: null });
    expect(pairs[0]!['psnr']).toBeGreaterThan(5);
    expect(pairs[1]).toMatchObject({ psnr: null, identical: true, ssim: 1, gmsd: 0, ciede2000: 0 });
  });

  it('prints a table for a person', async () => {
    const { out } = await run('reference,distorted\na.png,a.png\n');
    expect(out.split('\n')[0]).toMatch(/^reference {2}distorted +PSNR +SSIM +MS-SSIM/);
    expect(out.split('\n')[1]).toMatch(/^a\.png +a\.png +identical +1 +– +1 +1 +0 +0$/);
  });

  const bad: [string, string[], string][] = [
    [
      'a path with dots out of the folder',
      ['a.png,../secret.png'],
      'line 2, column "distorted": "../secret.png" leads outside'
    ],
    [
      'an absolute path',
      ['/etc/hostname,a.png'],
      'line 2, column "reference": "/etc/hostname" leads outside'
    ],
    [
      'a link out of the folder',
      ['a.png,a.png', 'leak.png,a.png'],
      'line 3, column "reference": "leak.png" leads outside'
    ],
    ['a linked folder', ['a.png,up/secret.png'], 'column "distorted": "up/secret.png" leads outside'],
    ['a file that is not there', ['a.png,b.png'], 'line 2, column "distorted": "b.png" does not exist'],
    ['a file for a folder', ['a.png,a.png/b.png'], '"a.png/b.png" does not exist'],
    ['a directory', ['a.png,sub'], 'column "distorted": "sub" is a directory'],
    ['an empty path', ['a.png,'], 'line 2, column "distorted": is empty'],
    [
      'a truncated image',
      ['a.png,sub/b.png', 'a.png,cut.png'],
      'line 3, column "distorted": "cut.png": the PNG is truncated'
    ],
    [
      'a text file by an image’s name',
      ['text.png,a.png'],
      'column "reference": "text.png": this is a text file'
    ],
    ['alpha', ['a.png,alpha.png'], 'column "distorted": "alpha.png": the image has an alpha channel'],
    [
      'images of different size',
      ['a.png,large.png'],
      'column "distorted": "large.png" is 17 × 17 pixels, its reference "a.png" 16 × 16'
    ]
  ];
  for (const [name, rows, message] of bad) {
    it(`refuses ${name}`, async () => {
      expect(await refusal(...rows)).toContain(message);
    });
  }

  it('refuses a list without its columns', async () => {
    await expect(run('a,b\nx,y\n')).rejects.toThrow(/line 1, column "reference": this column is missing/);
  });
});
