import { app } from '#lib/server/http/app.ts';
import { refusal } from '#lib/server/http/errors.ts';
import { sittingOf } from '#lib/server/http/sitting.ts';
import { resumed } from '#lib/server/services/sitting/resume-sitting.ts';
import { sittingName } from '#lib/server/services/sitting/find-sitting.ts';
import { sittingWindow } from '#lib/server/services/sitting/sitting-window.ts';
import type { RequestHandler } from './$types';

/** The next trials of this sitting: what a page loads ahead. */
export const GET: RequestHandler = async (event) => {
  const found = await resumed(app(), await sittingOf(event));
  if (found.state === 'unknown') return refusal('unknown', 'This link is not valid, or no longer.');
  if (found.state !== 'sitting') return refusal('no-sitting', 'Nobody sits here; open the link again.');
  if (found.session.ending === 'timed-out') {
    return refusal('not-sitting', 'This sitting is over: it was away for longer than its study allows.');
  }
  return Response.json({
    sitting: sittingName(app(), found.session.id),
    ...(await sittingWindow(app(), found.session, found.study.design.maxSidePx))
  });
};
