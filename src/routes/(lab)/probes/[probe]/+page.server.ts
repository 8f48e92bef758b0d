import { fail, redirect } from '@sveltejs/kit';
import * as probes from '#lib/server/db/probes.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail, orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { modelLine, readAsk } from '#lib/server/services/probe/read-probe-form.ts';
import { findProbe, showProbe } from '#lib/server/services/probe/show-probe.ts';
import { noteQuestions } from '#lib/server/services/probe/start-probe.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
  const lab = app();
  const probe = await orNotFound(() => findProbe(lab, params.probe));
  return {
    probe: await showProbe(lab, probe),
    models: (await probes.knownModels(lab.db)).map((one) => ({ ...one, line: modelLine(one) }))
  };
};

export const actions: Actions = {
  ask: async ({ params, request, locals }) => {
    requireResearcher(locals);
    const lab = app();
    const form = await request.formData();
    const probe = await orNotFound(() => findProbe(lab, params.probe));
    const asked = await orFail(async () => {
      await noteQuestions(lab, probe, readAsk(form));
      await lab.queue.send('ask-probe', String(probe.id), { probeId: probe.id });
      return { asked: true as const };
    });
    if ('asked' in asked) return asked;
    return fail(400, { problem: asked.data.problem, models: String(form.get('models') ?? '') });
  },

  remove: async ({ params, locals }) => {
    requireResearcher(locals);
    const lab = app();
    const probe = await orNotFound(() => findProbe(lab, params.probe));
    await probes.remove(lab.db, probe.id);
    redirect(303, '/probes');
  }
};
