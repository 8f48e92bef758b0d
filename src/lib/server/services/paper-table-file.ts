import { TABLE_NAMES } from '#lib/domain/tables/paper-tables.ts';
import { paperTableCsv, paperTableLatex, paperTableMarkdown } from '#lib/server/tables/write-paper-table.ts';
import type { Lab } from './lab.ts';
import { readPaperTable } from './paper-tables.ts';

const WRITERS = {
  csv: { mediaType: 'text/csv; charset=utf-8', write: paperTableCsv },
  md: { mediaType: 'text/markdown; charset=utf-8', write: paperTableMarkdown },
  tex: { mediaType: 'application/x-tex; charset=utf-8', write: paperTableLatex }
} as const;

/** A file may take as long as its studies do. */
const PATIENCE_MS = 600_000;

/** `nine-systems.tex`, `full-reference.csv` …: one of the tables as text; null where there is no such file. */
export async function paperTableFile(
  lab: Pick<Lab, 'db'>,
  file: string
): Promise<{ text: string; mediaType: string } | null> {
  const [given, ending] = file.split('.');
  const name = TABLE_NAMES.find((known) => known === given);
  const writer = Object.hasOwn(WRITERS, ending ?? '') ? WRITERS[ending as keyof typeof WRITERS] : null;
  if (!name || !writer || file !== `${name}.${ending}`) return null;
  const { table } = await readPaperTable(lab, name, PATIENCE_MS);
  return { text: writer.write(table), mediaType: writer.mediaType };
}
