import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import type { ImportReport } from '../../src/lib/server/services/import-dataset.ts';
import { createPictures } from '../../src/lib/server/services/run/pictures.ts';
import { shellCommands } from '../../src/lib/server/services/shell/shell-commands.ts';
import { showStimulus } from '../../src/lib/server/services/sitting/show-stimulus.ts';
import { stimulusAddress } from '../../src/lib/server/services/sitting/stimulus-address.ts';
import { noisePixels } from '../fixtures/made-images.ts';
import { openTestLab, type TestLab } from './support.ts';

const SECRET = 'taken at 52.52 N by somebody';
const NAMES = ['a.png', 'b.jpg', 'c.webp', 'turned.jpg'];

let test: TestLab;
let directory: string;
beforeAll(async () => {
  test = await openTestLab();
  directory = path.join(test.directory, 'telling');
  mkdirSync(directory);
  for (const [index, name] of NAMES.entries()) {
    const picture = sharp(noisePixels(40 * 24 * 3, index + 1), {
      raw: { width: 40, height: 24, channels: 3 }
    })
      .withIccProfile('p3')
      .withExif({ IFD0: { Copyright: SECRET } })
      .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`);
    if (name.startsWith('turned')) picture.withMetadata({ orientation: 6 });
    const made = name.endsWith('png')
      ? picture.png()
      : name.endsWith('webp')
        ? picture.webp()
        : picture.jpeg();
    writeFileSync(path.join(directory, name), await made.toBuffer());
  }
});
afterAll(() => test.remove());

function take(name: string, cleanMetadata: boolean): Promise<ImportReport> {
  return shellCommands.import(
    test.lab,
    {
      directory,
      directoryLabel: 'telling',
      mosFile: null,
      mosLabel: null,
      columns: null,
      mosRange: null,
      name,
      scenario: 'no-reference',
      layout: 'folder',
      seed: 1,
      cleanMetadata,
      ifMissing: true
    },
    () => {}
  ) as Promise<ImportReport>;
}

/** What a browser paints: profile applied, turned as the file says. */
const painted = (bytes: Uint8Array) => sharp(bytes).autoOrient().raw().toBuffer();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

it('stores PNG, JPEG and WebP without what is telling, the pixels as they were, and gives people and models those bytes', async () => {
  const report = await take('clean', true);
  expect(report).toMatchObject({ imported: 4, refused: [] });
  expect(report.metadata).toMatchObject({ files: 4, kinds: { EXIF: 4 }, removed: true });
  expect(report.metadata?.kinds['XMP']).toBeGreaterThanOrEqual(3);
  expect(report.warnings.filter((warning) => warning.includes('metadata'))).toHaveLength(1);
  expect(report.warnings[0]).toContain('4 pictures came with metadata');

  const dataset = await datasets.byName(test.lab.db, 'clean');
  const stimuli = await datasets.stimuliOf(test.lab.db, dataset!.id);
  expect(stimuli.map(({ name }) => name)).toEqual(NAMES);
  for (const stimulus of stimuli) {
    const original = readFileSync(path.join(directory, stimulus.name));
    expect(original.includes(SECRET)).toBe(true);
    expect(stimulus.cleanedFrom).toBe(sha256(original));
    // The file as it came is nowhere in the lab.
    expect(await test.lab.storage.get(sha256(original))).toBeNull();
    const stored = (await test.lab.storage.get(stimulus.imageSha256))!;
    expect(sha256(stored)).toBe(stimulus.imageSha256);
    expect(Buffer.from(stored).includes(SECRET)).toBe(false);
    expect((await sharp(stored).metadata()).icc).toEqual((await sharp(original).metadata()).icc);
    expect((await painted(stored)).equals(await painted(original))).toBe(true);

    const forPeople = await showStimulus(
      test.lab,
      7,
      null,
      stimulusAddress(test.lab.blindingKey, 7, stimulus.id)
    );
    const forModels = await createPictures(test.lab, null).get(stimulus.id);
    expect(forModels.sha256).toBe(forPeople!.sha256);
    expect(Buffer.from(forModels.bytes).equals(forPeople!.bytes)).toBe(true);
    // Nothing stands between the stored file and the screen, but where it had to be turned upright.
    if (stimulus.name !== 'turned.jpg') expect(forPeople!.sha256).toBe(stimulus.imageSha256);
    expect((await painted(forPeople!.bytes)).equals(await painted(original))).toBe(true);
  }

  // The same folder once more, cleaned or not, is there already.
  expect(await take('clean', true)).toMatchObject({ imported: 0, alreadyThere: 4, refused: [] });
  expect(await take('clean', false)).toMatchObject({ imported: 0, alreadyThere: 4, refused: [] });
});

it('otherwise keeps the files as they came, shows them clean all the same, and says so in one line', async () => {
  const report = await take('as they came', false);
  expect(report.metadata).toMatchObject({ files: 4, kinds: { EXIF: 4 }, removed: false });
  expect(report.warnings.filter((warning) => warning.includes('metadata'))).toHaveLength(1);
  const dataset = await datasets.byName(test.lab.db, 'as they came');
  for (const { id, name, imageSha256, cleanedFrom } of await datasets.stimuliOf(test.lab.db, dataset!.id)) {
    const original = readFileSync(path.join(directory, name));
    expect([imageSha256, cleanedFrom]).toEqual([sha256(original), null]);
    const shown = await createPictures(test.lab, null).get(id);
    expect(Buffer.from(shown.bytes).includes(SECRET)).toBe(false);
    expect((await painted(shown.bytes)).equals(await painted(original))).toBe(true);
  }
});
