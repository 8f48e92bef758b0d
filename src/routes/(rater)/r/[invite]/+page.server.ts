import { error, redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { giveSittingCookie, knownSitting } from '#lib/server/http/sitting.ts';
import { consentText } from '#lib/domain/consent.ts';
import { protocols } from '#lib/domain/protocols/index.ts';
import { openSession } from '#lib/server/services/sitting/open-session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const found = await knownSitting(event);
  if (found.state === 'sitting') {
    redirect(303, `/r/${event.params.invite}/${found.session.state === 'completed' ? 'done' : 'trials'}`);
  }
  if (found.state === 'closed') return { closed: true as const };
  const { design } = found.study;
  return {
    closed: false as const,
    consent: consentText(),
    protocol: design.protocol,
    scale: design.scale,
    allowTies: design.allowTies,
    fullReference: design.scenario === 'full-reference',
    instructions: design.instructions,
    question: protocols[design.protocol].questionForPeople(design)
  };
};

export const actions: Actions = {
  begin: async (event) => {
    // Whoever sits already goes on: the page from before the beginning may come back by the back button.
    if ((await knownSitting(event)).state === 'sitting') redirect(303, `/r/${event.params.invite}/trials`);
    const form = await event.request.formData();
    const consent = consentText();
    if (form.get('consent') !== consent.version) error(400, 'The consent was not given, or to another text.');
    const opened = await openSession(app(), event.params.invite, {
      version: consent.version,
      device: readDevice(form.get('device'))
    });
    if (!opened.ok) {
      error(opened.reason === 'closed' ? 410 : 404, 'This study does not take part requests any more.');
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
