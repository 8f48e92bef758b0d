import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scenario } from '../../src/lib/domain/study.ts';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import type { ImportReport } from '../../src/lib/server/services/import-dataset.ts';
import type { MadeReferences } from '../../src/lib/server/services/import/transform-references.ts';
import { shellCommands, type ImportParams } from '../../src/lib/server/services/shell/shell-commands.ts';
import { miniAgiqa, miniKadid, miniSpaq, miniSpcd, miniTqd } from '../fixtures/published-datasets.ts';
import { openTestLab, picture, type TestLab } from './support.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
});
afterAll(() => test.remove());

async function made(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const directory = path.join(test.directory, name);
  mkdirSync(directory, { recursive: true });
  await make(directory);
  return directory;
}

type Report = ImportReport & { layout: string };

async function imported(
  directory: string,
  scenario: Scenario,
  params: Partial<ImportParams> = {}
): Promise<{ report: Report; dataset: datasets.Dataset; stimuli: datasets.StimulusRow[] }> {
  const name = params.name ?? path.basename(directory);
  const report = (await shellCommands.import(
    test.lab,
    {
      directory,
      directoryLabel: path.basename(directory),
      mosFile: null,
      mosLabel: null,
      columns: null,
      mosRange: null,
      scenario,
      layout: null,
      seed: 1,
      ifMissing: false,
      ...params,
      name
    },
    () => {}
  )) as Report;
  const dataset = (await datasets.byName(test.lab.db, name))!;
  return { report, dataset, stimuli: await datasets.stimuliOf(test.lab.db, dataset.id) };
}

const kinds = (stimuli: datasets.StimulusRow[]) => ({
  references: stimuli.filter((row) => row.kind === 'reference').length,
  distorted: stimuli.filter((row) => row.kind === 'distorted').length
});

describe('KADID-10k in its published layout', () => {
  it('is recognised; σ is the root of its variance; distortion and level come from the names', async () => {
    const directory = await made('fr-kadid', miniKadid);
    const { report, dataset, stimuli } = await imported(directory, 'full-reference');
    expect(report).toMatchObject({ layout: 'kadid10k', imported: 10, refused: [] });
    expect(dataset).toMatchObject({
      mosLow: 1,
      mosHigh: 5,
      mosDirection: 1,
      licence: 'Pixabay licence',
      made: null
    });
    expect(kinds(stimuli)).toEqual({ references: 2, distorted: 8 });
    const row = stimuli.find((one) => one.name === 'images/I01_10_02.png')!;
    expect(row).toMatchObject({ mos: 2.57, distortion: 'JPEG', level: 2, content: 'I01' });
    expect(row.sigma).toBeCloseTo(0.7042726744663603, 12);
    expect(stimuli.find((one) => one.id === row.referenceId)?.name).toBe('images/I01.png');
  });

  it('is NR-KADID without its references', async () => {
    const { report, stimuli } = await imported(path.join(test.directory, 'fr-kadid'), 'no-reference', {
      name: 'nr-kadid'
    });
    expect(report).toMatchObject({ imported: 8, refused: [], warnings: [] });
    expect(kinds(stimuli)).toEqual({ references: 0, distorted: 8 });
  });

  it('is Aug-KADID with transformed references, the same in every lab, with what was done', async () => {
    const directory = path.join(test.directory, 'fr-kadid');
    const { report, dataset, stimuli } = await imported(directory, 'full-reference', {
      name: 'aug-kadid',
      layout: 'aug-kadid'
    });
    expect(report).toMatchObject({ layout: 'aug-kadid', imported: 10, refused: [] });
    const { transforms, seed } = dataset.made as MadeReferences;
    expect(seed).toBe(1);
    expect(Object.keys(transforms).sort()).toEqual(['images/I01.png', 'images/I02.png']);
    for (const { rotationDegrees, scale, shiftX, shiftY } of Object.values(transforms)) {
      expect(Math.abs(rotationDegrees)).toBeGreaterThanOrEqual(1);
      expect(Math.abs(rotationDegrees)).toBeLessThanOrEqual(4);
      expect(Math.abs(scale - 1)).toBeLessThanOrEqual(0.05);
      expect(Math.max(Math.abs(shiftX), Math.abs(shiftY))).toBeLessThanOrEqual(0.02);
    }
    const plain = await datasets.stimuliOf(test.lab.db, (await datasets.byName(test.lab.db, 'fr-kadid'))!.id);
    const shaOf = (rows: datasets.StimulusRow[], name: string) =>
      rows.find((row) => row.name === name)?.imageSha256;
    expect(shaOf(stimuli, 'images/I01.png')).not.toBe(shaOf(plain, 'images/I01.png'));
    expect(shaOf(stimuli, 'images/I01_01_01.png')).toBe(shaOf(plain, 'images/I01_01_01.png'));
    const again = await imported(directory, 'full-reference', { name: 'aug-again', layout: 'aug-kadid' });
    expect(shaOf(again.stimuli, 'images/I02.png')).toBe(shaOf(stimuli, 'images/I02.png'));
    const otherSeed = await imported(directory, 'full-reference', {
      name: 'aug-other',
      layout: 'aug-kadid',
      seed: 2
    });
    expect(shaOf(otherSeed.stimuli, 'images/I02.png')).not.toBe(shaOf(stimuli, 'images/I02.png'));
    // Importing again finds everything there.
    const repeated = await imported(directory, 'full-reference', {
      name: 'aug-kadid',
      layout: 'aug-kadid',
      ifMissing: true
    });
    expect(repeated.report).toMatchObject({ imported: 0, alreadyThere: 10, refused: [] });
  });

  it('broken: says what is missing, refuses what does not fit, takes the rest', async () => {
    const directory = await made('broken-kadid', miniKadid);
    rmSync(path.join(directory, 'images/I02.png'));
    rmSync(path.join(directory, 'images/I01_01_02.png'));
    writeFileSync(path.join(directory, 'images/I01_10_01.png'), 'not a picture');
    writeFileSync(path.join(directory, 'images/notes.png'), await picture(1));
    const text = readFileSync(path.join(directory, 'dmos.csv'), 'utf8');
    writeFileSync(
      path.join(directory, 'dmos.csv'),
      text.replace('I01_10_02.png,I01.png,2.57,0.496', 'I01_10_02.png,I01.png,2.57,-1')
    );
    const { report, stimuli } = await imported(directory, 'full-reference');
    const reasons = report.refused.map(({ file, line, reason }) => `${file} ${line} ${reason}`).join('\n');
    expect(reasons).toMatch(/dmos\.csv 3 there is no picture "I01_01_02\.png"/);
    expect(reasons).toMatch(/dmos\.csv 5 .*standard deviation of -1/);
    expect(reasons).toMatch(/images\/I01_10_01\.png null/);
    expect(reasons.match(/the reference: there is no picture "I02\.png"/g)).toHaveLength(4);
    expect(kinds(stimuli).distorted).toBe(1);
    expect(stimuli.some((row) => row.name === 'images/notes.png')).toBe(false);
  });

  it('without its list is pictures alone, and says so', async () => {
    const directory = await made('listless-kadid', miniKadid);
    rmSync(path.join(directory, 'dmos.csv'));
    const { report, stimuli } = await imported(directory, 'no-reference');
    expect(report.warnings.join('\n')).toMatch(/KADID-10k: not found: dmos\.csv/);
    expect(stimuli.every((row) => row.mos === null)).toBe(true);
  });
});

