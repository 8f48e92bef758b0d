import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { downloadHeaders } from '#lib/server/http/download.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { writeDesign } from '#lib/server/services/write-design.ts';
import type { RequestHandler } from './$types';

/** To the byte what was hashed: no line end at its end. */
export const GET: RequestHandler = async ({ params, locals }) => {
  requireResearcher(locals);
  const study = await studyAt(params.study);
  const { text } = await writeDesign(app(), study);
  return new Response(text, {
    headers: downloadHeaders(`${studies.addressOf(study)}-design.json`, 'application/json')
  });
};
