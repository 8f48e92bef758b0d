import { fail, redirect } from '@sveltejs/kit';
import { PROBE_PRESETS } from '#lib/domain/probes/probe.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as probes from '#lib/server/db/probes.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { modelLine, readAsk, readProbe } from '#lib/server/services/probe/read-probe-form.ts';
import { createProbe, noteQuestions } from '#lib/server/services/probe/start-probe.ts';
import type { Actions, PageServerLoad } from './$types';

const SHOWN = 60;

export const load: PageServerLoad = async ({ url }) => {
  const { db } = app();
  const all = (await datasets.list(db)).map(({ name }) => name);
  const asked = url.searchParams.get('dataset');
  const dataset = asked !== null && all.includes(asked) ? asked : (all[0] ?? null);
  const found = dataset === null ? null : await datasets.byName(db, dataset);
  const text = url.searchParams.get('find') ?? '';
  const page =
    found === null
      ? { total: 0, stimuli: [] }
      : await datasets.page(db, found.id, text === '' ? {} : { text }, 'name', 0, SHOWN);
  return {
    presets: PROBE_PRESETS,
    preset: PROBE_PRESETS.find(({ id }) => id === url.searchParams.get('preset')) ?? null,
    datasets: all,
    dataset,
    find: text,
    total: page.total,
    stimuli: page.stimuli.map(({ name, sha256 }) => ({ name, sha256 })),
    models: (await probes.knownModels(db)).map((one) => ({ ...one, line: modelLine(one) }))
  };
};

export const actions: Actions = {
  default: async ({ request, locals }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const lab = app();
    const made = await orFail(async () => {
      // What is asked is looked at before the probe is kept.
      const asked = readAsk(form);
      const probe = await createProbe(lab, readProbe(form));
      try {
        await noteQuestions(lab, probe, asked);
      } catch (error) {
        await probes.remove(lab.db, probe.id);
        throw error;
      }
      await lab.queue.send('ask-probe', String(probe.id), { probeId: probe.id });
      return { id: probe.id };
    });
    if ('id' in made) redirect(303, `/probes/${made.id}`);
    const text = (name: string) => String(form.get(name) ?? '');
    return fail(400, {
      problem: made.data.problem,
      values: {
        name: text('name'),
        prompt: text('prompt'),
        each: text('each'),
        models: text('models'),
        temperature: text('temperature'),
        maxTokens: text('maxTokens'),
        ticked: form.getAll('model').map(String),
        stimuli: form.getAll('stimulus').map(String)
      }
    });
  }
};
