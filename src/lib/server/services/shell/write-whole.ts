import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { BadInput } from '#lib/server/tables/bad-input.ts';

/** Beside its place first: a file is there whole or not at all. */
export async function writeWhole(target: string, stream: ReadableStream<Uint8Array>): Promise<void> {
  const temporary = `${target}.part`;
  try {
    await pipeline(Readable.fromWeb(stream), createWriteStream(temporary));
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' || code === 'ENOTDIR') {
      throw new BadInput(`cannot be written (${code})`, { file: target });
    }
    throw error;
  }
}
