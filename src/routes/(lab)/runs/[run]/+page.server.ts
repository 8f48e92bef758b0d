import { error } from '@sveltejs/kit';
import * as runSummaries from '#lib/server/db/run-summaries.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail, orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { cancelRun, pauseRun, resumeRun } from '#lib/server/services/run/control-run.ts';
import { findRun } from '#lib/server/services/run/find-run.ts';
import { readCap } from '#lib/server/services/run/read-run-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
  const lab = app();
  const { run } = await orNotFound(() => findRun(lab, params.run));
  const summary = await runSummaries.summary(lab.db, run.sessionId);
  if (!summary) error(404, `There is no run ${params.run}.`);
  return { summary, readAt: Date.now() };
};

async function control(
  { params, locals }: { params: { run: string }; locals: App.Locals },
  work: (id: number) => Promise<void>
) {
  requireResearcher(locals);
  return orFail(async () => {
    const { run } = await findRun(app(), params.run);
    await work(run.sessionId);
    return { done: true };
  });
}

export const actions: Actions = {
  pause: (event) => control(event, (id) => pauseRun(app(), id)),
  cancel: (event) => control(event, (id) => cancelRun(app(), id)),
  resume: async (event) => {
    requireResearcher(event.locals);
    const form = await event.request.formData();
    return control(event, async (id) => {
      await resumeRun(app(), id, readCap(form));
    });
  }
};
