import { randomBytes } from 'node:crypto';
import { recruitmentProblems, type Recruitment } from '#lib/domain/recruitment.ts';
import * as invitations from '#lib/server/db/invitations.ts';
import { BadInput, Conflict } from '#lib/server/tables/bad-input.ts';
import { studyNamed } from './find.ts';
import type { Lab } from './lab.ts';

export interface InviteOptions {
  study: string;
  count: number;
  /** personal: one sitting a link, resumed by it from any browser. open: one link, a sitting for each browser. */
  kind: 'personal' | 'open';
  simulated?: boolean;
  /** Where its people come from; absent for a plain link. */
  recruitment?: Recruitment | null;
  /** How many may sit by an open link; absent for any number. */
  quota?: number | null;
}

/** Makes rater links. @returns their tokens; 128 random bits each, so a link cannot be guessed. */
export async function invite(lab: Pick<Lab, 'db'>, options: InviteOptions): Promise<string[]> {
  const study = await studyNamed(lab.db, options.study);
  if (study.state !== 'open') throw new Conflict(`the study ${JSON.stringify(study.name)} is closed`);
  if (!Number.isSafeInteger(options.count) || options.count < 1 || options.count > 10_000) {
    throw new BadInput(`from 1 to 10,000 links can be made at once, not ${options.count}`);
  }
  const problems = options.recruitment ? recruitmentProblems(options.recruitment) : [];
  const quota = options.quota ?? null;
  if (quota !== null && !(Number.isSafeInteger(quota) && quota >= 1)) {
    problems.push(`A quota is a whole number from 1, or none, not ${quota}.`);
  }
  if (problems.length > 0) throw new BadInput(problems.join(' '));
  const rows = Array.from({ length: options.count }, () => ({
    studyId: study.id,
    token: randomBytes(16).toString('base64url'),
    kind: options.kind,
    simulated: options.simulated ?? false,
    recruitment: options.recruitment ?? null,
    // A personal link has one sitting anyway.
    quota: options.kind === 'open' ? quota : null
  }));
  const made = await invitations.create(lab.db, rows);
  return made.map((row) => row.token);
}
