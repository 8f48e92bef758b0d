import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import { cleanUploads } from '../../src/lib/server/services/import/clean-uploads.ts';
import { continueImport } from '../../src/lib/server/services/import/continue-import.ts';
import { previewUpload } from '../../src/lib/server/services/import/preview-upload.ts';
import { receiveFile } from '../../src/lib/server/services/import/receive-file.ts';
import { startImport, stopImport } from '../../src/lib/server/services/import/start-import.ts';
import {
  createUpload,
  findUpload,
  listUploads,
  readProgress,
  readReport,
  uploadFolder,
  type Upload,
  type UploadOptions
} from '../../src/lib/server/services/import/uploads.ts';
import { miniKadid, miniSpaq } from '../fixtures/published-datasets.ts';
import { makeZip } from '../fixtures/made-zip.ts';
import { openTestLab, picture, type TestLab } from './support.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
});
afterAll(() => test.remove());

const OPTIONS: UploadOptions = {
  name: 'brought',
  scenario: 'no-reference',
  layout: 'folder',
  list: 'mos.csv',
  columns: {
    stimulus: 'image',
    mos: 'mos',
    sigma: 'sd',
    n: '',
    reference: '',
    distortion: '',
    level: '',
    content: ''
  },
  mosRange: null,
  lowerIsBetter: false,
  licence: 'CC BY 4.0',
  attribute: 'sharpness',
  ifMissing: false
};

function send(upload: Upload, name: string, bytes: Uint8Array | string): Promise<string | null> {
  const body = Readable.from([typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes)]);
  return receiveFile(test.lab, upload.id, { role: 'file', name, bytes: body });
}

