import { othersFirst } from '#lib/server/db/client.ts';
import type { Study } from '#lib/server/db/studies.ts';
import * as votes from '#lib/server/db/votes.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';

const SLICE = 2000;

/**
 * Takes an import of votes out of its study again: from now on none of its votes counts, and they are deleted.
 * @throws BadInput where the study has no such import.
 */
export async function takeVotesOut(
  lab: Pick<Lab, 'db'>,
  study: Study,
  importId: number
): Promise<{ removed: number }> {
  const found = Number.isSafeInteger(importId) ? await votes.byId(lab.db, study.id, importId) : null;
  if (!found) throw new BadInput(`this study has no import ${importId}`);
  await removeImport(lab, found.id);
  return { removed: found.votes };
}

/** Slice by slice, so that nobody waits long; whoever comes after a crash goes on with it. */
export async function removeImport(lab: Pick<Lab, 'db'>, importId: number): Promise<void> {
  await votes.leave(lab.db, importId);
  while (await votes.removeSome(lab.db, importId, SLICE)) await othersFirst();
  await votes.removeRest(lab.db, importId);
}
