import readSheetRows from 'read-excel-file/node';
import { BadInput } from './bad-input.ts';

/**
 * The first sheet of an .xlsx workbook as rows of texts; an empty cell is an empty text, a number has all its digits.
 * Whole in memory: published score sheets have some ten thousand rows.
 *
 * @throws BadInput when the bytes are no workbook.
 */
export async function readSheet(bytes: Uint8Array, file: string): Promise<string[][]> {
  let rows: readonly (readonly unknown[])[];
  try {
    const sheets = await readSheetRows(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    rows = sheets[0]?.data ?? [];
  } catch (error) {
    throw new BadInput(
      `is no .xlsx workbook that can be read (${error instanceof Error ? error.message : String(error)})`,
      { file }
    );
  }
  return rows.map((row) =>
    row.map((cell) =>
      cell === null || cell === undefined ? '' : cell instanceof Date ? cell.toISOString() : String(cell)
    )
  );
}
