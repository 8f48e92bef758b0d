import { error } from '@sveltejs/kit';
import { systemsByDatasets } from '#lib/domain/plots/heat-map.ts';
import { app } from '#lib/server/http/app.ts';
import { downloadHeaders } from '#lib/server/http/download.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { readPaperTable } from '#lib/server/services/paper-tables.ts';
import { plotFile } from '#lib/server/services/plot-file.ts';
import type { RequestHandler } from './$types';

/** A file may take as long as its studies do. */
const PATIENCE_MS = 600_000;

/** `systems.svg`, `.png`, `.csv`: systems × datasets over all studies. */
export const GET: RequestHandler = async ({ params, locals }) => {
  requireResearcher(locals);
  const [name, format = ''] = params.file.split('.');
  if (name !== 'systems') error(404, `There is no plot ${JSON.stringify(params.file)}.`);
  const { table } = await readPaperTable(app(), 'nine-systems', PATIENCE_MS);
  const { plot, why } = systemsByDatasets(table);
  if (plot === null) error(404, why);
  const file = await orNotFound(() => plotFile(plot, format, 'systems by datasets'));
  return new Response(file.bytes as Uint8Array<ArrayBuffer>, {
    headers: downloadHeaders(file.fileName, file.mediaType)
  });
};
