import { error, redirect } from '@sveltejs/kit';
import { wordsIn } from '#lib/domain/words/language.ts';
import { app } from '#lib/server/http/app.ts';
import { knownSitting } from '#lib/server/http/sitting.ts';
import { keepStep, measured, pendingStep, questionsOf } from '#lib/server/services/sitting/keep-step.ts';
import type { Actions, PageServerLoad } from './$types';

/** The next question or check; where there is none, on to the trials or to the end. */
export const load: PageServerLoad = async (event) => {
  const found = await knownSitting(event);
  const base = `/r/${event.params.invite}`;
  if (found.state !== 'sitting') redirect(303, base);
  const { session, study } = found;
  const step = pendingStep(study.design, session);
  if (step === null) redirect(303, `${base}/${session.state === 'active' ? 'trials' : 'done'}`);
  return {
    language: event.locals.language,
    step,
    questions: questionsOf(study.design, step),
    cssPxPerMm: measured(session, 'screen-size', 'cssPxPerMm'),
    cssPxPerDegree: measured(session, 'distance', 'cssPxPerDegree')
  };
};

export const actions: Actions = {
  default: async (event) => {
    const found = await knownSitting(event);
    const base = `/r/${event.params.invite}`;
    if (found.state !== 'sitting') redirect(303, base);
    const form = await event.request.formData();
    const raw = String(form.get('value') ?? '');
    const kept = await keepStep(app(), found.study.design, found.session, {
      step: form.get('step'),
      skipped: form.get('skip') !== null,
      answers: form.getAll('answer').map(String),
      value: raw.length > 5000 ? null : readValue(raw)
    });
    // What belongs to another step was answered before, in this tab or another: the next one follows.
    if (!kept && form.get('step') === pendingStep(found.study.design, found.session)) {
      error(400, wordsIn[event.locals.language].refusals['bad-request']);
    }
    redirect(303, `${base}/step`);
  }
};

function readValue(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return null;
  }
}
