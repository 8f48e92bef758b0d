import type { Cookies } from '@sveltejs/kit';
import { SIGN_IN_DAYS } from '#lib/server/auth/sign-in.ts';
import { SIGN_IN_COOKIE } from './guards.ts';

type Event = { cookies: Cookies; url: URL };

export function giveSignInCookie({ cookies, url }: Event, token: string): void {
  cookies.set(SIGN_IN_COOKIE, token, {
    path: '/',
    httpOnly: true,
    // `lax`, so that a link into the lab from a mail or a note finds its reader signed in.
    sameSite: 'lax',
    secure: url.protocol === 'https:',
    maxAge: SIGN_IN_DAYS * 86_400
  });
}

export function takeSignInCookie({ cookies }: Event): void {
  cookies.delete(SIGN_IN_COOKIE, { path: '/' });
}
