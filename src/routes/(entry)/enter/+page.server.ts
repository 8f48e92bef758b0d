import { fail, redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { safeReturn } from '#lib/server/http/guards.ts';
import { giveSignInCookie } from '#lib/server/http/sign-in-cookie.ts';
import type { Actions, PageServerLoad } from './$types';

/** Looking uses nothing up: a mail program or a chat that previews the link does not take it from its reader. */
export const load: PageServerLoad = ({ locals, url }) => {
  const to = safeReturn(url.searchParams.get('to'));
  if (locals.researcher) redirect(303, to);
  return { token: url.searchParams.get('token') ?? '', to };
};

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const signedIn = await app().auth.byLink(String(form.get('token') ?? ''));
    if (signedIn === null) {
      return fail(400, { problem: 'This link has been used, or is more than a day old.' });
    }
    giveSignInCookie(event, signedIn);
    redirect(303, safeReturn(String(form.get('to') ?? '/')));
  }
};
