import * as datasets from '#lib/server/db/datasets.ts';
import type * as studies from '#lib/server/db/studies.ts';
import { datasetNamed, studyNamed } from '../services/find.ts';
import type { Lab } from '../services/lab.ts';
import { findRun, type FoundRun } from '../services/run/find-run.ts';
import { BadInput } from '../tables/bad-input.ts';
import { Problem } from './problem.ts';

/** What a path names is there, or the answer is 404; what a body names wrongly is invalid instead. */
async function orUnknown<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BadInput) throw new Problem('unknown', error.onPage);
    throw error;
  }
}

type Where = { lab: Pick<Lab, 'db'>; param(name: string): string };

export const datasetOf = ({ lab, param }: Where): Promise<datasets.Dataset> =>
  orUnknown(() => datasetNamed(lab.db, param('dataset')));

/** By name, the newest version; "name@2" is the second. */
export const studyOf = ({ lab, param }: Where): Promise<studies.Study> =>
  orUnknown(() => studyNamed(lab.db, param('study')));

export const runOf = ({ lab, param }: Where): Promise<FoundRun> =>
  orUnknown(() => findRun(lab, param('run')));

export async function subsetOf(call: Where): Promise<{ dataset: datasets.Dataset; subset: datasets.Subset }> {
  const dataset = await datasetOf(call);
  const subset = await datasets.subsetByName(call.lab.db, dataset.id, call.param('subset'));
  if (subset !== null) return { dataset, subset };
  const [of, name] = [JSON.stringify(dataset.name), JSON.stringify(call.param('subset'))];
  throw new Problem('unknown', `the dataset ${of} has no subset ${name}`);
}
