import * as runs from '#lib/server/db/runs.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import * as sittings from '#lib/server/db/sittings.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { staleAfterMs } from '#lib/server/services/sitting/stale-after.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, parent }) => {
  const { db } = app();
  const { study } = await parent();
  const { design } = await studyAt(params.study);
  const [counts, coverage, models, progress, all] = await Promise.all([
    sittings.counts(db, study.id, staleAfterMs(design)),
    sittings.trialCoverage(db, study.id),
    runs.ofStudy(db, study.id),
    sessions.ofStudy(db, study.id),
    studies.versionsOf(db, study.name)
  ]);
  const progressOf = new Map(progress.map((row) => [row.id, row]));
  return {
    counts,
    coverage,
    runs: models.map((run) => ({
      id: run.sessionId,
      observer: run.observer,
      kind: run.kind,
      state: run.state,
      reason: run.stateReason,
      answered: progressOf.get(run.sessionId)?.answered ?? 0,
      total: progressOf.get(run.sessionId)?.presentations ?? 0
    })),
    versions: all.map((version) => studies.addressOf(version))
  };
};

export const actions: Actions = {
  close: async ({ params, locals }) => {
    requireResearcher(locals);
    await studies.setState(app().db, (await studyAt(params.study)).id, 'closed');
  },
  open: async ({ params, locals }) => {
    requireResearcher(locals);
    await studies.setState(app().db, (await studyAt(params.study)).id, 'open');
  }
};
