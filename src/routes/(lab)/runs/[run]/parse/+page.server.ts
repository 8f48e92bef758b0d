import * as reparses from '#lib/server/db/reparses.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { findRun } from '#lib/server/services/run/find-run.ts';
import { reparseRun } from '#lib/server/services/run/reparse-run.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
  const lab = app();
  const found = await orNotFound(() => findRun(lab, params.run));
  return {
    report: await reparseRun(lab, found, { apply: false }),
    history: await reparses.ofRun(lab.db, found.run.sessionId)
  };
};

export const actions: Actions = {
  default: async ({ params, locals }) => {
    requireResearcher(locals);
    const lab = app();
    const found = await orNotFound(() => findRun(lab, params.run));
    const { changed, reworded } = await reparseRun(lab, found, { apply: true });
    return { applied: { changed, reworded } };
  }
};
