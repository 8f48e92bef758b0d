import { error } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { downloadHeaders } from '#lib/server/http/download.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { compareObservers } from '#lib/server/services/compare-observers.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import { plotFile } from '#lib/server/services/plot-file.ts';
import type { RequestHandler } from './$types';

/** `observers.svg?study=…&a=…&b=…`, also .png and .csv: the scatter of two observers. */
export const GET: RequestHandler = async ({ params, url, locals }) => {
  requireResearcher(locals);
  const [name, format = ''] = params.file.split('.');
  if (name !== 'observers') error(404, `There is no file ${JSON.stringify(params.file)}.`);
  const asked = (key: string) => url.searchParams.get(key) || null;
  const file = await orNotFound(async () => {
    const other = asked('other');
    const { plot } = await compareObservers(app(), await studyNamed(app().db, asked('study') ?? ''), {
      a: asked('a'),
      b: asked('b'),
      other: other === null ? null : await studyNamed(app().db, other)
    });
    if (!plot?.plot) error(404, plot?.why ?? 'Choose two different observers of this study.');
    return plotFile(plot.plot, format, `${asked('study')} ${plot.plot.title}`);
  });
  return new Response(file.bytes as Uint8Array<ArrayBuffer>, {
    headers: downloadHeaders(file.fileName, file.mediaType)
  });
};
