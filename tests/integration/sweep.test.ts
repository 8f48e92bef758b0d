import { readdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import { removeDataset } from '../../src/lib/server/services/remove-dataset.ts';
import { shownBytes } from '../../src/lib/server/services/shown-image.ts';
import { sweepStorage } from '../../src/lib/server/services/sweep-storage.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset } from './world.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
});
afterAll(() => test.remove());

/** Everything that is stored and known was so two days ago. */
async function age(): Promise<void> {
  const blobs = path.join(test.lab.config.dataDir, 'blobs');
  const before = new Date(Date.now() - 48 * 3_600_000);
  for (const entry of readdirSync(blobs, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) utimesSync(path.join(entry.parentPath, entry.name), before, before);
  }
  await test.lab.db.execute(sql`update images set created_at = now() - interval '2 days'`);
}

it('removes what only a deleted dataset had, with its copies, once it is old enough, and nothing else', async () => {
  const { lab } = test;
  await makeDataset(test, 'stays', { count: 3 });
  await makeDataset(test, 'goes', { count: 5 });
  const stimuliOf = async (name: string) =>
    datasets.stimuliOf(lab.db, (await datasets.byName(lab.db, name))!.id);
  const stays = await stimuliOf('stays');
  const goes = await stimuliOf('goes');
  const only = goes.filter(({ imageSha256 }) => !stays.some((one) => one.imageSha256 === imageSha256));
  expect(only.length).toBeGreaterThan(0);
  const copy = await shownBytes(lab, only[0]!.id, 8);
  const kept = await shownBytes(lab, stays[0]!.id, 8);
  await lab.storage.put(new TextEncoder().encode('a leftover'));

  await removeDataset(lab, 'goes', 'goes');
  // All of it is of today.
  expect(await sweepStorage(lab, { remove: true })).toMatchObject({ files: 0, pictures: 0 });
  await age();
  const expected = { files: only.length + 2, pictures: only.length };
  expect(await sweepStorage(lab, { remove: false })).toMatchObject({ ...expected, removed: false });
  expect(await lab.storage.get(copy.sha256)).not.toBeNull();

  await lab.db.execute(sql`update datasets set state = 'importing'`);
  await expect(sweepStorage(lab, { remove: true })).rejects.toThrow('"stays" is not complete yet');
  await lab.db.execute(sql`update datasets set state = 'ready'`);

  expect(await sweepStorage(lab, { remove: true })).toMatchObject({ ...expected, removed: true });
  for (const { imageSha256 } of only) expect(await lab.storage.get(imageSha256)).toBeNull();
  expect(await lab.storage.get(copy.sha256)).toBeNull();
  for (const { imageSha256 } of stays) expect(await lab.storage.get(imageSha256)).not.toBeNull();
  expect(await lab.storage.get(kept.sha256)).not.toBeNull();
  expect(await sweepStorage(lab, { remove: true })).toMatchObject({ files: 0, pictures: 0 });
  // The same pictures come in again as new.
  await makeDataset(test, 'again', { count: 5 });
  for (const { id } of await stimuliOf('again'))
    expect((await shownBytes(lab, id, null)).bytes.length).toBeGreaterThan(0);
});

it('takes nothing from an import that begins while it looks', async () => {
  const { lab } = test;
  await makeDataset(test, 'before', { count: 9 });
  await removeDataset(lab, 'before', 'before');
  await age();
  // The import comes after the sweep has listed files and before it removes any; it brings some of the same pictures.
  const storage: typeof lab.storage = {
    ...lab.storage,
    async *list() {
      yield* lab.storage.list();
      await makeDataset(test, 'meanwhile', { count: 7 });
    }
  };
  const sweep = await sweepStorage({ ...lab, storage }, { remove: true });
  expect(sweep).toMatchObject({ files: 2, pictures: 2 });
  const dataset = await datasets.byName(lab.db, 'meanwhile');
  const stimuli = await datasets.stimuliOf(lab.db, dataset!.id);
  expect(stimuli).toHaveLength(7);
  for (const { imageSha256 } of stimuli) expect(await lab.storage.get(imageSha256)).not.toBeNull();
});

it('takes no file that was put again since it was listed', async () => {
  const { storage } = test.lab;
  const bytes = new TextEncoder().encode('put twice');
  const sha256 = await storage.put(bytes);
  await age();
  const since = new Date(Date.now() - 3_600_000);
  await storage.put(bytes);
  expect(await storage.remove(sha256, since)).toBe(false);
  expect(await storage.get(sha256)).not.toBeNull();
  await age();
  expect(await storage.remove(sha256, since)).toBe(true);
  expect(await storage.remove(sha256, since)).toBe(false);
});
