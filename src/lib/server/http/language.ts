import type { RequestEvent } from '@sveltejs/kit';
import { isLanguage, preferredLanguage } from '#lib/domain/words/language.ts';
import type { Language } from '#lib/domain/words/words.ts';

const COOKIE = 'limen_language';

/**
 * What a rater reads: what the link or they themselves chose (`?lang=`, kept in a cookie from then on), else the first of
 * their browser's languages that there is. A study that has one language overrules both, in the page's load.
 */
export function ratersLanguage({
  url,
  cookies,
  request
}: Pick<RequestEvent, 'url' | 'cookies' | 'request'>): Language {
  const chosen = url.searchParams.get('lang');
  if (isLanguage(chosen)) {
    cookies.set(COOKIE, chosen, {
      path: '/r/',
      httpOnly: true,
      sameSite: 'lax',
      secure: url.protocol === 'https:',
      maxAge: 60 * 86_400
    });
    return chosen;
  }
  const kept = cookies.get(COOKIE);
  return isLanguage(kept) ? kept : preferredLanguage(request.headers.get('accept-language'));
}
