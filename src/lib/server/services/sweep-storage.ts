import * as stored from '#lib/server/db/stored-files.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from './lab.ts';

/** Files younger than this may belong to something that is being stored right now. */
const YOUNGEST_MS = 24 * 60 * 60_000;

export interface Sweep {
  /** Stored files that nothing refers to any more, and their bytes. */
  files: number;
  bytes: number;
  /** Pictures that no dataset has any more. */
  pictures: number;
  /** Whether they were removed; else they are only counted. */
  removed: boolean;
}

/**
 * Finds stored files that nothing refers to: pictures of deleted datasets with their copies, leftovers of processes that
 * died. What is younger than a day is never touched. Removing them cannot be undone.
 *
 * @throws BadInput while a dataset is being imported: its pictures are stored before anything refers to them.
 */
export async function sweepStorage(
  lab: Pick<Lab, 'db' | 'storage' | 'shownImages'>,
  { remove }: { remove: boolean }
): Promise<Sweep> {
  const importing = await stored.beingImported(lab.db);
  if (remove && importing.length > 0) {
    throw new BadInput(
      `unused files are removed while nothing is imported; ${importing.map((name) => JSON.stringify(name)).join(', ')} ` +
        `${importing.length === 1 ? 'is' : 'are'} not complete yet`
    );
  }
  const oldest = new Date(Date.now() - YOUNGEST_MS);
  const used = await stored.usedHashes(lab.db);
  const unused: { name: string; byteLength: number }[] = [];
  for await (const file of lab.storage.list()) {
    if (!used.has(file.name) && file.modifiedAt < oldest) unused.push(file);
  }
  const bytes = unused.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (!remove) {
    const pictures = await stored.countUnusedImages(lab.db);
    return { files: unused.length, bytes, pictures, removed: false };
  }
  // The rows first: a file without a row is found by the next sweep, a row without its file is a broken picture.
  const pictures = await stored.removeUnusedImages(lab.db);
  lab.shownImages.clear();
  // An import that began meanwhile has claimed rows that were unused, or puts its files anew.
  const claimed = await stored.usedHashes(lab.db);
  let files = 0;
  let removed = 0;
  for (const { name, byteLength } of unused) {
    if (claimed.has(name) || !(await lab.storage.remove(name, oldest))) continue;
    files++;
    removed += byteLength;
  }
  return { files, bytes: removed, pictures, removed: true };
}
