import { error } from '@sveltejs/kit';
import * as registrations from '#lib/server/db/registrations.ts';
import { app } from '#lib/server/http/app.ts';
import { downloadHeaders } from '#lib/server/http/download.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { fileName } from '#lib/server/services/export-study.ts';
import type { RequestHandler } from './$types';

/** The very bytes whose SHA-256 is the pre-registration's hash. */
export const GET: RequestHandler = async ({ params, locals }) => {
  requireResearcher(locals);
  const study = await studyAt(params.study);
  const found = await registrations.ofStudy(app().db, study.id);
  if (found === null) error(404, 'This study has no pre-registration.');
  return new Response(found.text, {
    headers: downloadHeaders(fileName(study, 'preregistration', 'json'), 'application/json')
  });
};
