import { fail } from '@sveltejs/kit';
import { usableRuleText } from '#lib/domain/monitoring/sitting-verdict.ts';
import { PRIMARY_FIGURES, TRUTHS, type AnalysisChoices } from '#lib/domain/registration/registration.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { preregister, registrationState, USUAL_CHOICES } from '#lib/server/services/preregister.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
  const study = await studyAt(params.study);
  const { registration, unblinded } = await registrationState(app(), study);
  const { usable, attention, payable } = study.design.sitting ?? {};
  return {
    registration,
    unblinded,
    usual: USUAL_CHOICES,
    figures: PRIMARY_FIGURES,
    truths: TRUTHS,
    rules: {
      usable: usableRuleText(usable),
      attention: attention === undefined ? null : JSON.stringify(attention),
      payable: payable === undefined ? null : JSON.stringify(payable)
    }
  };
};

export const actions: Actions = {
  default: async ({ params, locals, request }) => {
    const { name, email } = requireResearcher(locals);
    const form = await request.formData();
    const text = (field: string) => {
      const value = form.get(field);
      return typeof value === 'string' ? value.trim() : '';
    };
    const choices: AnalysisChoices = {
      primaryFigure: text('primaryFigure') as AnalysisChoices['primaryFigure'],
      against: text('against') as AnalysisChoices['against'],
      replicates: Number(text('replicates')),
      seed: Number(text('seed')),
      people: text('people') === '' ? null : Number(text('people')),
      models: text('models')
        .split(',')
        .map((model) => model.trim())
        .filter((model) => model !== ''),
      notes: text('notes')
    };
    const study = await studyAt(params.study);
    const done = await orFail(() => preregister(app(), study, choices, `${name} <${email}>`));
    if ('status' in done) return fail(400, { problem: done.data.problem, choices });
    return { problem: null, choices: null };
  }
};
