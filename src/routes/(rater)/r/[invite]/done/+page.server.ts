import { redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import { knownSitting } from '#lib/server/http/sitting.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const found = await knownSitting(event);
  if (found.state !== 'sitting') redirect(303, `/r/${event.params.invite}`);
  // "Done" is said only when the server has every answer.
  if (found.session.state !== 'completed') redirect(303, `/r/${event.params.invite}/trials`);
  const { answered } = await sessions.progress(app().db, found.session.id);
  return { language: event.locals.language, answered };
};
