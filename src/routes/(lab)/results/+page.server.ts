import { chanceFloor } from '#lib/domain/results/chance-floor.ts';
import { isRun, missingRate } from '#lib/domain/results/headline.ts';
import { systemsTable, type SystemFigure } from '#lib/domain/results/systems-table.ts';
import * as runLists from '#lib/server/db/run-lists.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { resultsWithin } from '#lib/server/services/cached-results.ts';
import type { PageServerLoad } from './$types';

/** What one look may wait for all studies together; those that take longer are there at the next. */
const PATIENCE_MS = 3000;

export const load: PageServerLoad = async () => {
  const lab = app();
  const runs = new Map((await runLists.list(lab.db, null)).map((run) => [run.id, run]));
  const withRuns = (await studies.list(lab.db)).filter((study) => study.runs > 0);
  const until = Date.now() + PATIENCE_MS;
  const figures: SystemFigure[] = [];
  const waiting: string[] = [];
  for (const study of withRuns) {
    const results = await resultsWithin(lab, study, Math.max(1, until - Date.now()));
    if (results === null) {
      waiting.push(studies.addressOf(study));
      continue;
    }
    const chance = chanceFloor(results).srcc95;
    for (const one of results.observers.filter(isRun)) {
      const run = one.sessionId === null ? undefined : runs.get(one.sessionId);
      if (!run) continue;
      figures.push({
        model: run.model,
        strategy: run.strategy,
        protocol: run.protocol,
        dataset: run.dataset,
        study: studies.addressOf(study),
        sessionId: run.id,
        simulated: one.simulated,
        srcc: one.srcc,
        n: one.n,
        references: one.references,
        missing: missingRate(one),
        complete: run.state === 'completed',
        control: one.control,
        chance
      });
    }
  }
  return {
    table: systemsTable(figures),
    waiting,
    studies: withRuns.map((study) => studies.addressOf(study))
  };
};
