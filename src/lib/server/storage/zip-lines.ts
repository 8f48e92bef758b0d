import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import * as yauzl from 'yauzl';
import { BadInput } from '../tables/bad-input.ts';

/** A zip's entries by name, read as they are asked for: a large one is never held. */
export interface ZipReader {
  names: readonly string[];
  text(name: string): Promise<string>;
  bytes(name: string): Promise<Uint8Array>;
  lines(name: string): AsyncIterable<string>;
  close(): void;
}

/** @throws BadInput when the file is no zip that can be read. */
export async function openZip(file: string, label: string): Promise<ZipReader> {
  let zip: yauzl.ZipFile;
  const entries = new Map<string, yauzl.Entry>();
  try {
    zip = await yauzl.openPromise(file, { lazyEntries: true, autoClose: false });
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  } catch (error) {
    throw new BadInput(
      `is no zip archive that can be read (${error instanceof Error ? error.message : String(error)})`,
      { file: label }
    );
  }
  const stream = async (name: string): Promise<Readable> => {
    const entry = entries.get(name);
    if (!entry) throw new BadInput(`holds no ${name}`, { file: label });
    return zip.openReadStreamPromise(entry);
  };
  const bytes = async (name: string) => {
    const chunks: Buffer[] = [];
    for await (const chunk of await stream(name)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  };
  return {
    names: [...entries.keys()],
    bytes,
    text: async (name) => (await bytes(name)).toString('utf8'),
    async *lines(name) {
      const input = await stream(name);
      for await (const line of createInterface({ input, crlfDelay: Infinity })) if (line !== '') yield line;
    },
    close: () => zip.close()
  };
}
