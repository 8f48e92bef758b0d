import { fail, redirect } from '@sveltejs/kit';
import { PASSWORD_LENGTH } from '#lib/server/auth/password.ts';
import { app } from '#lib/server/http/app.ts';
import { giveSignInCookie } from '#lib/server/http/sign-in-cookie.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ url }) => {
  const token = url.searchParams.get('token') ?? '';
  const { auth } = app();
  return {
    token,
    good: await auth.setUpLinkIsGood(token),
    invited: await auth.setUpLinkFor(token),
    shortest: PASSWORD_LENGTH.min
  };
};

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const field = (name: string) => String(form.get(name) ?? '');
    const person = { email: field('email'), name: field('name'), password: field('password') };
    const made = await app().auth.setUp(field('token'), person);
    if (!made.ok) return fail(400, { problem: made.reason, email: person.email, name: person.name });
    giveSignInCookie(event, made.token);
    redirect(303, '/');
  }
};
