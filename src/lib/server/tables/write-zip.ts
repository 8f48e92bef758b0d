import type { ReadableStream } from 'node:stream/web';
import { makeZip } from 'client-zip';

export interface ZipEntry {
  name: string;
  input: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** When nothing else is known: a zip's own first day, so that the same content gives the same bytes. */
const NO_DATE = new Date(1980, 0, 1);

/** Files one after another into a zip (stored, zip64 where it must be), none of them held. */
export function zipStream(entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>): ReadableStream<Uint8Array> {
  return makeZip(dated(entries)) as unknown as ReadableStream<Uint8Array>;
}

async function* dated(entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>) {
  for await (const { name, input } of entries) {
    yield { name, lastModified: NO_DATE, input } as { name: string; input: AsyncIterable<Uint8Array> };
  }
}
