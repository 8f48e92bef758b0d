import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';

/** A file that came with a form, on disk while it is read. */
export interface ReceivedFile {
  path: string;
  /** As its owner calls it. */
  label: string;
  bytes: AsyncIterable<Uint8Array>;
  remove(): Promise<void>;
}

/**
 * Streams a file of a form to disk.
 * @throws BadInput where it is larger than the lab takes.
 */
export async function receiveTable(
  lab: Pick<Lab, 'config'>,
  name: string,
  bytes: Readable
): Promise<ReceivedFile> {
  const folder = path.join(lab.config.dataDir, 'uploads');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `.table-${randomBytes(8).toString('hex')}`);
  let taken = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _, done) {
      taken += chunk.byteLength;
      if (taken <= lab.config.maxUploadBytes) done(null, chunk);
      else done(new BadInput(`more than ${lab.config.maxUploadBytes} bytes were sent (MAX_UPLOAD_BYTES)`));
    }
  });
  const remove = () => rm(file, { force: true });
  try {
    await pipeline(bytes, bound, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    path: file,
    label: path.basename(name.replaceAll('\\', '/')) || 'the file',
    get bytes() {
      return createReadStream(file, { highWaterMark: 1 << 18 });
    },
    remove
  };
}
