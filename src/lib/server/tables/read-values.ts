import { BadInput } from './bad-input.ts';
import { isParquet, readParquet } from './read-parquet.ts';
import { numberIn, quoted, readTable, type TableHeader, type TableSource } from './read-table.ts';

/** What a table of numbers has in a cell: text of a CSV, a number or numbers of a Parquet file; null where it is empty. */
export type Cell = string | number | readonly number[] | null;

export interface ValueRow {
  cells: Cell[];
  /** 1-based: the line of a CSV, the row of a Parquet file. */
  line: number;
}

/**
 * Reads a table of names and numbers row by row: a CSV, or a Parquet file, told by how it begins.
 * @throws BadInput naming file, line and column; whatever the callbacks throw.
 */
export async function readValues(
  source: TableSource,
  required: readonly string[],
  onHeader: (header: TableHeader) => void,
  onRow: (row: ValueRow) => void
): Promise<number> {
  const chunks = source.bytes[Symbol.asyncIterator]();
  const first = await chunks.next();
  const rest = async function* () {
    if (first.done !== true) yield first.value;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  if (first.done !== true && isParquet(first.value)) {
    const all: Uint8Array[] = [];
    for await (const chunk of rest()) all.push(chunk);
    return readParquet(source.label, Buffer.concat(all), required, onHeader, onRow);
  }
  return readTable({ label: source.label, bytes: rest() }, required, onHeader, onRow);
}

/** The text in a cell that names something. */
export function textOf(
  cell: Cell | undefined,
  place: { file: string; line: number; column: string }
): string {
  const text = typeof cell === 'string' ? cell.trim() : typeof cell === 'number' ? String(cell) : '';
  if (text === '') throw new BadInput('is empty; a name is needed', place);
  return text;
}

/** Whether nothing stands in a cell. */
export function isEmpty(cell: Cell | undefined): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
}

/**
 * The finite number in a cell.
 * @throws BadInput
 */
export function valueOf(
  cell: Cell | undefined,
  place: { file: string; line: number; column: string }
): number {
  if (typeof cell === 'string') return numberIn(cell, place);
  if (typeof cell === 'number' && Number.isFinite(cell)) return cell;
  if (cell === null || cell === undefined) throw new BadInput('is empty; a number is needed', place);
  throw new BadInput(`${quoted(String(cell))} is not a finite number`, place);
}
