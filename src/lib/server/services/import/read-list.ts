import type { SourceFile } from '#lib/server/storage/image-source.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { readMosCsv, readMosList, type ColumnMapping, type MosTable } from './mos-table.ts';

/** A list of human values is text of a few megabytes; what is larger is none. */
const LARGEST_LIST_BYTES = 256 * 2 ** 20;

export const isList = (path: string) => /\.(csv|txt)$/i.test(path);

/** The bytes of a list, whole. */
export async function listBytes(file: SourceFile): Promise<Uint8Array> {
  if (file.byteLength > LARGEST_LIST_BYTES)
    throw new BadInput('is too large to be a list of MOS', { file: file.path });
  return file.read();
}

/** Whether a list has a header row of columns, or is of words ("name mos std"). */
export function isOfWords(path: string, bytes: Uint8Array): boolean {
  return /\.txt$/i.test(path) && !firstLine(bytes).includes(',');
}

/** A list among the files of an import. */
export async function readList(file: SourceFile, columns: ColumnMapping): Promise<MosTable> {
  const bytes = await listBytes(file);
  const source = { label: file.path, bytes: one(bytes) };
  return isOfWords(file.path, bytes) ? readMosList(source) : readMosCsv(source, columns);
}

export async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function firstLine(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 10_000)).split(/\r\n|\n|\r/)[0] ?? '';
}
