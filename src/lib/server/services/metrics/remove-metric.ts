import * as features from '#lib/server/db/features.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { datasetNamed } from '../find.ts';
import type { Lab } from '../lab.ts';

/**
 * Takes a metric or a set of features off a dataset, in all its versions. Subsets that were chosen by it keep how.
 * @throws BadInput where there is none.
 */
export async function removeMetric(
  lab: Pick<Lab, 'db'>,
  dataset: string,
  what: string,
  name: string
): Promise<void> {
  const { id } = await datasetNamed(lab.db, dataset);
  if (what === 'features') await features.remove(lab.db, id, name);
  else if ((await metrics.byName(lab.db, id, name)) === null) {
    throw new BadInput(`the dataset has no metric ${JSON.stringify(name)}`);
  } else await metrics.remove(lab.db, id, name);
}
