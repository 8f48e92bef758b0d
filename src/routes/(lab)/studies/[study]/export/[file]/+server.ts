import { error } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { downloadHeaders } from '#lib/server/http/download.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { EXPORT_FORMATS, EXPORTS, exportStudy } from '#lib/server/services/export-study.ts';
import type { RequestHandler } from './$types';

/** `responses.csv`, `agreement.json` …: a million rows pass through without being held. */
export const GET: RequestHandler = async ({ params, locals }) => {
  requireResearcher(locals);
  const [name, ending] = params.file.split('.');
  const what = EXPORTS.find((known) => known === name);
  const format = EXPORT_FORMATS.find((known) => known === ending);
  if (!what || !format || params.file !== `${what}.${format}`) {
    error(404, `There is no file ${JSON.stringify(params.file)} to export.`);
  }
  const file = await exportStudy(app(), await studyAt(params.study), what, format);
  return new Response(file.stream as ReadableStream, {
    headers: downloadHeaders(file.fileName, file.mediaType)
  });
};
