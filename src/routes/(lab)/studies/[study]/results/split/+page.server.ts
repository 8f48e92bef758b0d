import { DIMENSIONS, type Dimension } from '#lib/domain/results/split-results.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import { splitStudy } from '#lib/server/services/split-study.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url }) => {
  const lab = app();
  const study = await orNotFound(() => studyNamed(lab.db, params.study));
  const asked = url.searchParams.get('by');
  const by = DIMENSIONS.includes(asked as Dimension) ? (asked as Dimension) : 'strategy';
  return { split: await splitStudy(lab, study, by), dimensions: DIMENSIONS };
};
