import { redirect } from '@sveltejs/kit';
import { ASSUMED } from '#lib/domain/run-estimate.ts';
import { READOUTS } from '#lib/domain/observer.ts';
import { STRATEGIES } from '#lib/domain/study.ts';
import * as models from '#lib/server/db/models.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { enqueueRun } from '#lib/server/services/run/control-run.ts';
import { planGrid, type Grid } from '#lib/server/services/run/plan-grid.ts';
import { readGridChoice } from '#lib/server/services/run/read-grid-choice.ts';
import { startGrid } from '#lib/server/services/run/start-grid.ts';
import type { Actions, PageServerLoad } from './$types';

/** The choice is the address: an estimate can be come back to, and shows how its runs stand. */
export const load: PageServerLoad = async ({ url }) => {
  const lab = app();
  let grid: Grid | null = null;
  const planned = await orFail(async () => {
    const choice = readGridChoice(url.searchParams);
    if (choice.studies.length > 0 && choice.models.length > 0 && choice.strategies.length > 0)
      grid = await planGrid(lab, choice);
    return choice;
  });
  return {
    grid: grid as Grid | null,
    problem: 'status' in planned ? planned.data.problem : null,
    chosen: {
      studies: url.searchParams.getAll('study'),
      models: url.searchParams.getAll('model'),
      strategies: url.searchParams.has('study') ? url.searchParams.getAll('strategy') : [...STRATEGIES],
      repeats: url.searchParams.get('repeats') ?? '1',
      bothOrders: url.searchParams.has('bothOrders'),
      batch: url.searchParams.has('batch'),
      readout: url.searchParams.get('readout') ?? 'text',
      maxCost: url.searchParams.get('maxCost') ?? '',
      maxTotalTokens: url.searchParams.get('maxTotalTokens') ?? ''
    },
    studies: (await studies.list(lab.db)).map((study) => ({
      address: studies.addressOf(study),
      protocol: study.protocol,
      state: study.state
    })),
    models: (await models.list(lab.db)).map(({ name, model }) => ({ name, model })),
    strategies: STRATEGIES,
    readouts: READOUTS,
    assumed: ASSUMED
  };
};

export const actions: Actions = {
  start: async ({ request, locals }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const lab = app();
    const done = await orFail(async () => {
      const choice = readGridChoice(form);
      const started = await startGrid(lab, choice, { stopAtCap: form.has('capped') });
      for (const id of started) await enqueueRun(lab, id);
      return { started };
    });
    if ('status' in done) return done;
    redirect(303, `/runs/plan${String(form.get('query') ?? '')}`);
  }
};