describe('TQD in its published layout', () => {
  it('is recognised; a list of three words a line has no σ', async () => {
    const directory = await made('tqd', miniTqd);
    const { report, dataset, stimuli } = await imported(directory, 'full-reference');
    expect(report).toMatchObject({ layout: 'tqd', imported: 8, refused: [] });
    expect(dataset).toMatchObject({ mosLow: 0, mosHigh: 1, mosDirection: 1 });
    const row = stimuli.find((one) => one.name === 'images/11-2.png')!;
    expect(row).toMatchObject({ mos: 0.4 + 2 / 10, sigma: null, content: '11' });
    expect(stimuli.find((one) => one.id === row.referenceId)?.name).toBe('images/11-0.png');
  });

  it('broken: a missing reference, a word too many, a MOS that is no number, a name given twice', async () => {
    const directory = await made('broken-tqd', miniTqd);
    rmSync(path.join(directory, 'images/5-0.png'));
    const file = path.join(directory, 'TQD_mos.txt');
    writeFileSync(
      file,
      `${readFileSync(file, 'utf8')}images/11-0.png images/11-3.png 0.5\nimages/11-0.png images/11-4.png many\na b c d e\n`
    );
    const { report, stimuli } = await imported(directory, 'full-reference');
    const reasons = report.refused.map(({ line, reason }) => `${line} ${reason}`).join('\n');
    expect(reasons.match(/the reference: there is no picture "images\/5-0\.png"/g)).toHaveLength(3);
    expect(reasons).toMatch(/^7 .*"images\/11-3\.png" stands on line 6 already/m);
    expect(reasons).toMatch(/^8 .*"many"/m);
    expect(reasons).toMatch(/^9 .*has 5 words/m);
    expect(kinds(stimuli)).toEqual({ references: 1, distorted: 3 });
    expect(report.warnings.join('\n')).not.toMatch(/not found/);
  });
});

