import { randomBytes } from 'node:crypto';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { studyNamed } from './find.ts';
import type { Lab } from './lab.ts';

export interface InviteOptions {
  study: string;
  count: number;
  /** personal: one sitting a link, resumed by it from any browser. open: one link, a sitting for each browser. */
  kind: 'personal' | 'open';
  simulated?: boolean;
}

/** Makes rater links. @returns their tokens; 128 random bits each, so a link cannot be guessed. */
export async function invite(lab: Pick<Lab, 'db'>, options: InviteOptions): Promise<string[]> {
  const study = await studyNamed(lab.db, options.study);
  if (study.state !== 'open') throw new BadInput(`the study ${JSON.stringify(study.name)} is closed`);
  if (!Number.isSafeInteger(options.count) || options.count < 1 || options.count > 10_000) {
    throw new BadInput(`from 1 to 10,000 links can be made at once, not ${options.count}`);
  }
  const rows = Array.from({ length: options.count }, () => ({
    studyId: study.id,
    token: randomBytes(16).toString('base64url'),
    kind: options.kind,
    simulated: options.simulated ?? false
  }));
  const made = await studies.invite(lab.db, rows);
  return made.map((row) => row.token);
}
