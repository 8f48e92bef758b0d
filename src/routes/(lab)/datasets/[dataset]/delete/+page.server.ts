import { redirect } from '@sveltejs/kit';
import { app } from '#lib/server/http/app.ts';
import { orFail, orNotFound } from '#lib/server/http/errors.ts';
import { requireResearcher } from '#lib/server/http/guards.ts';
import { describeDataset } from '#lib/server/services/describe-dataset.ts';
import { datasetNamed } from '#lib/server/services/find.ts';
import { removeDataset } from '#lib/server/services/remove-dataset.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
  const lab = app();
  const dataset = await orNotFound(() => datasetNamed(lab.db, params.dataset));
  const [description, subsets, all] = await Promise.all([
    describeDataset(lab, dataset),
    datasets.subsetsOf(lab.db, dataset.id),
    datasets.list(lab.db)
  ]);
  return {
    name: dataset.name,
    pictures: description.references + description.distorted,
    withMos: description.withMos,
    subsets: subsets.length,
    studies: all.find(({ id }) => id === dataset.id)?.studies ?? 0
  };
};

export const actions: Actions = {
  default: async ({ request, locals, params }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const failed = await orFail(async () => {
      await removeDataset(app(), params.dataset, String(form.get('name') ?? ''));
      return null;
    });
    if (failed !== null) return failed;
    redirect(303, '/datasets');
  }
};
