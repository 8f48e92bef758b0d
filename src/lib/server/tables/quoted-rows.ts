import { parse, CsvError } from 'csv-parse';
import { BadInput } from './bad-input.ts';
import type { TableRow } from './read-table.ts';

/** The full reader, for what `plainRows` leaves: RFC 4180 quoting, any line break. */
export interface QuotedRows {
  take(text: string): Promise<void>;
  end(): Promise<void>;
  destroy(): void;
}

/**
 * @param firstLine the number of the line that the text begins with.
 * @param columnAt the name of a column by its place, for messages.
 * @param onRow whatever it throws is thrown by `take` or `end`.
 */
export function quotedRows(
  firstLine: number,
  file: string,
  columnAt: (cell: number) => string | undefined,
  onRow: (row: TableRow) => void
): QuotedRows {
  let failure: { reason: unknown } | null = null;
  const parser = parse({
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    info: true,
    on_record: (raw: unknown) => {
      if (failure !== null) return null;
      const { record, info } = raw as { record: string[]; info: { lines: number } };
      try {
        // csv-parse counts lines at the end of a record; a record begins after its own line breaks.
        onRow({ cells: record, line: firstLine - 1 + info.lines - innerLineBreaks(record) });
      } catch (error) {
        failure = { reason: error };
      }
      return null;
    }
  });
  const finished = new Promise<void>((resolve) => {
    parser.on('error', (error) => {
      failure ??= { reason: fromParser(error) };
      resolve();
    });
    parser.on('end', resolve);
    parser.resume();
  });
  const throwFailure = () => {
    if (failure !== null) throw failure.reason;
  };

  function fromParser(error: unknown): unknown {
    if (!(error instanceof CsvError)) return error;
    const lines = error['lines'] as unknown;
    const cell = error['column'] as unknown;
    const place = {
      file,
      ...(typeof lines === 'number' ? { line: firstLine - 1 + lines } : {}),
      ...(typeof cell === 'number' ? { column: columnAt(cell) } : {})
    };
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
      return new BadInput('a quote that begins on or before this line is not closed', place);
    }
    if (error.code === 'INVALID_OPENING_QUOTE' || error.code === 'CSV_INVALID_CLOSING_QUOTE') {
      return new BadInput('a quote stands where RFC 4180 allows none', place);
    }
    return new BadInput(error.message, place);
  }

  return {
    async take(text) {
      if (!parser.write(text)) {
        await new Promise<void>((resolve) => {
          const go = () => {
            parser.off('drain', go);
            parser.off('error', go);
            resolve();
          };
          parser.on('drain', go);
          parser.on('error', go);
        });
      }
      throwFailure();
    },
    async end() {
      parser.end();
      await finished;
      throwFailure();
    },
    destroy: () => void parser.destroy()
  };
}

function innerLineBreaks(record: string[]): number {
  let count = 0;
  for (const cell of record) {
    for (let i = cell.indexOf('\n'); i !== -1; i = cell.indexOf('\n', i + 1)) count++;
  }
  return count;
}
