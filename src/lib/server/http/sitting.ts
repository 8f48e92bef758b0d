import { error, type Cookies } from '@sveltejs/kit';
import { wordsIn } from '#lib/domain/words/language.ts';
import { findSitting, type FoundSitting } from '../services/sitting/find-sitting.ts';
import { resumed } from '../services/sitting/resume-sitting.ts';
import { app } from './app.ts';

const COOKIE = 'limen_sitting';

type Event = { params: { invite: string }; cookies: Cookies; url: URL; locals: App.Locals };

/** Who comes through this link, by the link and the cookie that belongs to it. */
export function sittingOf(event: Event): Promise<FoundSitting> {
  return findSitting(app(), event.params.invite, event.cookies.get(COOKIE) ?? null);
}

export function giveSittingCookie(event: Event, cookie: string): void {
  event.cookies.set(COOKIE, cookie, {
    path: `/r/${event.params.invite}`,
    httpOnly: true,
    sameSite: 'strict',
    secure: event.url.protocol === 'https:',
    maxAge: 60 * 86_400
  });
}

/**
 * For pages: a link that is no link looks like any address that does not exist. A study that has one language is spoken
 * in it.
 */
export async function knownSitting(event: Event): Promise<Exclude<FoundSitting, { state: 'unknown' }>> {
  const found = await resumed(app(), await sittingOf(event));
  if (found.state === 'unknown') error(404, wordsIn[event.locals.language].refusals.unknown);
  event.locals.language = found.study.design.language ?? event.locals.language;
  return found;
}
