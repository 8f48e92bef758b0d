import * as datasets from '#lib/server/db/datasets.ts';
import * as features from '#lib/server/db/features.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { hasDifferences } from '#lib/server/services/difference-scores.ts';
import { datasetNamed } from '#lib/server/services/find.ts';
import type { LayoutServerLoad } from './$types';

/** What there is to choose by. It does not hang on the address, so that moving a slider does not read it again. */
export const load: LayoutServerLoad = async ({ params }) => {
  const { db } = app();
  const dataset = await orNotFound(() => datasetNamed(db, params.dataset));
  const subsets = await datasets.subsetsOf(db, dataset.id);
  const judged = await datasets.page(db, dataset.id, { kind: 'distorted' }, 'name', 0, 1);
  const withSigma = await datasets.page(db, dataset.id, { kind: 'distorted', sigmaFrom: 0 }, 'name', 0, 1);
  const proxies = await metrics.list(db, dataset.id);
  const sets = await features.list(db, dataset.id);
  return {
    dataset: dataset.name,
    simulated: dataset.simulated,
    fullReference: dataset.scenario === 'full-reference',
    differences: hasDifferences(dataset),
    judged: judged.total,
    withSigma: withSigma.total,
    subsets: subsets.map(({ name, size }) => ({ name, size })),
    metrics: proxies.map(({ name, version, direction, values }) => ({ name, version, direction, values })),
    featureSets: sets
      .filter(({ complete }) => complete)
      .map(({ name, dimension, vectors }) => ({ name, dimension, vectors }))
  };
};
