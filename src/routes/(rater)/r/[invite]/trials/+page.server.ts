import { redirect } from '@sveltejs/kit';
import { protocols } from '#lib/domain/protocols/index.ts';
import { app } from '#lib/server/http/app.ts';
import { knownSitting } from '#lib/server/http/sitting.ts';
import { sittingName } from '#lib/server/services/sitting/find-sitting.ts';
import { sittingWindow } from '#lib/server/services/sitting/sitting-window.ts';
import type { PageServerLoad } from './$types';

/** Reads only: nothing is assigned here, so a reload, a second tab or the back button changes nothing. */
export const load: PageServerLoad = async (event) => {
  const found = await knownSitting(event);
  if (found.state !== 'sitting') redirect(303, `/r/${event.params.invite}`);
  if (found.session.state === 'completed') redirect(303, `/r/${event.params.invite}/done`);
  const { design } = found.study;
  return {
    sitting: sittingName(app(), found.session.id),
    base: `/r/${event.params.invite}`,
    protocol: design.protocol,
    fullReference: design.scenario === 'full-reference',
    scale: design.scale,
    allowTies: design.allowTies,
    fitPolicy: design.fitPolicy,
    shortestViewMs: design.shortestViewMs,
    longestViewMs: design.longestViewMs,
    instructions: design.instructions,
    question: protocols[design.protocol].questionForPeople(design),
    window: await sittingWindow(app(), found.session, design.maxSidePx)
  };
};
