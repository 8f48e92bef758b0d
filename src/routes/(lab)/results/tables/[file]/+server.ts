import { error } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { downloadHeaders } from '#lib/server/http/download.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { paperTableFile } from '#lib/server/services/paper-table-file.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, locals }) => {
  requireResearcher(locals);
  const file = await paperTableFile(app(), params.file);
  if (file === null) error(404, `There is no file ${JSON.stringify(params.file)}.`);
  return new Response(file.text, { headers: downloadHeaders(params.file, file.mediaType) });
};