describe('SPCD in its published layout', () => {
  it('is pairs with a difference: each pair a stimulus of its own, the direction kept', async () => {
    const directory = await made('spcd', miniSpcd);
    const { report, dataset, stimuli } = await imported(directory, 'full-reference');
    expect(report).toMatchObject({ layout: 'spcd', refused: [], warnings: [] });
    expect(dataset).toMatchObject({ mosDirection: -1, mosLow: 0, mosHigh: 100 });
    expect(kinds(stimuli)).toEqual({ references: 3, distorted: 5 });
    const pair = stimuli.find((row) => row.name === 'images/I0092_01_03.png~images/I0092_01_02.png')!;
    expect(pair).toMatchObject({ mos: 7, sigma: 2, content: 'I0092' });
    const reference = stimuli.find((row) => row.id === pair.referenceId)!;
    expect(reference).toMatchObject({ name: 'images/I0092_01_02.png', kind: 'reference' });
  });

  it('broken: a pair given twice, a picture with itself, a missing picture', async () => {
    const directory = await made('broken-spcd', miniSpcd);
    const file = path.join(directory, 'SPCD_mos_std.txt');
    writeFileSync(
      file,
      `${readFileSync(file, 'utf8')}I0092_01_01.png I0092_01_02.png 5 1\nI0092_01_01.png I0092_01_01.png 5 1\nI0092_01_01.png I0092_01_09.png 5 1\n`
    );
    const { report, stimuli } = await imported(directory, 'full-reference');
    const reasons = report.refused.map(({ line, reason }) => `${line} ${reason}`).join('\n');
    expect(reasons).toMatch(/^6 .*stands on line 1 already/m);
    expect(reasons).toMatch(/^7 .*is its own reference/m);
    expect(reasons).toMatch(/^8 there is no picture "I0092_01_09\.png"/m);
    expect(kinds(stimuli).distorted).toBe(5);
  });

  it('has no meaning without the other picture', async () => {
    await expect(
      imported(path.join(test.directory, 'spcd'), 'no-reference', { name: 'spcd-nr', layout: 'spcd' })
    ).rejects.toThrow(/SPCD is full-reference, not no-reference/);
    expect(await datasets.byName(test.lab.db, 'spcd-nr')).toBeNull();
  });
});

describe('SPAQ in its published layout', () => {
  it.each(['xlsx', 'csv'] as const)('is recognised with its scores as %s', async (kind) => {
    const directory = await made(`spaq-${kind}`, (folder) => miniSpaq(folder, kind));
    const { report, dataset, stimuli } = await imported(directory, 'no-reference');
    expect(report).toMatchObject({ layout: 'spaq', imported: 4, refused: [] });
    expect(dataset).toMatchObject({ mosLow: 0, mosHigh: 100 });
    expect(stimuli.map((row) => [row.name, row.mos])).toEqual([
      ['TestImage/00001.jpg', 20.125],
      ['TestImage/00002.jpg', 40.25],
      ['TestImage/00003.jpg', 60.375],
      ['TestImage/00004.jpg', 80.5]
    ]);
  });

  it('broken: a workbook that is none, and a score beyond the scale', async () => {
    const directory = await made('broken-spaq', (folder) => miniSpaq(folder, 'csv'));
    const file = path.join(directory, 'Annotations/MOS and Image attribute scores.csv');
    writeFileSync(file, readFileSync(file, 'utf8').replace('40.25', '400'));
    const { report, stimuli } = await imported(directory, 'no-reference');
    expect(report.refused).toEqual([
      expect.objectContaining({
        line: 3,
        reason: expect.stringMatching(/MOS of 400 lies outside the scale 0 to 100/)
      })
    ]);
    expect(stimuli).toHaveLength(3);
    const other = await made('sheetless-spaq', (folder) => miniSpaq(folder));
    writeFileSync(path.join(other, 'Annotations/MOS and Image attribute scores.xlsx'), 'no workbook');
    await expect(imported(other, 'no-reference')).rejects.toThrow(
      /MOS and Image attribute scores\.xlsx.*no \.xlsx workbook/
    );
    expect(await datasets.byName(test.lab.db, 'sheetless-spaq')).toBeNull();
  });
});

describe('AGIQA-3K in its published layout', () => {
  it('is recognised; what made a picture takes the place of a distortion', async () => {
    const directory = await made('agiqa', miniAgiqa);
    const { report, dataset, stimuli } = await imported(directory, 'no-reference');
    expect(report).toMatchObject({ layout: 'agiqa3k', imported: 3, refused: [] });
    expect(dataset).toMatchObject({ mosLow: 0, mosHigh: 5 });
    expect(stimuli.map((row) => [row.distortion, row.mos, row.sigma])).toEqual([
      ['AttnGAN', 0.9655, 0.2233],
      ['midjourney', 1.9655, 0.2233],
      ['sd1.5', 2.9655, 0.2233]
    ]);
  });

  it('broken: a missing column is named', async () => {
    const directory = await made('broken-agiqa', miniAgiqa);
    const file = path.join(directory, 'data.csv');
    writeFileSync(file, readFileSync(file, 'utf8').replace('mos_quality', 'quality_mean'));
    await expect(imported(directory, 'no-reference')).rejects.toThrow(
      /data\.csv, line 1, column "mos_quality"/
    );
  });
});