describe('uploads', () => {
  it('keep files under their names, take the same again, and refuse what leads elsewhere', async () => {
    const upload = await createUpload(test.lab, 'folder', 'pictures');
    const good = await picture(1);
    expect(await send(upload, 'images/a.png', good)).toBeNull();
    expect(await send(upload, 'images/a.png', good)).toBeNull();
    expect(await send(upload, 'images/a.png', await picture(2))).toMatch(/sent twice, with different bytes/);
    expect(await send(upload, 'images/a.png/b.png', good)).toMatch(/a file and a folder at once/);
    expect(await send(upload, '.DS_Store', 'x')).toBeNull();
    for (const name of ['../evil.png', '/tmp/evil.png', 'a/../../evil.png', 'C:\\evil.png', 'run.sh']) {
      const problem = await send(upload, name, good);
      expect(problem, name).toMatch(/^"/);
      expect(problem).not.toMatch(/\n/);
    }
    const folder = uploadFolder(test.lab, upload.id);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .sort();
    expect(files).toEqual(['files/images/a.png', 'upload.json']);
    expect(existsSync(path.join(test.config.dataDir, 'evil.png'))).toBe(false);
    expect(Buffer.compare(readFileSync(path.join(folder, 'files/images/a.png')), Buffer.from(good))).toBe(0);
  });

  it('hold no more than the lab takes at once', async () => {
    const lab = { ...test.lab, config: { ...test.config, maxUploadBytes: 2000 } };
    const upload = await createUpload(lab, 'folder', 'large');
    const part = (name: string) =>
      receiveFile(lab, upload.id, { role: 'file', name, bytes: Readable.from([Buffer.alloc(900)]) });
    expect(await part('a.png')).toBeNull();
    // The upload's own state is counted too, and takes less than the rest.
    await expect(part('b.png').then(() => part('c.png'))).rejects.toThrow(/MAX_UPLOAD_BYTES/);
    expect(readdirSync(uploadFolder(lab, upload.id)).filter((name) => name.startsWith('.part'))).toEqual([]);
  });

  it('are found by ids alone', async () => {
    for (const id of ['..', '../../etc', 'x'.repeat(22), '']) {
      await expect(findUpload(test.lab, id)).rejects.toThrow(/no such import/);
    }
  });
});

describe('import of an upload', () => {
  async function brought(): Promise<Upload> {
    const upload = await createUpload(test.lab, 'folder', 'brought');
    for (let i = 0; i < 12; i++) await send(upload, `images/${i}.png`, await picture(100 + i));
    await send(upload, 'images/broken.png', (await picture(120)).subarray(0, 200));
    const rows = Array.from({ length: 12 }, (_, i) => `${i}.png,${1 + i / 3},0.5`);
    await send(
      upload,
      'mos.csv',
      ['image,mos,sd', ...rows, 'broken.png,2,0.5', 'gone.png,3,0.5', ''].join('\n')
    );
    await send(upload, 'readme.txt', 'Nothing but words in here, as one would expect.\n');
    return upload;
  }

  it('previews the list and guesses its columns, imports in the background and keeps the report', async () => {
    const upload = await brought();
    const preview = await previewUpload(test.lab, upload, null);
    expect(preview).toMatchObject({ pictures: 13, lists: ['mos.csv', 'readme.txt'], problem: null });
    expect(preview.list).toMatchObject({
      path: 'mos.csv',
      header: ['image', 'mos', 'sd'],
      mapping: { stimulus: 'image', mos: 'mos', sigma: 'sd' },
      counts: { rows: 14, refused: 0 },
      range: { low: 1, high: 5 }
    });
    expect(preview.list?.rows[0]).toEqual(['0.png', '1', '0.5']);

    for (const [change, message] of [
      [{ name: '../x' }, /cannot name a dataset/],
      [{ name: 'import' }, /cannot name a dataset/],
      [{ scenario: 'full-reference' }, /names each reference/],
      [{ list: 'other.csv' }, /no list/],
      [{ columns: { ...OPTIONS.columns, mos: '' } }, /holds the MOS/],
      [{ mosRange: { low: 5, high: 1 } }, /lower one first/]
    ] as [Partial<UploadOptions>, RegExp][]) {
      await expect(startImport(test.lab, upload.id, { ...OPTIONS, ...change })).rejects.toThrow(message);
    }
    expect((await startImport(test.lab, upload.id, OPTIONS)).state).toBe('importing');
    await expect(send(upload, 'late.png', await picture(1))).rejects.toThrow(/takes no more files/);
    expect(await continueImport(test.lab, upload.id)).toBe(true);

    expect((await findUpload(test.lab, upload.id)).state).toBe('done');
    const report = await readReport(test.lab, upload.id);
    expect(report).toMatchObject({ dataset: 'brought', imported: 12, mosRange: { low: 1, high: 5 } });
    expect(report?.refused.map(({ file, line }) => `${file}:${line ?? ''}`)).toEqual([
      'images/broken.png:',
      'mos.csv:15'
    ]);
    const dataset = await datasets.byName(test.lab.db, 'brought');
    expect(dataset).toMatchObject({ state: 'ready', licence: 'CC BY 4.0', attribute: 'sharpness' });
    // The pictures are in storage; what was uploaded is gone.
    expect(existsSync(path.join(uploadFolder(test.lab, upload.id), 'files'))).toBe(false);
    await expect(startImport(test.lab, upload.id, OPTIONS)).rejects.toThrow(/is done/);
  });

  it('stops when it is told to, and goes on where it was', async () => {
    const upload = await createUpload(test.lab, 'folder', 'long');
    for (let i = 0; i < 400; i++) await send(upload, `${i}.png`, await picture(1000 + i));
    await startImport(test.lab, upload.id, { ...OPTIONS, name: 'long', list: null });
    const going = continueImport(test.lab, upload.id);
    await stopImport(test.lab, upload.id);
    await going;
    expect((await findUpload(test.lab, upload.id)).state).toBe('stopped');
    const before = await readProgress(test.lab, upload.id);
    expect(before?.total).toBe(400);

    await startImport(test.lab, upload.id, { ...OPTIONS, name: 'long', list: null });
    await continueImport(test.lab, upload.id);
    expect((await findUpload(test.lab, upload.id)).state).toBe('done');
    const dataset = await datasets.byName(test.lab.db, 'long');
    expect((await datasets.stimuliOf(test.lab.db, dataset?.id as number)).length).toBe(400);
  });

  it('goes on in the next process when this one ends in the middle', async () => {
    const upload = await createUpload(test.lab, 'folder', 'cut');
    for (let i = 0; i < 20; i++) await send(upload, `${i}.png`, await picture(2000 + i));
    await startImport(test.lab, upload.id, { ...OPTIONS, name: 'cut', list: null });
    await test.reopen();
    expect(await cleanUploads(test.lab, Date.now())).toEqual([upload.id]);
    await continueImport(test.lab, upload.id);
    expect(await readReport(test.lab, upload.id)).toMatchObject({ imported: 20, refused: [] });
  });

  it('reads a zip as it lies, with the list beside it before the one in it', async () => {
    const upload = await createUpload(test.lab, 'zip', 'archive');
    const zip = makeZip([
      ['set/a.png', await picture(4000)],
      ['set/b.png', await picture(4001)],
      ['set/mos.csv', Buffer.from('image,mos,sd\na.png,1,1\nb.png,2,1\n')]
    ]);
    const archive = { role: 'archive' as const, name: 'set.zip', bytes: Readable.from([Buffer.from(zip)]) };
    expect(await receiveFile(test.lab, upload.id, archive)).toBeNull();
    await send(upload, 'mos.csv', 'image,mos,sd\na.png,3,1\nb.png,4,1\n');
    const preview = await previewUpload(test.lab, upload, null);
    expect(preview).toMatchObject({ pictures: 2, lists: ['mos.csv'] });
    await startImport(test.lab, upload.id, { ...OPTIONS, name: 'zipped' });
    await continueImport(test.lab, upload.id);
    expect(await readReport(test.lab, upload.id)).toMatchObject({ imported: 2, refused: [] });
    const dataset = await datasets.byName(test.lab.db, 'zipped');
    const stored = await datasets.stimuliOf(test.lab.db, dataset?.id as number);
    expect(stored.map(({ name, mos }) => [name, mos])).toEqual([
      ['a.png', 3],
      ['b.png', 4]
    ]);
  });

  it.each([
    ['kadid10k', miniKadid, 'full-reference'],
    ['spaq', miniSpaq, 'no-reference']
  ] as const)('knows %s as its authors publish it', async (layout, make, scenario) => {
    const directory = path.join(test.directory, `published-${layout}`);
    await make(directory);
    const upload = await createUpload(test.lab, 'folder', layout);
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      expect(await send(upload, path.relative(directory, file), readFileSync(file))).toBeNull();
    }
    const preview = await previewUpload(test.lab, upload, null);
    expect(preview.recognised).toMatchObject({ layout, missing: [] });
    await startImport(test.lab, upload.id, { ...OPTIONS, name: layout, layout, scenario, licence: null });
    await continueImport(test.lab, upload.id);
    expect(await findUpload(test.lab, upload.id)).toMatchObject({ state: 'done', problem: null });
    expect((await readReport(test.lab, upload.id))?.refused).toEqual([]);
    expect((await datasets.byName(test.lab.db, layout))?.licence).not.toBeNull();
  });

  it('refuses a zip that is none, or whose names lead out of it, with one line', async () => {
    for (const bytes of [Buffer.from('this is no zip'), makeZip([['../evil.png', await picture(4002)]])]) {
      const upload = await createUpload(test.lab, 'zip', 'broken');
      const archive = { role: 'archive' as const, name: 'x.zip', bytes: Readable.from([Buffer.from(bytes)]) };
      await receiveFile(test.lab, upload.id, archive);
      const preview = await previewUpload(test.lab, upload, null);
      expect(preview.pictures).toBe(0);
      expect(preview.problem).toMatch(/^broken: is .*zip archive/);
    }
  });

  it('says why it failed, and can be tried again otherwise', async () => {
    const upload = await createUpload(test.lab, 'folder', 'odd scale');
    await send(upload, 'a.png', await picture(3000));
    await send(upload, 'mos.csv', 'image,mos,sd\na.png,300,1\n');
    await startImport(test.lab, upload.id, { ...OPTIONS, name: 'odd' });
    await continueImport(test.lab, upload.id);
    expect(await findUpload(test.lab, upload.id)).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/none of the usual scales/)
    });
    await startImport(test.lab, upload.id, {
      ...OPTIONS,
      name: 'odd',
      mosRange: { low: 0, high: 500 },
      lowerIsBetter: true
    });
    await continueImport(test.lab, upload.id);
    expect((await findUpload(test.lab, upload.id)).state).toBe('done');
    expect(await datasets.byName(test.lab.db, 'odd')).toMatchObject({ mosHigh: 500, mosDirection: -1 });
  });
});

describe('cleaning', () => {
  it('removes what nobody imported after a day, and keeps reports a month', async () => {
    const left = await createUpload(test.lab, 'zip', 'left');
    const day = 86_400_000;
    await cleanUploads(test.lab, Date.now() + day / 2);
    expect((await listUploads(test.lab)).map(({ id }) => id)).toContain(left.id);
    await cleanUploads(test.lab, Date.now() + day * 1.1);
    const after = await listUploads(test.lab);
    expect(after.map(({ id }) => id)).not.toContain(left.id);
    expect(after.some(({ state }) => state === 'done')).toBe(true);
    await cleanUploads(test.lab, Date.now() + day * 31);
    expect((await listUploads(test.lab)).filter(({ state }) => state === 'done')).toEqual([]);
  });
});
