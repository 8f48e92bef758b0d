import { fail, redirect } from '@sveltejs/kit';
import { ENDPOINT_PRESETS } from '#lib/domain/endpoints.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { modelFormValues, readModelForm } from '#lib/server/services/models/read-model-form.ts';
import { registerModel } from '#lib/server/services/models/register-model.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => ({ presets: ENDPOINT_PRESETS });

export const actions: Actions = {
  default: async ({ request, locals }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const done = await orFail(async () => {
      const { options, key } = readModelForm(form);
      return { model: await registerModel(app(), options, key) };
    });
    if ('status' in done) return fail(400, { values: modelFormValues(form), problem: done.data.problem });
    redirect(303, `/models/${encodeURIComponent(done.model.name)}#test`);
  }
};
