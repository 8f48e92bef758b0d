import { fail, redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { safeReturn, SIGN_IN_COOKIE } from '#lib/server/http/guards.ts';
import { giveSignInCookie, takeSignInCookie } from '#lib/server/http/sign-in-cookie.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  const to = safeReturn(url.searchParams.get('to'));
  if (locals.researcher) redirect(303, to);
  return { to };
};

export const actions: Actions = {
  in: async (event) => {
    const form = await event.request.formData();
    const email = String(form.get('email') ?? '');
    const password = String(form.get('password') ?? '');
    const signedIn = await app().auth.byPassword(email, password, event.getClientAddress());
    if (signedIn.ok) {
      giveSignInCookie(event, signedIn.token);
      redirect(303, safeReturn(String(form.get('to') ?? '/')));
    }
    if (signedIn.reason === 'too-many') {
      const minutes = Math.ceil(signedIn.retryAfterMs / 60_000);
      event.setHeaders({ 'Retry-After': String(Math.ceil(signedIn.retryAfterMs / 1000)) });
      return fail(429, {
        email,
        problem: `Too many attempts failed. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`
      });
    }
    return fail(400, { email, problem: 'The e-mail address or the password is wrong.' });
  },
  out: async (event) => {
    const token = event.cookies.get(SIGN_IN_COOKIE);
    if (token !== undefined) await app().auth.signOut(token);
    takeSignInCookie(event);
    redirect(303, '/sign-in');
  }
};
