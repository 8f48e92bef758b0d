import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { BadInput } from './bad-input.ts';
import { plainRows } from './plain-rows.ts';
import { quotedRows, type QuotedRows } from './quoted-rows.ts';

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
  const take = ({ cells, line }: TableRow): void => {
    if (header === null) {
      header = makeHeader(cells, required, file, line);
      onHeader(header);
      return;
    }
    rows++;
    const problem = lengthProblem(cells, header, file, line);
    if (problem === null) onRow({ cells, line });
    else if (onBadRow) onBadRow(problem);
    else throw problem;
  };
  const columnAt = (cell: number) => (header as TableHeader | null)?.names[cell];

  const plain = plainRows(take);
  const full: { reader: QuotedRows | null } = { reader: null };
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  // What stands before the chunk at hand: whole lines, and cells of the line that it continues.
  let lines = 0;
  let cells = 0;
  let begun = false;
  const feed = async (text: string): Promise<void> => {
    if (full.reader) await full.reader.take(text);
    else if (!plain.take(text)) {
      const rest = plain.rest();
      full.reader = quotedRows(rest.line, file, columnAt, take);
      await full.reader.take(rest.text);
    }
  };
  /** Ends the reading at a place in a text, after all rows before it: they may have a fault of their own. */
  const refuse = async (text: string, index: number, message: string): Promise<never> => {
    await feed(text.slice(0, text.lastIndexOf('\n', index) + 1));
    const before = placeIn(text, index);
    throw new BadInput(message, {
      file,
      line: 1 + lines + before.lines,
      column: columnAt(before.cells + (before.lines === 0 ? cells : 0))
    });
  };
  try {
    for await (const chunk of source.bytes) {
      const decoded = decode(decoder, chunk);
      // A mark of the byte order is no text.
      const text = !begun && decoded.text.charCodeAt(0) === 0xfeff ? decoded.text.slice(1) : decoded.text;
      begun ||= decoded.text !== '';
      const zero = text.indexOf('\u0000');
      if (zero !== -1) await refuse(text, zero, 'holds a zero byte; this is not a text file');
      if (!decoded.whole) await refuse(text, text.length, 'is not UTF-8 text');
      await feed(text);
      const after = placeIn(text, text.length);
      cells = after.cells + (after.lines === 0 ? cells : 0);
      lines += after.lines;
    }
    try {
      decoder.decode();
    } catch {
      throw new BadInput('is not UTF-8 text', { file, line: 1 + lines, column: columnAt(cells) });
    }
    if (full.reader) await full.reader.end();
    else plain.end();
  } catch (error) {
    full.reader?.destroy();
    if ((error as { code?: unknown } | null)?.code === undefined) throw error;
    throw new BadInput(reasonOf(error), { file });
  }
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
      throw new BadInput('columns are separated by tabs; commas are needed', {
        file,
        line,
        column: required[0]
      });
    }
    if (only.includes(';')) {
      throw new BadInput('columns are separated by semicolons; commas are needed', {
        file,
        line,
        column: required[0]
      });
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

/** How many line breaks stand before a place in a text, and how many commas between the last of them and the place. */
function placeIn(text: string, index: number): { lines: number; cells: number } {
  let lines = 0;
  let start = 0;
  for (let i = text.indexOf('\n'); i !== -1 && i < index; i = text.indexOf('\n', i + 1)) {
    lines++;
    start = i + 1;
  }
  let cells = 0;
  for (let i = text.indexOf(',', start); i !== -1 && i < index; i = text.indexOf(',', i + 1)) cells++;
  return { lines, cells };
}

/** The text of a chunk; where it is not all UTF-8 that of its beginning, and `whole` is false. */
function decode(decoder: TextDecoder, chunk: Uint8Array): { text: string; whole: boolean } {
  try {
    return { text: decoder.decode(chunk, { stream: true }), whole: true };
  } catch {
    let good = 0;
    let bad = chunk.length;
    const start = (end: number) =>
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(chunk.subarray(0, end), {
        stream: true
      });
    // A character that the chunk before began is lost with it: then nothing of this one is text.
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      try {
        start(middle);
        good = middle;
      } catch {
        bad = middle;
      }
    }
    return { text: good === 0 ? '' : start(good), whole: false };
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: string } | null)?.code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'may not be read';
  if (code === 'EISDIR') return 'is a directory; a CSV file is needed';
  return error instanceof Error ? error.message : String(error);
}
