import { error, redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { giveSittingCookie, knownSitting } from '#lib/server/http/sitting.ts';
import { consentText } from '#lib/domain/consent.ts';
import { instructionsIn, wordsIn } from '#lib/domain/words/language.ts';
import { openSession } from '#lib/server/services/sitting/open-session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const found = await knownSitting(event);
  if (found.state === 'sitting') {
    redirect(303, `/r/${event.params.invite}/${found.session.state === 'completed' ? 'done' : 'trials'}`);
  }
  const { language } = event.locals;
  if (found.state === 'closed') return { language, closed: true as const };
  const { design } = found.study;
  return {
    language,
    closed: false as const,
    /** Whether the rater may read it in another one. */
    chosenByStudy: design.language !== undefined,
    consent: consentText(language),
    asked: {
      protocol: design.protocol,
      scale: design.scale,
      allowTies: design.allowTies,
      groupSize: design.groupSize,
      fullReference: design.scenario === 'full-reference'
    },
    instructions: instructionsIn(language, design)
  };
};

export const actions: Actions = {
  begin: async (event) => {
    // Whoever sits already goes on: the page from before the beginning may come back by the back button.
    const found = await knownSitting(event);
    if (found.state === 'sitting') redirect(303, `/r/${event.params.invite}/trials`);
    const form = await event.request.formData();
    const { language } = event.locals;
    const consent = consentText(language);
    if (form.get('consent') !== consent.version) error(400, wordsIn[language].errors.noConsent);
    const opened = await openSession(app(), event.params.invite, {
      version: consent.version,
      language,
      device: readDevice(form.get('device'))
    });
    if (!opened.ok) {
      error(opened.reason === 'closed' ? 410 : 404, wordsIn[language].closed.text);
    }
    giveSittingCookie(event, opened.cookie);
    redirect(303, `/r/${event.params.invite}/trials`);
  }
};

/** What the browser said of its screen; a hint for the researcher, so anything odd is dropped. */
function readDevice(raw: FormDataEntryValue | null): unknown {
  if (typeof raw !== 'string' || raw.length > 2000) return null;
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
