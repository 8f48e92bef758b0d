import { app } from '#lib/server/http/app.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { resultsShare, resultsWithin } from '#lib/server/services/cached-results.ts';
import { keepLook } from '#lib/server/services/preregister.ts';
import { reportStudy } from '#lib/server/services/report-study.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals }) => {
  const lab = app();
  const study = await studyAt(params.study);
  await keepLook(lab, study, 'report', locals.researcher?.name ?? null);
  const results = await resultsWithin(lab, study);
  if (results === null) return { ready: false as const, share: resultsShare(lab, study) };
  return { ready: true as const, ...(await reportStudy(lab, study, results)), at: new Date().toISOString() };
};
