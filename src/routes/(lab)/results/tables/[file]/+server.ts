import { error } from '@sveltejs/kit';
import { TABLE_NAMES } from '#lib/domain/tables/paper-tables.ts';
import { app } from '#lib/server/http/app.ts';
import { downloadHeaders } from '#lib/server/http/download.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { readPaperTable } from '#lib/server/services/paper-tables.ts';
import { paperTableCsv, paperTableLatex, paperTableMarkdown } from '#lib/server/tables/write-paper-table.ts';
import type { RequestHandler } from './$types';

const WRITERS = {
  csv: { mediaType: 'text/csv; charset=utf-8', write: paperTableCsv },
  md: { mediaType: 'text/markdown; charset=utf-8', write: paperTableMarkdown },
  tex: { mediaType: 'application/x-tex; charset=utf-8', write: paperTableLatex }
} as const;

/** A file may take as long as its studies do. */
const PATIENCE_MS = 600_000;

export const GET: RequestHandler = async ({ params, locals }) => {
  requireResearcher(locals);
  const [given, ending] = params.file.split('.');
  const name = TABLE_NAMES.find((known) => known === given);
  const writer = Object.hasOwn(WRITERS, ending ?? '') ? WRITERS[ending as keyof typeof WRITERS] : null;
  if (!name || !writer) error(404, `There is no file ${JSON.stringify(params.file)}.`);
  const { table } = await readPaperTable(app(), name, PATIENCE_MS);
  return new Response(writer.write(table), { headers: downloadHeaders(params.file, writer.mediaType) });
};
