import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { isPassedOver, uploadPathProblem } from './upload-path.ts';
import { ARCHIVE, findUpload, uploadFolder } from './uploads.ts';

type Home = Pick<Lab, 'config'>;

/** One file of a request: `archive` is the zip itself, `file` lies in the upload under its name. */
export interface IncomingFile {
  role: 'file' | 'archive';
  name: string;
  bytes: Readable;
}

/** Bytes that an upload has so far, so that each file need not count all of them again. */
const sizes = new Map<string, number>();

/**
 * Streams one file to its upload's folder. A file that arrives again with the same bytes changes nothing, so that a
 * browser may send a batch again.
 *
 * @returns null, or one line that says why the file was refused; its bytes are read to their end either way.
 * @throws BadInput when the upload takes no more: it is too large, or its import has begun.
 */
export async function receiveFile(lab: Home, id: string, incoming: IncomingFile): Promise<string | null> {
  const upload = await findUpload(lab, id);
  if (upload.state !== 'receiving') throw new BadInput('this import has begun and takes no more files');
  const folder = uploadFolder(lab, id);
  const target = incoming.role === 'archive' ? path.join(folder, ARCHIVE) : targetOf(folder, incoming.name);
  if (target === null || typeof target === 'object') {
    incoming.bytes.resume();
    return target === null ? null : `${JSON.stringify(incoming.name)} ${target.problem}`;
  }
  const temporary = path.join(folder, `.part-${randomBytes(8).toString('hex')}`);
  const before = sizes.get(id) ?? (await sizeOf(folder));
  let taken = 0;
  sizes.set(id, before);
  const bound = new Transform({
    transform(chunk: Buffer, _, done) {
      taken += chunk.byteLength;
      const total = (sizes.get(id) ?? 0) + chunk.byteLength;
      sizes.set(id, total);
      if (total <= lab.config.maxUploadBytes) done(null, chunk);
      else done(new BadInput(`more than ${lab.config.maxUploadBytes} bytes were sent (MAX_UPLOAD_BYTES)`));
    }
  });
  try {
    await pipeline(incoming.bytes, bound, createWriteStream(temporary, { flags: 'wx', mode: 0o600 }));
    if (await exists(target)) {
      const same = (await hashOf(target)) === (await hashOf(temporary));
      await rm(temporary, { force: true });
      sizes.set(id, (sizes.get(id) ?? taken) - taken);
      return same ? null : `${JSON.stringify(incoming.name)} was sent twice, with different bytes`;
    }
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    await rename(temporary, target);
    return null;
  } catch (error) {
    await rm(temporary, { force: true });
    sizes.set(id, Math.max(0, (sizes.get(id) ?? taken) - taken));
    const code = (error as NodeJS.ErrnoException).code;
    // A name that is a folder already, or a folder in it that is a file.
    if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'EEXIST') {
      return `${JSON.stringify(incoming.name)} is a file and a folder at once`;
    }
    if (code === 'ENOSPC') throw new BadInput('the disk of the data directory is full');
    throw error;
  }
}

function targetOf(folder: string, name: string): string | null | { problem: string } {
  if (isPassedOver(name)) return null;
  const problem = uploadPathProblem(name);
  return problem === null ? path.join(folder, 'files', ...name.split('/')) : { problem };
}

/** Forgets what was counted: the upload is imported or gone. */
export function forgetSize(id: string): void {
  sizes.delete(id);
}

async function sizeOf(folder: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) total += (await stat(path.join(entry.parentPath, entry.name))).size;
  }
  return total;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false
  );
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
