import { error, redirect } from '@sveltejs/kit';
import * as datasets from '#lib/server/db/datasets.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail, orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { createSubset, type SubsetOptions } from '#lib/server/services/create-subset.ts';
import { datasetNamed } from '#lib/server/services/find.ts';
import { readNameList } from '#lib/server/services/selection/read-name-list.ts';
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
  return {
    fullReference: dataset.scenario === 'full-reference',
    dataset: dataset.name,
    judged: judged.total,
    withMos: withMos.total,
    filtered,
    names
  };
};

export const actions: Actions = {
  default: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const name = String(form.get('name') ?? '').trim();
    const method = String(form.get('method') ?? '');
    const made = await orFail(async () => {
      const base = { dataset: params.dataset, name };
      return createSubset(app(), await optionsOf(base, method, form));
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

async function optionsOf(
  base: { dataset: string; name: string },
  method: string,
  form: FormData
): Promise<SubsetOptions> {
  const number = (name: string) => Number(form.get(name) || NaN);
  if (method === 'uniform') return { ...base, method, n: number('n') };
  if (method === 'uniform-by-reference') {
    return {
      ...base,
      method: 'uniform',
      references: number('references'),
      perReference: number('per-reference')
    };
  }
  if (method === 'by-hand') {
    const lab = app();
    const dataset = await datasetNamed(lab.db, base.dataset);
    const text = String(form.get('stimuli') ?? '');
    return { ...base, method, stimuli: await readNameList(lab, dataset, text, 'the list') };
  }
  return { ...base, method: 'all' };
}
