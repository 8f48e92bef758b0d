import { error, redirect } from '@sveltejs/kit';
import * as datasets from '#lib/server/db/datasets.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail, orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { createSubset, type SubsetOptions } from '#lib/server/services/create-subset.ts';
import { datasetNamed } from '#lib/server/services/find.ts';
import { readStimulusQuery } from '../stimulus-query.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url }) => {
  const { db } = app();
  const dataset = await orNotFound(() => datasetNamed(db, params.dataset));
  const judged = await datasets.page(db, dataset.id, { kind: 'distorted' }, 'name', 0, 1);
  const withMos = await datasets.page(
    db,
    dataset.id,
    { kind: 'distorted', mosFrom: -Number.MAX_VALUE },
    'name',
    0,
    1
  );
  // Coming from a filtered page, the choice begins with what was shown there.
  const query = readStimulusQuery(url.searchParams);
  const filtered = [...url.searchParams.keys()].length > 0;
  let names: string[] = [];
  if (filtered) {
    const subset = query.subset === null ? null : await datasets.subsetByName(db, dataset.id, query.subset);
    if (query.subset !== null && subset === null) error(404, `there is no subset ${query.subset}`);
    const filter = { ...query.filter, kind: 'distorted' as const };
    names = await datasets.namesMatching(
      db,
      dataset.id,
      subset === null ? filter : { ...filter, subsetId: subset.id }
    );
  }
  return { dataset: dataset.name, judged: judged.total, withMos: withMos.total, filtered, names };
};

export const actions: Actions = {
  default: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const name = String(form.get('name') ?? '').trim();
    const method = String(form.get('method') ?? '');
    const made = await orFail(() => {
      const base = { dataset: params.dataset, name };
      return createSubset(app(), optionsOf(base, method, form));
    });
    if ('subset' in made) {
      redirect(
        303,
        `/datasets/${encodeURIComponent(made.dataset)}?subset=${encodeURIComponent(made.subset)}#subsets`
      );
    }
    return made;
  }
};

function optionsOf(base: { dataset: string; name: string }, method: string, form: FormData): SubsetOptions {
  if (method === 'uniform') return { ...base, method, n: Number(form.get('n') || NaN) };
  if (method === 'by-hand') {
    const stimuli = String(form.get('stimuli') ?? '')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
    return { ...base, method, stimuli };
  }
  return { ...base, method: 'all' };
}
