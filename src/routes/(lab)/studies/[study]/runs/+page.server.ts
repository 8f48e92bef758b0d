import { fail, redirect } from '@sveltejs/kit';
import { ENDPOINT_PRESETS } from '#lib/domain/endpoints.ts';
import { ASSUMED } from '#lib/domain/run-estimate.ts';
import { STRATEGIES } from '#lib/domain/study.ts';
import { promptProblem } from '#lib/domain/prompts/compose.ts';
import * as models from '#lib/server/db/models.ts';
import * as runLists from '#lib/server/db/run-lists.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail, orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import { modelNamed, optionsOf } from '#lib/server/services/models/find-model.ts';
import { enqueueRun } from '#lib/server/services/run/control-run.ts';
import { planRun } from '#lib/server/services/run/plan-run.ts';
import { formValues, readRunForm } from '#lib/server/services/run/read-run-form.ts';
import { RUN_DEFAULTS, startRun, type RunOptions } from '#lib/server/services/run/start-run.ts';
import { testConnection } from '#lib/server/services/run/test-connection.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
  const { db } = app();
  const study = await orNotFound(() => studyNamed(db, params.study));
  const { design } = study;
  return {
    runs: await runLists.list(db, study.id),
    strategies: STRATEGIES.map((strategy) => ({
      strategy,
      /** Why this study cannot be asked so; null where it can. */
      problem: promptProblem({
        protocol: design.protocol,
        scenario: design.scenario,
        strategy,
        readout: 'text',
        design
      })
    })),
    presets: ENDPOINT_PRESETS,
    models: (await models.list(db)).map((model) => model.name),
    assumed: ASSUMED
  };
};

type Event = Parameters<Actions[string]>[0];

/** Reads the form and does something with its options; whatever is wrong comes back beside the form as it was. */
async function withForm<T extends object>(
  { request, params, locals }: Event,
  work: (options: RunOptions[]) => Promise<T>
) {
  requireResearcher(locals);
  const form = await request.formData();
  const values = formValues(form);
  const name = String(form.get('registered') ?? '');
  const done = await orFail(async () =>
    work(readRunForm(form, params.study, name === '' ? null : optionsOf(await modelNamed(app().db, name))))
  );
  if ('status' in done && 'data' in done) {
    return fail(400, { values, problem: inWords((done.data as { problem: string }).problem) });
  }
  return { values, ...(done as T) };
}

/** Services name the shell's options; here there are none. */
function inWords(problem: string): string {
  return problem
    .replace('; go on with --resume', '; open it above and resume it there')
    .replace(
      ' (--price-in and --price-out, US dollars a million tokens)',
      ', in US dollars a million tokens'
    );
}

export const actions: Actions = {
  estimate: (event) =>
    withForm(event, async (options) => ({
      estimates: await Promise.all(
        options.map(async (one) => ({ strategy: one.strategy, ...(await planRun(app(), one)) }))
      )
    })),

  test: (event) =>
    withForm(event, async (options) => ({
      test: await testConnection(app(), options[0] as RunOptions)
    })),

  /** The control that needs no endpoint. */
  random: async ({ params, locals }) => {
    requireResearcher(locals);
    const lab = app();
    const started = await orFail(() =>
      startRun(lab, {
        ...RUN_DEFAULTS,
        study: params.study,
        model: '',
        baseUrl: '',
        strategy: 'standard',
        control: 'random-answers'
      })
    );
    if (!('sessionId' in started)) return started;
    await enqueueRun(lab, started.sessionId);
    redirect(303, `/runs/${started.sessionId}`);
  },

  start: async (event) => {
    const started = await withForm(event, async (options) => {
      const lab = app();
      // All are looked at before the first starts.
      for (const one of options) await planRun(lab, one);
      const ids: number[] = [];
      for (const one of options) {
        const { sessionId } = await startRun(lab, one);
        await enqueueRun(lab, sessionId);
        ids.push(sessionId);
      }
      return { started: ids };
    });
    if ('started' in started && started.started.length === 1) redirect(303, `/runs/${started.started[0]}`);
    return started;
  }
};
