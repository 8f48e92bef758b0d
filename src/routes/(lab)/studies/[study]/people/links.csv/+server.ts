import { app } from '#lib/server/http/app.ts';
import { downloadHeaders } from '#lib/server/http/download.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { linksCsv } from '#lib/server/services/list-links.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, locals, url }) => {
  requireResearcher(locals);
  const { fileName, text } = await linksCsv(app(), await studyAt(params.study), url.origin);
  return new Response(text, { headers: downloadHeaders(fileName, 'text/csv; charset=utf-8') });
};
