import { redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import { knownSitting } from '#lib/server/http/sitting.ts';
import { completionOfSitting } from '#lib/server/services/sitting/end-sitting.ts';
import { pendingStep } from '#lib/server/services/sitting/keep-step.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const found = await knownSitting(event);
  if (found.state !== 'sitting') redirect(303, `/r/${event.params.invite}`);
  // "Done", and a code with it, is said only when the server has every answer, or when it ended before.
  if (found.session.state === 'active') redirect(303, `/r/${event.params.invite}/trials`);
  if (pendingStep(found.study.design, found.session) !== null)
    redirect(303, `/r/${event.params.invite}/step`);
  const { answered } = await sessions.progress(app().db, found.session.id);
  return {
    language: event.locals.language,
    answered,
    complete: found.session.state === 'completed',
    timedOut: found.session.ending === 'timed-out',
    screenedOut: found.session.ending === 'screened-out',
    back: completionOfSitting(app(), found.invitation, found.session)
  };
};
