import { app } from '#lib/server/http/app.ts';
import { downloadHeaders } from '#lib/server/http/download.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import { plotStudy } from '#lib/server/services/plot-study.ts';
import type { RequestHandler } from './$types';

/** `mos.svg?observer=…`, `ceiling.png`, `wins.csv` …: a plot to keep, or the data behind it. */
export const GET: RequestHandler = async ({ params, url, locals }) => {
  requireResearcher(locals);
  const [, name = params.file, format = ''] = /^(.+)\.([^.]+)$/.exec(params.file) ?? [];
  const file = await orNotFound(async () =>
    plotStudy(app(), await studyNamed(app().db, params.study), {
      name,
      format,
      observer: url.searchParams.get('observer')
    })
  );
  return new Response(file.bytes as Uint8Array<ArrayBuffer>, {
    headers: downloadHeaders(file.fileName, file.mediaType)
  });
};
