import { fail, redirect } from '@sveltejs/kit';
import { ENDPOINT_PRESETS } from '#lib/domain/endpoints.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail, orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { modelNamed, optionsOf } from '#lib/server/services/models/find-model.ts';
import { modelFormValues, readModelForm, valuesOf } from '#lib/server/services/models/read-model-form.ts';
import { changeModel, removeModel } from '#lib/server/services/models/register-model.ts';
import { RUN_DEFAULTS } from '#lib/server/services/run/start-run.ts';
import { testConnection } from '#lib/server/services/run/test-connection.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
  const { db } = app();
  const model = await orNotFound(() => modelNamed(db, params.model));
  return {
    model,
    values: valuesOf(model),
    presets: ENDPOINT_PRESETS,
    studies: (await studies.list(db)).map((study) => studies.addressOf(study))
  };
};

export const actions: Actions = {
  change: async ({ request, params, locals }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const done = await orFail(async () => {
      const { options, key } = readModelForm(form);
      await changeModel(app(), params.model, options, key);
      return { name: options.name };
    });
    if ('status' in done) return fail(400, { values: modelFormValues(form), problem: done.data.problem });
    if (done.name !== params.model) redirect(303, `/models/${encodeURIComponent(done.name)}`);
    return { saved: true };
  },
  test: async ({ request, params, locals }) => {
    requireResearcher(locals);
    const study = String((await request.formData()).get('study') ?? '');
    const done = await orFail(async () => ({
      test: await testConnection(app(), {
        ...RUN_DEFAULTS,
        ...optionsOf(await modelNamed(app().db, params.model)),
        study,
        strategy: 'standard'
      })
    }));
    if ('status' in done) return fail(400, { testProblem: done.data.problem, study });
    return { ...done, study };
  },
  remove: async ({ params, locals }) => {
    requireResearcher(locals);
    const done = await orFail(async () => {
      await removeModel(app(), params.model);
      return { gone: true };
    });
    if ('status' in done) return done;
    redirect(303, '/models');
  }
};
