import { error, redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { giveSittingCookie, knownSitting } from '#lib/server/http/sitting.ts';
import { consentText } from '#lib/domain/consent.ts';
import {
  completionOf,
  participantFields,
  readParticipant,
  type Participant,
  type Recruitment
} from '#lib/domain/recruitment.ts';
import { instructionsIn, wordsIn } from '#lib/domain/words/language.ts';
import { openSession } from '#lib/server/services/sitting/open-session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const found = await knownSitting(event);
  if (found.state === 'sitting') {
    redirect(303, `/r/${event.params.invite}/${found.session.state === 'active' ? 'trials' : 'done'}`);
  }
  const { language } = event.locals;
  if (found.state === 'closed') return { language, here: 'closed' as const };
  const { design } = found.study;
  const platform = found.invitation.recruitment?.platform ?? 'plain';
  const { searchParams } = event.url;
  if (readParticipant(platform, searchParams) === 'preview') return { language, here: 'preview' as const };
  return {
    language,
    here: 'welcome' as const,
    /** Whose sitting it becomes, as their service named them. */
    participant: participantFields(platform, searchParams),
    /** Whether the rater may read it in another one. */
    chosenByStudy: design.language !== undefined,
    consent: consentText(language, design.sitting?.consent),
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
    const recruitment = found.state === 'new' ? found.invitation.recruitment : null;
    const { language } = event.locals;
    const own = found.state === 'new' ? found.study.design.sitting?.consent : undefined;
    const consent = consentText(language, own);
    if (form.get('consent') !== consent.version) error(400, wordsIn[language].errors.noConsent);
    const opened = await openSession(app(), event.params.invite, {
      version: consent.version,
      language,
      device: readDevice(form.get('device')),
      participant: named(recruitment, form)
    });
    if (!opened.ok && opened.reason === 'full') {
      return {
        here: 'full' as const,
        back: completionOf(recruitment, 'screened-out', named(recruitment, form), null)
      };
    }
    if (!opened.ok) {
      error(opened.reason === 'closed' ? 410 : 404, wordsIn[language].closed.text);
    }
    giveSittingCookie(event, opened.cookie);
    redirect(303, `/r/${event.params.invite}/trials`);
  },

  /** Nothing is stored of somebody who does not agree; they are only told the way back. */
  decline: async (event) => {
    const found = await knownSitting(event);
    const recruitment = found.state === 'new' ? found.invitation.recruitment : null;
    const form = await event.request.formData();
    return {
      here: 'declined' as const,
      back: completionOf(recruitment, 'no-consent', named(recruitment, form), null)
    };
  }
};

function named(recruitment: Recruitment | null, form: FormData): Participant | null {
  const query = {
    get: (name: string) => (typeof form.get(name) === 'string' ? (form.get(name) as string) : null)
  };
  const read = readParticipant(recruitment?.platform ?? 'plain', query);
  return read === 'preview' ? null : read;
}

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
