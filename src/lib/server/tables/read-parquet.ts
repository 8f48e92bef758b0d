import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parquetMetadata, parquetReadObjects, parquetSchema, type FileMetaData } from 'hyparquet';
import { BadInput } from './bad-input.ts';
import { quoted, type TableHeader } from './read-table.ts';
import type { Cell, ValueRow } from './read-values.ts';

/** Rows that are given out at a time. */
const PIECE = 200;

const COMPRESSORS = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
  BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliDecompressSync(bytes))
};

/** Whether a file begins as Parquet files do. */
export function isParquet(start: Uint8Array): boolean {
  return (
    start.length >= 4 && start[0] === 0x50 && start[1] === 0x41 && start[2] === 0x52 && start[3] === 0x31
  );
}

/**
 * Reads a Parquet file of names and numbers row by row, as `readTable` reads a CSV: uncompressed, Snappy, gzip, zstd or Brotli.
 * A column is text, numbers, or lists of numbers.
 *
 * @throws BadInput naming the file, and the row (from 1) and column at fault; whatever the callbacks throw.
 */
export async function readParquet(
  label: string,
  bytes: Uint8Array,
  required: readonly string[],
  onHeader: (header: TableHeader) => void,
  onRow: (row: ValueRow) => void
): Promise<number> {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  let metadata: FileMetaData;
  try {
    metadata = parquetMetadata(buffer);
  } catch (error) {
    throw unreadable(label, error);
  }
  const names = parquetSchema(metadata).children.map((column) => column.element.name);
  for (const name of required) {
    if (names.includes(name)) continue;
    throw new BadInput(`this column is missing; the file has ${names.map(quoted).join(', ')}`, {
      file: label,
      column: name
    });
  }
  const total = Number(metadata.num_rows);
  if (total === 0) throw new BadInput('has no rows', { file: label });
  onHeader({ names, indexOf: (name) => names.indexOf(name) });
  // Column by column: each is decoded once, and others have their turn between them.
  const columns: unknown[][] = [];
  for (const name of names) {
    try {
      const values = await parquetReadObjects({
        file: buffer,
        metadata,
        columns: [name],
        compressors: COMPRESSORS
      });
      columns.push(values.map((row) => row[name]));
    } catch (error) {
      throw unreadable(label, error);
    }
    await othersFirst();
  }
  for (let row = 0; row < total; row++) {
    const line = row + 1;
    onRow({
      line,
      cells: names.map((name, at) => cellOf(columns[at]?.[row], { file: label, line, column: name }))
    });
    if (line % PIECE === 0) await othersFirst();
  }
  return total;
}

function othersFirst(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function cellOf(value: unknown, place: { file: string; line: number; column: string }): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number(value);
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    return Array.from(value as ArrayLike<unknown>, (one) =>
      typeof one === 'bigint' ? Number(one) : typeof one === 'number' ? one : Number.NaN
    );
  }
  throw new BadInput(`holds ${typeof value} values; text or numbers are needed`, place);
}

function unreadable(label: string, error: unknown): BadInput {
  const why = error instanceof Error ? error.message : String(error);
  return new BadInput(`cannot be read as Parquet: ${why}`, { file: label });
}
