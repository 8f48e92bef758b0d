import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import { shellCommands, type ImportParams } from '../../src/lib/server/services/shell/shell-commands.ts';
import type { ImportReport } from '../../src/lib/server/services/import-dataset.ts';
import { openTestLab, picture, type TestLab } from './support.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
});
afterAll(() => test.remove());

function folder(name: string): string {
  const directory = path.join(test.directory, name);
  mkdirSync(directory, { recursive: true });
  return directory;
}

function importFolder(
  directory: string,
  params: Partial<ImportParams> & { name: string }
): Promise<ImportReport> {
  return shellCommands.import(
    test.lab,
    {
      directory,
      directoryLabel: path.basename(directory),
      mosFile: null,
      mosLabel: null,
      columns: null,
      mosRange: null,
      scenario: 'no-reference',
      layout: 'folder',
      seed: 1,
      ifMissing: false,
      ...params
    },
    () => {}
  ) as Promise<ImportReport>;
}

describe('import', () => {
  it('takes pictures and MOS in, keeps the bytes exactly, infers the scale, and is idempotent', async () => {
    const directory = folder('plain');
    mkdirSync(path.join(directory, 'sub'));
    const bytes = new Map<string, Uint8Array>();
    for (const [index, name] of ['a.png', 'b.jpg', 'sub/c.webp'].entries()) {
      const made = await picture(
        index,
        name.endsWith('jpg') ? 'jpeg' : name.endsWith('webp') ? 'webp' : 'png'
      );
      bytes.set(name, made);
      writeFileSync(path.join(directory, name), made);
    }
    writeFileSync(
      path.join(directory, 'mos.csv'),
      'stimulus,mos,sigma\na.png,1.5,0.5\nb.jpg,3,0.7\nc.webp,5,0\n'
    );
    const report = await importFolder(directory, { name: 'plain' });
    expect(report).toMatchObject({
      imported: 3,
      alreadyThere: 0,
      refused: [],
      warnings: [],
      mosRange: { low: 1, high: 5 }
    });

    const dataset = (await datasets.byName(test.lab.db, 'plain'))!;
    const stimuli = await datasets.stimuliOf(test.lab.db, dataset.id);
    expect(stimuli.map(({ name, mos, sigma }) => ({ name, mos, sigma }))).toEqual([
      { name: 'a.png', mos: 1.5, sigma: 0.5 },
      { name: 'b.jpg', mos: 3, sigma: 0.7 },
      { name: 'sub/c.webp', mos: 5, sigma: 0 }
    ]);
    for (const stimulus of stimuli) {
      const stored = await test.lab.storage.get(stimulus.imageSha256);
      expect(Buffer.compare(stored as Uint8Array, bytes.get(stimulus.name) as Uint8Array)).toBe(0);
    }
    await expect(importFolder(directory, { name: 'plain' })).rejects.toThrow(/exists already/);
    const again = await importFolder(directory, { name: 'plain', ifMissing: true });
    expect(again).toMatchObject({ imported: 0, alreadyThere: 3, refused: [] });
  });

  it('reports each broken thing with its place, stores nothing of it, and takes the rest in', async () => {
    const directory = folder('broken');
    const good = await picture(10);
    const write = (name: string, content: Uint8Array | string) =>
      writeFileSync(path.join(directory, name), content);
    write('good.png', good);
    write('same.png', good);
    write('unrated.png', await picture(11));
    write('cut.png', (await picture(12)).subarray(0, 300));
    write('cut.jpg', (await picture(13, 'jpeg', 64)).subarray(0, 700));
    write('text.png', 'this is no picture at all\n');
    write('bomb.png', bombHeader());
    write('twice.png', await picture(14));
    write('nan.png', await picture(15));
    write('negative.png', await picture(16));
    write(
      'mos.csv',
      [
        'stimulus,mos,sigma',
        'good.png,50,1',
        'same.png,51,1',
        'cut.png,52,1',
        'cut.jpg,53,1',
        'text.png,54,1',
        'bomb.png,55,1',
        'gone.png,56,1',
        'twice.png,57,1',
        'twice.png,58,1',
        'nan.png,NaN,1',
        'negative.png,60,-1',
        'short.png,1',
        ''
      ].join('\n')
    );
    const report = await importFolder(directory, { name: 'broken' });
    const places = report.refused.map(({ file, line }) => `${file}:${line ?? ''}`).sort();
    expect(places).toEqual(
      [
        'bomb.png:',
        'broken/mos.csv:8',
        'broken/mos.csv:10',
        'broken/mos.csv:11',
        'broken/mos.csv:12',
        'broken/mos.csv:13',
        'cut.jpg:',
        'cut.png:',
        'text.png:'
      ].sort()
    );
    for (const { reason } of report.refused) expect(reason).not.toMatch(/\n/);
    // good, same, twice; unrated, nan and negative have no usable row and come in without a MOS.
    expect(report.imported).toBe(6);
    expect(report.warnings.join('\n')).toMatch(/same\.png: the same bytes as good\.png/);
    expect(report.warnings.join('\n')).toMatch(/unrated\.png: no row/);
    const dataset = (await datasets.byName(test.lab.db, 'broken'))!;
    const stored = await datasets.stimuliOf(test.lab.db, dataset.id);
    expect(stored.map(({ name, mos }) => `${name} ${mos}`).sort()).toEqual([
      'good.png 50',
      'nan.png null',
      'negative.png null',
      'same.png 51',
      'twice.png 57',
      'unrated.png null'
    ]);
  });

  it('brings references and what was made from them together', async () => {
    const directory = folder('references');
    mkdirSync(path.join(directory, 'images'));
    for (const [index, name] of [
      'I01.png',
      'I02.png',
      'I01_1.png',
      'I01_2.png',
      'I02_1.png',
      'I03_1.png'
    ].entries()) {
      writeFileSync(path.join(directory, 'images', name), await picture(20 + index));
    }
    writeFileSync(
      path.join(directory, 'dmos.csv'),
      'dist_img,ref_img,dmos,var\nI01_1.png,I01.png,4.5,0.1\nI01_2.png,I01.png,2,0.1\nI02_1.png,I02.png,3,0.2\nI03_1.png,I03.png,3,0.2\n'
    );
    const report = await importFolder(directory, {
      name: 'references',
      scenario: 'full-reference',
      layout: 'kadid10k'
    });
    // The copy whose reference is missing does not come in as a reference.
    expect(report.imported).toBe(5);
    expect(report.refused).toEqual([
      expect.objectContaining({ line: 5, reason: expect.stringMatching(/there is no picture "I03\.png"/) })
    ]);
    const dataset = (await datasets.byName(test.lab.db, 'references'))!;
    const stimuli = await datasets.stimuliOf(test.lab.db, dataset.id);
    const byId = new Map(stimuli.map((stimulus) => [stimulus.id, stimulus]));
    const pairs = stimuli
      .filter((stimulus) => stimulus.referenceId !== null)
      .map((stimulus) => `${stimulus.name} of ${byId.get(stimulus.referenceId as number)?.name}`);
    expect(pairs).toEqual([
      'images/I01_1.png of images/I01.png',
      'images/I01_2.png of images/I01.png',
      'images/I02_1.png of images/I02.png'
    ]);
  });

  it('refuses as a whole, and stores nothing, when no column or no scale can be told', async () => {
    const directory = folder('columns');
    writeFileSync(path.join(directory, 'a.png'), await picture(30));
    const list = path.join(directory, 'list.csv');
    const params = { name: 'columns', mosFile: list, mosLabel: 'list.csv' };
    writeFileSync(list, 'image,quality_of_it\na.png,3\n');
    await expect(importFolder(directory, params)).rejects.toThrow(/list\.csv, line 1, column "mos"/);
    await expect(importFolder(directory, { ...params, columns: 'mos=none' })).rejects.toThrow(
      /column "none"/
    );
    writeFileSync(list, 'image,mos\na.png,300\n');
    await expect(importFolder(directory, params)).rejects.toThrow(/--mos-range/);
    expect(await datasets.byName(test.lab.db, 'columns')).toBeNull();
    const report = await importFolder(directory, { ...params, mosRange: { low: 0, high: 500 } });
    expect(report).toMatchObject({ imported: 1, mosRange: { low: 0, high: 500 } });
  });
});

/** A PNG whose header says 60,000 × 60,000. */
function bombHeader(): Uint8Array {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const size = Buffer.alloc(8);
  size.writeUInt32BE(60_000, 0);
  size.writeUInt32BE(60_000, 4);
  return Buffer.concat([header, size, Buffer.from('0802000000', 'hex'), Buffer.alloc(40)]);
}
