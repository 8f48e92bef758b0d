import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | boolean | null;

/**
 * Rows as CSV (RFC 4180, LF, UTF-8). Missing is an empty cell; numbers have full double precision. A text that a
 * spreadsheet would run as a formula gets an apostrophe in front; numbers, negative ones too, are left alone.
 */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  return stringify(
    rows.map((row) => row.map((cell) => (typeof cell === 'string' ? withoutFormula(cell) : cell))),
    { cast: { boolean: (value) => String(value), number: (value) => String(value) } }
  );
}

function withoutFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d*\.?\d+(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
}
