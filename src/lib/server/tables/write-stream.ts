import type { StreamedTable } from './table.ts';
import { csvText, type Cell } from './write-table.ts';

const ROWS_A_PIECE = 500;
const CHARACTERS_A_PIECE = 64_000;

/** A header row and a row each; lists inside a cell are separated by "|". */
export async function* csvPieces({ columns, rows }: StreamedTable): AsyncGenerator<string> {
  let batch: Cell[][] = [columns.map(({ name }) => name)];
  for await (const row of rows) {
    batch.push(row.map((cell) => (Array.isArray(cell) ? cell.join('|') : (cell as Cell))));
    if (batch.length >= ROWS_A_PIECE) {
      yield csvText(batch);
      batch = [];
    }
  }
  if (batch.length > 0) yield csvText(batch);
}

/** One array of objects. */
export async function* jsonPieces(table: StreamedTable): AsyncGenerator<string> {
  let first = true;
  let piece = '[';
  for await (const line of objects(table)) {
    piece += `${first ? '\n' : ',\n'}${line}`;
    first = false;
    if (piece.length > CHARACTERS_A_PIECE) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}\n]\n`;
}

/** One object a line. */
export async function* jsonLinesPieces(table: StreamedTable): AsyncGenerator<string> {
  let piece = '';
  for await (const line of objects(table)) {
    piece += `${line}\n`;
    if (piece.length > CHARACTERS_A_PIECE) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

/** Rows as JSON objects by column; what is JSON already goes in as it is. */
async function* objects({ columns, rows }: StreamedTable): AsyncGenerator<string> {
  for await (const row of rows) {
    const members = columns.map(({ name, type }, index) => {
      const cell = row[index] ?? null;
      const value = type === 'json' && typeof cell === 'string' ? cell : JSON.stringify(cell);
      return `${JSON.stringify(name)}:${value}`;
    });
    yield `{${members.join(',')}}`;
  }
}

export async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of pieces) yield encoder.encode(piece);
}
