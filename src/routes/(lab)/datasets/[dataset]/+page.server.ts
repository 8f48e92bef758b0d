import { error } from '@sveltejs/kit';
import * as datasets from '#lib/server/db/datasets.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { describeDataset } from '#lib/server/services/describe-dataset.ts';
import { datasetNamed } from '#lib/server/services/find.ts';
import { PAGE, readStimulusQuery } from './stimulus-query.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url }) => {
  const lab = app();
  const dataset = await orNotFound(() => datasetNamed(lab.db, params.dataset));
  const query = readStimulusQuery(url.searchParams);
  const subsets = await datasets.subsetsOf(lab.db, dataset.id);
  const subset = subsets.find(({ name }) => name === query.subset) ?? null;
  if (query.subset !== null && subset === null) {
    error(404, `the dataset ${dataset.name} has no subset ${query.subset}`);
  }
  const filter = subset === null ? query.filter : { ...query.filter, subsetId: subset.id };
  const [description, page, summaries] = await Promise.all([
    describeDataset(lab, dataset),
    datasets.page(lab.db, dataset.id, filter, query.sort, query.offset, PAGE),
    datasets.list(lab.db)
  ]);
  return {
    dataset,
    description,
    subsets,
    shown: subset,
    query,
    page,
    limit: PAGE,
    studies: summaries.find(({ id }) => id === dataset.id)?.studies ?? 0
  };
};
