/** What the cells of a column hold. Lists are of texts or of whole numbers; JSON is kept as its text. */
export type ColumnType =
  'text' | 'integer' | 'number' | 'boolean' | 'instant' | 'texts' | 'integers' | 'json';

export interface Column {
  name: string;
  type: ColumnType;
  /** What it holds, with its unit, for whoever gets the file without the lab. */
  description: string;
}

/** A cell as it leaves the lab; null is missing. An instant is its ISO text. */
export type TableCell = string | number | boolean | null | readonly string[] | readonly number[];
export type TableRow = readonly TableCell[];

/** A table that is read once, from start to end: a million rows pass through without being held. */
export interface StreamedTable {
  name: string;
  columns: readonly Column[];
  rows: AsyncIterable<TableRow>;
}
