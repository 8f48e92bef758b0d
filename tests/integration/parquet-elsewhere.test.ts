import { tableFromIPC } from 'apache-arrow';
import { ParquetFile, readParquet } from 'parquet-wasm/node';
import { describe, expect, it } from 'vitest';
import type { Column, TableRow } from '../../src/lib/server/tables/table.ts';
import { parquetPieces } from '../../src/lib/server/tables/write-parquet.ts';

const COLUMNS: Column[] = (
  ['text', 'integer', 'number', 'boolean', 'instant', 'json', 'texts', 'integers'] as const
).map((type) => ({ name: type, type, description: '' }));
const ROWS = 45_000;

/** Every kind of cell, and none of each in every fifth row. */
function rowAt(i: number): TableRow {
  if (i % 5 === 4) return COLUMNS.map(() => null);
  return [
    i % 5 === 0 ? '' : `=wörd ${i}`,
    -i,
    i / 7,
    i % 2 === 0,
    new Date(1.7e12 + i).toISOString(),
    `{"i":${i}}`,
    i % 3 === 0 ? [] : [`a${i}`, 'b'],
    [i, -1]
  ];
}

async function* rows(): AsyncGenerator<TableRow> {
  for (let i = 0; i < ROWS; i++) yield rowAt(i);
}

describe('Parquet as the Rust library of Apache Arrow reads it', () => {
  it('has every cell as it was given, in groups of bounded size', async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of parquetPieces({ name: 't', columns: COLUMNS, rows: rows() }))
      pieces.push(piece);
    const bytes = new Uint8Array(Buffer.concat(pieces));
    // One piece a group and one for the end: none is held until there are all.
    expect(pieces).toHaveLength(4);
    const metadata = (await ParquetFile.fromFile(new Blob([bytes]))).metadata();
    expect(metadata.fileMetadata().numRows()).toBe(ROWS);
    expect(metadata.rowGroups().map((group) => group.numRows())).toEqual([20_000, 20_000, 5000]);
    const table = tableFromIPC(readParquet(bytes).intoIPCStream());
    expect(table.numRows).toBe(ROWS);
    expect(table.schema.fields.map(({ name, nullable }) => [name, nullable])).toEqual(
      COLUMNS.map(({ name }) => [name, true])
    );
    const columns = COLUMNS.map(({ name }) => table.getChild(name));
    for (let i = 0; i < ROWS; i += 1) {
      const read = columns.map((column, at) => plain(column?.get(i) as unknown, COLUMNS[at]?.type));
      // One comparison a row is what takes time: it is made where the texts differ, to say what is wrong.
      const given = rowAt(i);
      if (JSON.stringify(read) !== JSON.stringify(given)) expect(read).toEqual(given);
    }
  });
});

function plain(cell: unknown, type: string | undefined): unknown {
  if (cell === null || cell === undefined) return null;
  if (type === 'instant') return new Date(Number(cell)).toISOString();
  if (type === 'texts' || type === 'integers') return [...(cell as Iterable<unknown>)];
  return cell;
}
