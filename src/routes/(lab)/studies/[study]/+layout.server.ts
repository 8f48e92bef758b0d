import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { studyAt } from '#lib/server/http/study.ts';
import { registeredAs } from '#lib/server/services/preregister.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ params }) => {
  const { db } = app();
  const study = await studyAt(params.study);
  const [dataset, counts, registered] = await Promise.all([
    studies.datasetOf(db, study),
    studies.countsOf(db, study.id),
    registeredAs(app(), study)
  ]);
  return {
    study: {
      id: study.id,
      name: study.name,
      version: study.version,
      address: studies.addressOf(study),
      protocol: study.design.protocol,
      scenario: study.design.scenario,
      state: study.state as 'open' | 'closed',
      lockedAt: study.lockedAt,
      designHash: study.designHash,
      registered: registered?.sha256 ?? null,
      dataset: dataset.name,
      simulated: dataset.simulated,
      trials: counts.trials,
      people: counts.people,
      runs: counts.runs,
      answers: counts.answers
    }
  };
};
