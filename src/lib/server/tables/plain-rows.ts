import type { TableRow } from './read-table.ts';

/**
 * The rows of a CSV as long as they hold no quote and no line ends in a lone carriage return: what nearly every file is
 * made of throughout, and some ten times as quick as a full reader. Where that ends, `rest` says what is left for one.
 */
export interface PlainRows {
  /**
   * Takes the next piece of text and gives out the rows that are complete. Whatever `onRow` throws ends it.
   *
   * @returns false once the text is not plain any more.
   */
  take(text: string): boolean;
  /** Gives out the last row, where it has no line break behind it. */
  end(): void;
  /** The text not yet given out, beginning with the line at which it stands. */
  rest(): { text: string; line: number };
}

export function plainRows(onRow: (row: TableRow) => void): PlainRows {
  let left = '';
  let line = 1;
  let plain = true;

  function give(text: string): void {
    if (text !== '') onRow({ cells: text.split(','), line });
    line++;
  }

  return {
    take(text) {
      if (!plain) {
        left += text;
        return false;
      }
      const all = left === '' ? text : left + text;
      const quote = all.indexOf('"');
      let back = all.indexOf('\r');
      let start = 0;
      for (;;) {
        const end = all.indexOf('\n', start);
        const stop = end === -1 ? all.length : end;
        if (quote !== -1 && quote < stop) {
          plain = false;
          break;
        }
        // Looked for again once it is passed, not in every line. The last character of a piece may be the first half
        // of a line break.
        if (back !== -1 && back < start) back = all.indexOf('\r', start);
        if (back !== -1 && back < stop - 1) {
          plain = false;
          break;
        }
        if (end === -1) break;
        const from = start;
        start = end + 1;
        give(all.slice(from, back !== -1 && back === end - 1 ? back : end));
      }
      left = all.slice(start);
      return plain;
    },
    end() {
      const last = left.endsWith('\r') ? left.slice(0, -1) : left;
      left = '';
      give(last);
    },
    rest: () => ({ text: left, line })
  };
}
