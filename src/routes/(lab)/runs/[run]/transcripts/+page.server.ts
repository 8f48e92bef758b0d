import { OUTCOMES } from '#lib/domain/response.ts';
import * as runs from '#lib/server/db/runs.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { findRun } from '#lib/server/services/run/find-run.ts';
import { showTranscripts } from '#lib/server/services/run/show-transcripts.ts';
import type { PageServerLoad } from './$types';

const LIMIT = 20;

export const load: PageServerLoad = async ({ params, url }) => {
  const lab = app();
  const found = await orNotFound(() => findRun(lab, params.run));
  const asked = url.searchParams.get('outcome');
  const outcome =
    asked === 'missing' || (OUTCOMES as readonly (string | null)[]).includes(asked) ? asked : null;
  const offset = Math.max(0, Math.floor(Number(url.searchParams.get('from'))) || 0);
  const [page, outcomes] = await Promise.all([
    showTranscripts(lab, found, { outcome, position: null }, offset, LIMIT),
    runs.outcomeCounts(lab.db, found.run.sessionId)
  ]);
  return { ...page, outcome, outcomes, offset, limit: LIMIT };
};
