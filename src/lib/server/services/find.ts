import type { Db } from '#lib/server/db/client.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

/** @throws BadInput when there is none of that name. */
export async function datasetNamed(db: Db, name: string): Promise<datasets.Dataset> {
  const found = await datasets.byName(db, name);
  if (!found) throw new BadInput(`there is no dataset named ${JSON.stringify(name)}`);
  return found;
}

/** @throws BadInput when there is none of that name ("name@2" asks for version 2). */
export async function studyNamed(db: Db, name: string): Promise<studies.Study> {
  const found = await studies.byName(db, name);
  if (!found) throw new BadInput(`there is no study named ${JSON.stringify(name)}`);
  return found;
}

/**
 * The one version that an address names: "name" is the first, whatever came after it.
 * @throws BadInput when there is none.
 */
export async function studyAddressed(db: Db, address: string): Promise<studies.Study> {
  const found = await studies.byAddress(db, address);
  if (!found) throw new BadInput(`there is no study at the address ${JSON.stringify(address)}`);
  return found;
}
