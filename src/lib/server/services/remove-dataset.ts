import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { datasetNamed } from './find.ts';
import type { Lab } from './lab.ts';

/**
 * Removes a dataset that no study uses.
 * @param confirmed its name once more, as the person typed it.
 * @throws BadInput when the name was not confirmed, or studies use it.
 */
export async function removeDataset(lab: Pick<Lab, 'db'>, name: string, confirmed: string): Promise<void> {
  const dataset = await datasetNamed(lab.db, name);
  if (confirmed.trim() !== dataset.name) {
    throw new BadInput(`type the dataset's name, ${dataset.name}, to delete it; nothing was deleted`);
  }
  if (!(await datasets.remove(lab.db, dataset.id))) {
    const users = (await studies.list(lab.db)).filter((study) => study.datasetId === dataset.id);
    throw new BadInput(
      `the dataset ${JSON.stringify(name)} cannot be deleted: ${users.map((study) => studies.addressOf(study)).join(', ')} ` +
        `${users.length === 1 ? 'uses' : 'use'} it`
    );
  }
}
