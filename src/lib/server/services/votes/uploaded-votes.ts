import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { receiveTable } from '../metrics/receive-table.ts';
import type { VoteFile } from './read-votes.ts';

/** A file that nobody imported stays a day. */
const KEPT_MS = 86_400_000;

const root = (lab: Pick<Lab, 'config'>) => path.join(lab.config.dataDir, 'uploads', '.votes');

/**
 * Keeps a file of votes that a browser brought, while its person looks at what it holds.
 * @returns its id.
 * @throws BadInput where it is larger than the lab takes.
 */
export async function keepVotes(
  lab: Pick<Lab, 'config'>,
  name: string,
  bytes: Readable
): Promise<{ id: string; label: string }> {
  await forgetOld(lab);
  const received = await receiveTable(lab, name, bytes);
  const id = randomBytes(16).toString('base64url');
  const folder = path.join(root(lab), id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path.join(folder, 'name'), received.label, { mode: 0o600 });
  await rename(received.path, path.join(folder, 'votes.csv'));
  return { id, label: received.label };
}

/** @throws BadInput for what is no such file, or none any more. */
export async function keptVotes(lab: Pick<Lab, 'config'>, id: string): Promise<VoteFile> {
  // It becomes part of a path.
  if (!/^[A-Za-z0-9_-]{22}$/.test(id)) throw new BadInput('there is no such file; bring it again');
  const folder = path.join(root(lab), id);
  try {
    return { path: path.join(folder, 'votes.csv'), label: await readFile(path.join(folder, 'name'), 'utf8') };
  } catch {
    throw new BadInput('the file is not here any more; bring it again');
  }
}

export async function forgetVotes(lab: Pick<Lab, 'config'>, id: string): Promise<void> {
  if (/^[A-Za-z0-9_-]{22}$/.test(id)) await rm(path.join(root(lab), id), { recursive: true, force: true });
}

async function forgetOld(lab: Pick<Lab, 'config'>): Promise<void> {
  const names = await readdir(root(lab)).catch(() => []);
  for (const name of names) {
    const folder = path.join(root(lab), name);
    const info = await stat(folder).catch(() => null);
    if (info && Date.now() - info.mtimeMs > KEPT_MS) await rm(folder, { recursive: true, force: true });
  }
}
