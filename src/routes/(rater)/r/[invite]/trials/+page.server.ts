import { redirect } from '@sveltejs/kit';
import { trainingTrials } from '#lib/domain/extra-trials.ts';
import { instructionsIn } from '#lib/domain/words/language.ts';
import { app } from '#lib/server/http/app.ts';
import { knownSitting } from '#lib/server/http/sitting.ts';
import { sittingName } from '#lib/server/services/sitting/find-sitting.ts';
import { pendingStep } from '#lib/server/services/sitting/keep-step.ts';
import { sittingWindow } from '#lib/server/services/sitting/sitting-window.ts';
import type { PageServerLoad } from './$types';

/** Reads only: nothing is assigned here, so a reload, a second tab or the back button changes nothing. */
export const load: PageServerLoad = async (event) => {
  const found = await knownSitting(event);
  if (found.state !== 'sitting') redirect(303, `/r/${event.params.invite}`);
  if (found.session.state !== 'active') redirect(303, `/r/${event.params.invite}/done`);
  const { design } = found.study;
  if (pendingStep(design, found.session) !== null) redirect(303, `/r/${event.params.invite}/step`);
  return {
    language: event.locals.language,
    sitting: sittingName(app(), found.session.id),
    base: `/r/${event.params.invite}`,
    fullReference: design.scenario === 'full-reference',
    design: {
      protocol: design.protocol,
      scale: design.scale,
      allowTies: design.allowTies,
      groupSize: design.groupSize,
      fitPolicy: design.fitPolicy,
      referencePlace: design.referencePlace,
      intervalMs: design.intervalMs,
      shortestViewMs: design.shortestViewMs,
      longestViewMs: design.longestViewMs
    },
    /** A break after every so many trials; training does not count. */
    blocks: { size: design.sitting?.blockTrials ?? null, training: trainingTrials(design) },
    /** Where the block that begins again begins; null where none does. */
    restartedAt: found.session.restarts?.at(-1)?.from ?? null,
    /** Whether the practice is opened and closed with words. */
    practice: design.training !== undefined,
    instructions: instructionsIn(event.locals.language, design),
    window: await sittingWindow(app(), found.session, design.maxSidePx)
  };
};
