import { redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { knownSitting } from '#lib/server/http/sitting.ts';
import { endSitting } from '#lib/server/services/sitting/end-sitting.ts';
import type { Actions, PageServerLoad } from './$types';

/** Nothing to see: whoever reloads it is where they were. */
export const load: PageServerLoad = ({ params }) => redirect(303, `/r/${params.invite}`);

export const actions: Actions = {
  /** The pictures have no room on this screen, and there is no larger one. */
  screen: async (event) => {
    const found = await knownSitting(event);
    if (found.state === 'sitting') await endSitting(app(), found.session.id, 'screened-out');
    redirect(303, `/r/${event.params.invite}/done`);
  }
};
