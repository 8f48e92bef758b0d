import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { ColumnType, StreamedTable, TableCell } from './table.ts';

/** A row group is closed at so many rows or about so many characters, whichever comes first: the memory it takes. */
const GROUP_ROWS = 20_000;
const GROUP_CHARACTERS = 8_000_000;

/**
 * A table as Parquet (snappy, one row group after another, each sent as soon as it is whole). Every column is optional:
 * a missing cell is a null, not a NaN. Lists are lists, instants are UTC milliseconds.
 */
export async function* parquetPieces({ columns, rows }: StreamedTable): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.flatMap(schemaOf)],
    createdBy: 'limen'
  });
  const taken = () => {
    const piece = bytes.getBytes().slice();
    // The writer keeps its own place in the file; only the buffer starts again.
    bytes.index = 0;
    return piece;
  };
  let group: unknown[][] = columns.map(() => []);
  let held = 0;
  const close = () => {
    void writer.write({
      columnData: columns.map(({ name }, index) => ({
        name,
        data: group[index] as unknown[],
        // Its index would be kept until the file's end.
        offsetIndex: false
      })),
      rowGroupSize: GROUP_ROWS
    });
    group = columns.map(() => []);
    held = 0;
    return taken();
  };
  for await (const row of rows) {
    columns.forEach(({ type }, index) => {
      const cell = row[index] ?? null;
      if (typeof cell === 'string') held += cell.length;
      (group[index] as unknown[]).push(asParquet(cell, type));
    });
    if ((group[0] as unknown[]).length >= GROUP_ROWS || held >= GROUP_CHARACTERS) yield close();
  }
  if ((group[0]?.length ?? 0) > 0) yield close();
  void writer.finish();
  yield taken();
}

function asParquet(cell: TableCell, type: ColumnType): unknown {
  if (cell === null) return null;
  if (type === 'instant') return new Date(cell as string);
  return cell;
}

function schemaOf({ name, type }: { name: string; type: ColumnType }): SchemaElement[] {
  const leaf = (as: string, of: 'text' | 'integer'): SchemaElement =>
    of === 'text'
      ? { name: as, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }
      : { name: as, type: 'INT32', repetition_type: 'OPTIONAL' };
  const list = (of: 'text' | 'integer'): SchemaElement[] => [
    { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    leaf('element', of)
  ];
  switch (type) {
    case 'text':
    case 'json':
      return [leaf(name, 'text')];
    case 'integer':
      return [leaf(name, 'integer')];
    case 'number':
      return [{ name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }];
    case 'boolean':
      return [{ name, type: 'BOOLEAN', repetition_type: 'OPTIONAL' }];
    case 'instant':
      return [{ name, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' }];
    case 'texts':
      return list('text');
    case 'integers':
      return list('integer');
  }
}
