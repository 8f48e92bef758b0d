import { error } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { downloadHeaders } from '#lib/server/http/download.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { exportBundle } from '#lib/server/services/bundle/export-bundle.ts';
import {
  exportLayout,
  exportTable,
  fileName,
  LAYOUT_NAMES,
  LAYOUTS,
  TABLE_FORMATS,
  TABLES
} from '#lib/server/services/export-study.ts';
import type { RequestHandler } from './$types';

/** `responses.csv`, `agreement.parquet`, `psych-ds.zip` …: a million rows pass through without being held. */
export const GET: RequestHandler = async ({ params, locals }) => {
  requireResearcher(locals);
  const study = await studyAt(params.study);
  const bundle = /^bundle(-with-pictures)?\.zip$/.exec(params.file);
  if (bundle) {
    const stream = await exportBundle(app(), study, { pictures: bundle[1] !== undefined });
    return new Response(stream as ReadableStream, {
      headers: downloadHeaders(fileName(study, 'bundle', 'zip'), 'application/zip')
    });
  }
  const layout = LAYOUT_NAMES.find((known) => params.file === `${known}.${LAYOUTS[known].ending}`);
  const table = TABLES.find((known) => params.file.startsWith(`${known}.`));
  const format = TABLE_FORMATS.find((known) => params.file === `${table}.${known}`);
  const file = await orNotFound(async () => {
    if (layout) return exportLayout(app(), study, layout);
    if (table && format) return exportTable(app(), study, table, format);
    return error(404, `There is no file ${JSON.stringify(params.file)} to export.`);
  });
  return new Response(file.stream as ReadableStream, {
    headers: downloadHeaders(file.fileName, file.mediaType)
  });
};
