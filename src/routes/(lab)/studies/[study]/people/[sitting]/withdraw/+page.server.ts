import { error, redirect } from '@sveltejs/kit';
import { studyPath } from '#lib/components/study/study-path.ts';
import * as sittings from '#lib/server/db/sittings.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { forgetFigures } from '#lib/server/services/people/watch-people.ts';
import { withdrawSitting } from '#lib/server/services/withdraw-sitting.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, parent }) => {
  const { study } = await parent();
  const sitting = await sittings.one(app().db, study.id, Number(params.sitting) || 0);
  if (!sitting) error(404, `This study has no sitting ${params.sitting}.`);
  return { sitting };
};

export const actions: Actions = {
  default: async ({ params, locals }) => {
    requireResearcher(locals);
    const study = await studyAt(params.study);
    const done = await orFail(() => withdrawSitting(app(), study.id, Number(params.sitting) || 0));
    if ('status' in done) return done;
    forgetFigures(app());
    redirect(303, studyPath(studies.addressOf(study), '/people'));
  }
};
