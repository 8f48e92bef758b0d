import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parse, CsvError } from 'csv-parse';
import { BadInput } from './bad-input.ts';

export interface TableRow {
  /** Cells in the order of the header, untrimmed. */
  cells: string[];
  /** 1-based line on which the row begins. */
  line: number;
}

export interface TableHeader {
  names: string[];
  /** The place of a column, or -1. */
  indexOf(name: string): number;
}

export interface TableSource {
  /** What messages call it: the path as the person gave it, or "standard input". */
  label: string;
  /** UTF-8 bytes (a BOM is fine). */
  bytes: AsyncIterable<Uint8Array>;
}

/** A file, or standard input for "-". Refuses a directory and a missing file by name. */
export async function openTable(path: string, resolved: string = path): Promise<TableSource> {
  if (path === '-') return { label: 'standard input', bytes: process.stdin };
  let info;
  try {
    info = await stat(resolved);
  } catch (error) {
    throw new BadInput(reasonOf(error), { file: path });
  }
  if (info.isDirectory()) throw new BadInput('is a directory; a CSV file is needed', { file: path });
  return { label: path, bytes: createReadStream(resolved, { highWaterMark: 1 << 18 }) };
}

/**
 * Reads a CSV (UTF-8, header row, comma, RFC 4180 quoting, CRLF or LF, BOM allowed) row by row in constant
 * memory. Every row must be as long as the header. Blank lines are passed over.
 *
 * @param required columns that must be there, in any order; others are the caller's business.
 * @param onHeader called once, before any row.
 * @param onRow called for each row in order; whatever it throws ends the reading.
 * @param onBadRow where a row of the wrong length should be passed over instead of ending the reading.
 * @returns the number of rows (at least 1).
 * @throws BadInput naming file, line and column: empty file, header only, missing or repeated column,
 *   a longer or shorter row, unclosed quote, not UTF-8, tabs or semicolons for commas.
 */
export async function readTable(
  source: TableSource,
  required: readonly string[],
  onHeader: (header: TableHeader) => void,
  onRow: (row: TableRow) => void,
  onBadRow?: (problem: BadInput) => void
): Promise<number> {
  const file = source.label;
  let header: TableHeader | null = null;
  let rows = 0;
  let failure: unknown = null;
  // csv-parse counts lines at the end of a record; a record begins after its own line breaks.
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    info: true,
    on_record: (raw: unknown) => {
      if (failure !== null) return null;
      const { record, info } = raw as { record: string[]; info: { lines: number } };
      try {
        const line = info.lines - innerLineBreaks(record);
        if (header === null) {
          header = makeHeader(record, required, file, line);
          onHeader(header);
        } else {
          rows++;
          const problem = lengthProblem(record, header, file, line);
          if (problem === null) onRow({ cells: record, line });
          else if (onBadRow) onBadRow(problem);
          else throw problem;
        }
      } catch (error) {
        failure = error ?? new Error('reading failed');
      }
      return null;
    }
  });
  let parserError: unknown = null;
  const finished = new Promise<void>((resolve) => {
    parser.on('error', (error) => {
      parserError = error;
      resolve();
    });
    parser.on('end', resolve);
    parser.resume();
  });

  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let linesSoFar = 1;
  try {
    for await (const chunk of source.bytes) {
      const text = decode(decoder, chunk, file, linesSoFar);
      linesSoFar += countLines(chunk);
      if (text.includes('\u0000')) {
        throw new BadInput('holds a zero byte; this is not a text file', { file, line: linesSoFar });
      }
      if (!parser.write(text)) {
        await new Promise<void>((resolve) => {
          parser.once('drain', resolve);
          parser.once('error', () => resolve());
        });
      }
      if (failure !== null || parserError !== null) break;
    }
    if (failure === null && parserError === null) decode(decoder, undefined, file, linesSoFar);
  } catch (error) {
    parser.destroy();
    if (error instanceof BadInput) throw error;
    throw new BadInput(reasonOf(error), { file });
  }
  if (failure === null && parserError === null) {
    parser.end();
    await finished;
  } else {
    parser.destroy();
  }
  if (failure !== null) throw failure;
  if (parserError !== null) throw fromParser(parserError, file);
  if (header === null) throw new BadInput('is empty; a header row is needed', { file, line: 1 });
  if (rows === 0) throw new BadInput('has a header but no rows', { file, line: 2 });
  return rows;
}

