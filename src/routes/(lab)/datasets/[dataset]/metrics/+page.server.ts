import { redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { orFail, orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import * as measurements from '#lib/server/db/measurements.ts';
import * as stimuli from '#lib/server/db/stimuli.ts';
import { datasetNamed } from '#lib/server/services/find.ts';
import { describeMetrics } from '#lib/server/services/metrics/describe-metrics.ts';
import { startPristine } from '#lib/server/services/metrics/fit-pristine.ts';
import { removeMetric } from '#lib/server/services/metrics/remove-metric.ts';
import { enqueueMeasurement, startMeasurement } from '#lib/server/services/metrics/start-measurement.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import { receiveMetrics } from '#lib/server/http/receive-metrics.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url }) => {
  const lab = app();
  const dataset = await orNotFound(() => datasetNamed(lab.db, params.dataset));
  const contents = await stimuli.contents(lab.db, dataset.id);
  const described = await describeMetrics(lab, dataset, contents);
  const asked = url.searchParams.get('metric');
  // The one that agrees best is shown where none was asked for.
  const best = described.lines.reduce<(typeof described.lines)[number] | null>(
    (before, line) =>
      Math.abs(line.agreement?.srcc ?? -1) > Math.abs(before?.agreement?.srcc ?? 0) ? line : before,
    null
  );
  const shown = described.lines.find(({ name }) => name === asked) ?? best;
  return {
    ...described,
    lines: described.lines.map(({ agreement, ...line }) => ({
      ...line,
      agreement:
        agreement === null ? null : { ...agreement, dots: [], distortions: [], levels: [], byContent: [] }
    })),
    shown,
    dataset,
    withMos: contents.withMos,
    judged: contents.distorted,
    references: contents.references,
    subsets: (await datasets.subsetsOf(lab.db, dataset.id)).map(({ name, size }) => ({ name, size })),
    now: Date.now()
  };
};

const back = (dataset: string, to = '') =>
  redirect(303, `/datasets/${encodeURIComponent(dataset)}/metrics${to}`);

export const actions: Actions = {
  measure: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const failed = await orFail(async () => {
      const { id } = await startMeasurement(app(), {
        dataset: params.dataset,
        metrics: form.getAll('metric').map(String),
        pristine: String(form.get('pristine') ?? '') || null
      });
      await enqueueMeasurement(app(), id);
      return null;
    });
    if (failed !== null) return failed;
    back(params.dataset);
  },
  pristine: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const from = String(form.get('from') ?? 'references');
    const failed = await orFail(async () => {
      const { id } = await startPristine(app(), {
        dataset: params.dataset,
        name: String(form.get('name') ?? '').trim(),
        of:
          from === 'all' || from === 'references' ? { what: from } : { what: 'subset', subset: from.slice(7) }
      });
      await enqueueMeasurement(app(), id);
      return null;
    });
    if (failed !== null) return failed;
    back(params.dataset);
  },
  stop: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const failed = await orFail(async () => {
      await measurements.askToStop(app().db, await measurementIn(params.dataset, form));
      return null;
    });
    return failed ?? { problem: null };
  },
  resume: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const failed = await orFail(async () => {
      const id = await measurementIn(params.dataset, form);
      if (await measurements.resume(app().db, id)) await enqueueMeasurement(app(), id);
      return null;
    });
    return failed ?? { problem: null };
  },
  remove: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const failed = await orFail(async () => {
      await removeMetric(app(), params.dataset, String(form.get('what')), String(form.get('name') ?? ''));
      return null;
    });
    if (failed !== null) return failed;
    back(params.dataset);
  },
  bring: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const brought = await orFail(() => receiveMetrics(app(), params.dataset, request));
    if ('said' in brought) back(params.dataset, brought.said);
    return brought;
  }
};

/** Of this dataset alone: the address says which. */
async function measurementIn(dataset: string, form: FormData): Promise<number> {
  const { db } = app();
  const { id } = await datasetNamed(db, dataset);
  const found = await measurements.byId(db, Number(form.get('measurement')) || 0);
  return found?.datasetId === id ? found.id : 0;
}
