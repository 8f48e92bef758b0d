import { error } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { replayedStimulus } from '#lib/server/services/people/replay-sitting.ts';
import type { RequestHandler } from './$types';

/** A stimulus as this sitting's rater was given it, for researchers. */
export const GET: RequestHandler = async ({ locals, params }) => {
  requireResearcher(locals);
  const study = await studyAt(params.study);
  const shown = await replayedStimulus(
    app(),
    study,
    Number(params.sitting) || 0,
    Number(params.stimulus) || 0
  );
  if (shown === null) error(404, 'This sitting shows no such picture.');
  return new Response(shown.bytes as Uint8Array<ArrayBuffer>, {
    headers: { 'Content-Type': shown.mediaType, 'Cache-Control': 'private, max-age=31536000, immutable' }
  });
};
