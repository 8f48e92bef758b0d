import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => ({
  studies: (await studies.list(app().db)).map((study) => ({
    id: study.id,
    address: studies.addressOf(study),
    protocol: study.protocol,
    scenario: study.scenario,
    dataset: study.dataset,
    state: study.state,
    locked: study.lockedAt !== null,
    trials: study.trials,
    raters: study.raters,
    runs: study.runs,
    responses: study.responses
  }))
});
