import * as sittings from '#lib/server/db/sittings.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { forgetAgreement } from './analyse-agreement.ts';
import type { Lab } from './lab.ts';

/**
 * A participant takes part no longer: their answers, their presentations and what their browser said of itself are
 * deleted in one transaction, and so is what had been computed from them and kept. That somebody sat, and when they were withdrawn, stays recorded. Answers that their browser
 * still sends are refused, since the presentations that they belong to are gone.
 *
 * @returns how many answers were deleted; 0 when it was withdrawn already.
 * @throws BadInput when the study has no such sitting.
 */
export async function withdrawSitting(
  lab: Pick<Lab, 'db'>,
  studyId: number,
  sessionId: number
): Promise<{ deleted: number }> {
  const done = await lab.db.transaction(async (tx) => {
    const session = await sittings.lockRow(tx, studyId, sessionId);
    if (!session) throw new BadInput(`this study has no sitting ${sessionId}`);
    if (session.state === 'withdrawn') return { deleted: 0 };
    return { deleted: await sittings.withdraw(tx, sessionId) };
  });
  await forgetAgreement(lab, studyId);
  return done;
}
