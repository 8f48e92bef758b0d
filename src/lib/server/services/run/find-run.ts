import * as runs from '#lib/server/db/runs.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import * as observers from '#lib/server/db/observers.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';

export interface FoundRun {
  run: runs.Run;
  session: sessions.Session;
  observer: observers.Observer;
  study: studies.Study;
}

/** @throws BadInput when there is no run of that number. */
export async function findRun(lab: Pick<Lab, 'db'>, id: string): Promise<FoundRun> {
  const number = /^\d{1,9}$/.test(id) ? Number(id) : -1;
  const run = await runs.byId(lab.db, number);
  const session = run && (await sessions.byId(lab.db, run.sessionId));
  const study = session && (await studies.byId(lab.db, session.studyId));
  const observer = session && (await observers.byId(lab.db, session.observerId));
  if (!run || !session || !study || !observer) throw new BadInput(`there is no run ${id}`);
  return { run, session, observer, study };
}
