import { fail } from '@sveltejs/kit';
import { ENDPOINT_PRESETS } from '#lib/domain/endpoints.ts';
import * as registry from '#lib/server/db/models.ts';
import * as runLists from '#lib/server/db/run-lists.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { formValues, readRunForm } from '#lib/server/services/run/read-run-form.ts';
import { testConnection } from '#lib/server/services/run/test-connection.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async () => {
  const { db } = app();
  const runs = await runLists.list(db, null);
  const models = new Map<string, { model: string; baseUrl: string; runs: typeof runs }>();
  for (const run of runs) {
    const key = `${run.model}\n${run.baseUrl}`;
    const known = models.get(key);
    if (known) known.runs.push(run);
    else models.set(key, { model: run.model, baseUrl: run.baseUrl, runs: [run] });
  }
  return {
    models: [...models.values()].map(({ runs: of, ...model }) => ({
      ...model,
      runs: of.map((run) => ({ ...run, study: studies.addressOf({ name: run.study, version: run.version }) }))
    })),
    registered: await registry.list(db),
    presets: ENDPOINT_PRESETS,
    studies: (await studies.list(db)).map((study) => studies.addressOf(study))
  };
};

export const actions: Actions = {
  test: async ({ request, locals }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const values = formValues(form);
    const done = await orFail(async () => {
      const [options] = readRunForm(form, String(form.get('study') ?? ''));
      return { test: await testConnection(app(), options as NonNullable<typeof options>) };
    });
    if ('status' in done) return fail(400, { values, problem: done.data.problem });
    return { values, ...done };
  }
};