/**
 * The finite number in a cell.
 * @throws BadInput for text, NaN, an infinity, hexadecimal, or an empty cell.
 */
export function numberIn(cell: string, place: { file: string; line: number; column: string }): number {
  const text = cell.trim();
  if (text === '') throw new BadInput('is empty; a number is needed', place);
  if (!DECIMAL.test(text)) {
    throw new BadInput(`${quoted(text)} is not a finite number`, place);
  }
  const value = Number(text);
  if (!Number.isFinite(value)) throw new BadInput(`${quoted(text)} is not a finite number`, place);
  return value;
}

/** A cell as a person would recognise it in a message: quoted, shortened. */
export function quoted(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 37)}…` : cell);
}

/** Whether a cell reads as a decimal number (spaces around it allowed). */
export function isDecimal(cell: string): boolean {
  return DECIMAL.test(cell.trim());
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function makeHeader(record: string[], required: readonly string[], file: string, line: number): TableHeader {
  const names = record.map((name) => name.trim());
  if (names.length === 1 && required.length > 1) {
    const only = names[0] ?? '';
    if (only.includes('\t')) {
      throw new BadInput('columns are separated by tabs; commas are needed', { file, line });
    }
    if (only.includes(';')) {
      throw new BadInput('columns are separated by semicolons; commas are needed', { file, line });
    }
  }
  const places = new Map<string, number>();
  names.forEach((name, index) => {
    if (places.has(name) && name !== '') {
      throw new BadInput('this column name is given twice', { file, line, column: name });
    }
    places.set(name, index);
  });
  for (const name of required) {
    if (!places.has(name)) {
      throw new BadInput(`this column is missing; the header has ${names.map(quoted).join(', ')}`, {
        file,
        line,
        column: name
      });
    }
  }
  return { names, indexOf: (name) => places.get(name) ?? -1 };
}

function lengthProblem(record: string[], header: TableHeader, file: string, line: number): BadInput | null {
  const expected = header.names.length;
  if (record.length === expected) return null;
  // The first cell that is missing, or the first that is too many.
  const column = record.length < expected ? (header.names[record.length] as string) : `${expected + 1}`;
  return new BadInput(`the row has ${record.length} cells, the header ${expected}`, { file, line, column });
}

function innerLineBreaks(record: string[]): number {
  let count = 0;
  for (const cell of record) {
    for (let i = cell.indexOf('\n'); i !== -1; i = cell.indexOf('\n', i + 1)) count++;
  }
  return count;
}

function decode(decoder: TextDecoder, chunk: Uint8Array | undefined, file: string, line: number): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new BadInput('is not UTF-8 text', { file, line: line + (chunk ? firstBadLine(chunk) : 0) });
  }
}

function firstBadLine(chunk: Uint8Array): number {
  let start = 0;
  let line = 0;
  const strict = () => new TextDecoder('utf-8', { fatal: true });
  for (let i = 0; i < chunk.length; i++) {
    if (chunk[i] !== 10) continue;
    try {
      strict().decode(chunk.subarray(start, i));
    } catch {
      return line;
    }
    line++;
    start = i + 1;
  }
  return line;
}

function countLines(chunk: Uint8Array): number {
  let count = 0;
  for (let i = chunk.indexOf(10); i !== -1; i = chunk.indexOf(10, i + 1)) count++;
  return count;
}

function fromParser(error: unknown, file: string): BadInput {
  if (error instanceof CsvError) {
    const line = typeof error['lines'] === 'number' ? (error['lines'] as number) : undefined;
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
      return new BadInput('a quote that begins on or before this line is not closed', { file, line });
    }
    if (error.code === 'INVALID_OPENING_QUOTE' || error.code === 'CSV_INVALID_CLOSING_QUOTE') {
      return new BadInput('a quote stands where RFC 4180 allows none', { file, line });
    }
    return new BadInput(error.message, { file, line });
  }
  return new BadInput(reasonOf(error), { file });
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: string } | null)?.code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'may not be read';
  if (code === 'EISDIR') return 'is a directory; a CSV file is needed';
  return error instanceof Error ? error.message : String(error);
}
