import { error } from '@sveltejs/kit';
import * as stimuli from '#lib/server/db/stimuli.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { datasetNamed } from '#lib/server/services/find.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import { stimulusAddress } from '#lib/components/ui/addresses.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
  const { db } = app();
  const dataset = await orNotFound(() => datasetNamed(db, params.dataset));
  const stimulus = await stimuli.byName(db, dataset.id, params.stimulus);
  if (stimulus === null) error(404, `the dataset ${dataset.name} has no stimulus ${params.stimulus}`);
  const { before, after } = await stimuli.neighbours(db, dataset.id, stimulus.kind, stimulus.name);
  const made =
    stimulus.kind === 'reference'
      ? await datasets.page(db, dataset.id, { kind: 'distorted', referenceId: stimulus.id }, 'mos-up', 0, 200)
      : null;
  const address = (name: string | null) => (name === null ? null : stimulusAddress(dataset.name, name));
  return {
    dataset: { name: dataset.name, mosLow: dataset.mosLow, mosHigh: dataset.mosHigh },
    stimulus,
    before: address(before),
    after: address(after),
    reference: address(stimulus.referenceName),
    made
  };
};
