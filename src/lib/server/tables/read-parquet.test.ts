import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { readValues, type ValueRow } from './read-values.ts';

const source = (bytes: Uint8Array) => ({
  label: 'features.parquet',
  bytes: (async function* () {
    yield bytes.subarray(0, 10);
    yield bytes.subarray(10);
  })()
});
const read = async (bytes: Uint8Array) => {
  const rows: ValueRow[] = [];
  let names: string[] = [];
  await readValues(
    source(bytes),
    ['stimulus'],
    (header) => (names = header.names),
    (row) => rows.push(row)
  );
  return { names, rows };
};
const written = (columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData']) =>
  new Uint8Array(parquetWriteBuffer({ columnData }));

describe('a Parquet table', () => {
  it('gives text, numbers of all kinds and what is missing, row by row', async () => {
    const { names, rows } = await read(
      written([
        { name: 'stimulus', data: ['a.png', 'b.png'], type: 'STRING' },
        { name: 'x', data: [0.1, null], type: 'DOUBLE', nullable: true },
        { name: 'n', data: [7n, 9n], type: 'INT64' }
      ])
    );
    expect(names).toEqual(['stimulus', 'x', 'n']);
    expect(rows).toEqual([
      { line: 1, cells: ['a.png', 0.1, 7] },
      { line: 2, cells: ['b.png', null, 9] }
    ]);
  });

  it('reads more rows than one piece in order', async () => {
    const n = 2500;
    const { rows } = await read(
      written([
        { name: 'stimulus', data: Array.from({ length: n }, (_, i) => `s${i}`), type: 'STRING' },
        { name: 'x', data: Float32Array.from({ length: n }, (_, i) => i), type: 'FLOAT' }
      ])
    );
    expect(rows).toHaveLength(n);
    expect(rows[2400]).toEqual({ line: 2401, cells: ['s2400', 2400] });
  });

  it('is refused with its name where a column is missing or it is cut off', async () => {
    const bytes = written([{ name: 'image', data: ['a'], type: 'STRING' }]);
    await expect(read(bytes)).rejects.toThrow(/features\.parquet, column "stimulus": .*the file has "image"/);
    await expect(read(bytes.subarray(0, 30))).rejects.toThrow(/features\.parquet: cannot be read as Parquet/);
  });
});
