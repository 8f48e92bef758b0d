import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Lab } from '../services/lab.ts';
import { BadInput } from '../tables/bad-input.ts';
import { readMultipart } from './multipart.ts';

/**
 * A form's one file, on disk for as long as `work` takes; its other fields beside it.
 * @throws BadInput when no file was chosen; whatever `work` throws.
 */
export async function withReceivedFile<T>(
  lab: Pick<Lab, 'config'>,
  request: Request,
  work: (file: { path: string; name: string }, fields: Map<string, string>) => Promise<T>
): Promise<T> {
  const folder = await mkdtemp(path.join(lab.config.dataDir, '.received-'));
  try {
    let received: { path: string; name: string } | null = null;
    const fields = await readMultipart(request, async ({ filename, bytes }) => {
      if (filename === '' || received !== null) {
        bytes.resume();
        return;
      }
      const target = path.join(folder, 'file');
      await pipeline(bytes, createWriteStream(target, { mode: 0o600 }));
      received = { path: target, name: filename.split(/[/\\]/).at(-1) ?? 'file' };
    });
    if (received === null) throw new BadInput('choose a file');
    return await work(received, fields);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
