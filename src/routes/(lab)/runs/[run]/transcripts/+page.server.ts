import { OUTCOMES } from '#lib/domain/response.ts';
import * as runSummaries from '#lib/server/db/run-summaries.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { TRANSCRIPT_ORDERS, type TranscriptOrder } from '#lib/server/db/transcripts.ts';
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
  const share = (name: string): number | null => {
    const value = Number(url.searchParams.get(name) || Number.NaN);
    return value >= 0 && value <= 1 ? value : null;
  };
  const wanted = url.searchParams.get('by') as TranscriptOrder;
  const filter = {
    outcome,
    position: null,
    disagreement: share('disagreement'),
    confidence: share('confidence'),
    by: TRANSCRIPT_ORDERS.includes(wanted) ? wanted : ('position' as const)
  };
  const [page, outcomes] = await Promise.all([
    showTranscripts(lab, found, filter, offset, LIMIT),
    runSummaries.outcomeCounts(lab.db, found.run.sessionId)
  ]);
  return { ...page, outcome, filter, outcomes, offset, limit: LIMIT };
};
