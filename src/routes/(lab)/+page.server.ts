import { redirect } from '@sveltejs/kit';
import { headline } from '#lib/domain/results/headline.ts';
import { sideBySide } from '#lib/domain/results/side-by-side.ts';
import * as activity from '#lib/server/db/activity.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { resultsWithin } from '#lib/server/services/cached-results.ts';
import { readDemonstration, type Demonstration } from '#lib/server/services/demonstration.ts';
import { listUploads } from '#lib/server/services/import/uploads.ts';
import { enqueueRun } from '#lib/server/services/run/control-run.ts';
import { RUN_DEFAULTS, startRun } from '#lib/server/services/run/start-run.ts';
import type { Actions, PageServerLoad } from './$types';

const RECENT = 8;
const SHOWN_STIMULI = 6;
const DAY_MS = 86_400_000;
const ACTIVE_MS = 5 * 60_000;

export const load: PageServerLoad = async () => {
  const lab = app();
  const { db } = lab;
  const now = Date.now();
  const demonstration = await readDemonstration(lab);
  const [allDatasets, allStudies, runs, sittings, uploads] = await Promise.all([
    datasets.list(db),
    studies.list(db),
    activity.runsUnderWay(db),
    activity.sittingsSince(db, new Date(now - DAY_MS), new Date(now - ACTIVE_MS)),
    listUploads(lab)
  ]);
  return {
    counts: { datasets: allDatasets.length, studies: allStudies.length },
    datasets: allDatasets.slice(0, RECENT),
    studies: allStudies.slice(0, RECENT).map((study) => ({
      address: studies.addressOf(study),
      protocol: study.protocol,
      dataset: study.dataset,
      state: study.state,
      trials: study.trials,
      raters: study.raters,
      runs: study.runs,
      responses: study.responses
    })),
    runs: runs.map((run) => ({
      ...run,
      address: studies.addressOf({ name: run.study, version: run.version })
    })),
    sittings: sittings.map((one) => ({
      ...one,
      address: studies.addressOf({ name: one.study, version: one.version })
    })),
    imports: uploads
      .filter(({ state }) => state === 'importing' || state === 'failed' || state === 'stopped')
      .map(({ id, label, state, options }) => ({ id, name: options?.name ?? label, state })),
    demonstration: demonstration === null ? null : await shown(demonstration)
  };
};

/** What the demonstration's first page shows, as far as it has got. */
async function shown(demonstration: Demonstration) {
  const lab = app();
  const name = demonstration.studies['single-stimulus'];
  const study = name === undefined ? null : await studies.byName(lab.db, name);
  const results = study === null ? null : await resultsWithin(lab, study, 1500);
  const sides = results === null ? null : sideBySide(results, SHOWN_STIMULI);
  return {
    study: study === null ? null : studies.addressOf(study),
    sentence: results === null || sides === null ? null : headline(results).sentence,
    sides:
      sides === null
        ? null
        : {
            people: {
              name: sides.people.observer,
              raters: sides.people.raters,
              simulated: sides.people.simulated
            },
            model: { name: sides.model.observer, simulated: sides.model.simulated },
            stimuli: sides.stimuli
          },
    doors: Object.entries(demonstration.open).map(([protocol, { study, token }]) => ({
      protocol,
      study,
      href: `/r/${token}`
    })),
    simulatorBaseUrl: demonstration.simulatorBaseUrl
  };
}

export const actions: Actions = {
  /** The demonstration's second door: a model of the visitor's own sits one of its short studies. */
  try: async ({ request, locals }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const text = (key: string) => String(form.get(key) ?? '').trim();
    const lab = app();
    const started = await orFail(async () => {
      const run = await startRun(lab, {
        ...RUN_DEFAULTS,
        study: text('study'),
        model: text('model'),
        baseUrl: text('base-url'),
        apiKeyEnv: text('key') || null,
        strategy: 'standard',
        concurrency: 4,
        resume: true
      });
      if (!run.complete) await enqueueRun(lab, run.sessionId);
      return run;
    });
    if ('sessionId' in started) redirect(303, `/runs/${started.sessionId}`);
    return started;
  }
};
