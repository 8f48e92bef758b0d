import { trainingTrials } from '#lib/domain/extra-trials.ts';
import { restartBlock } from '#lib/server/db/restarts.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import type { Study } from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';
import type { FoundSitting } from './find-sitting.ts';

type Sat = Pick<sessions.Session, 'id' | 'state' | 'ending' | 'lastSeenAt'>;

/** Whether somebody may begin again after this sitting: they were away for too long, and the study lets them. */
export function beginsAnew(design: Study['design'], session: Pick<Sat, 'ending'>): boolean {
  return session.ending === 'timed-out' && design.sitting?.resume?.then === 'anew';
}

/**
 * What becomes of a sitting that comes back after longer than its study allows: it has ended, or the block that it was in
 * begins again; any other stays as it is. What an ended one answered stays, also what was answered before and arrives after.
 *
 * @param db of the transaction, where there is one.
 */
export async function afterAbsence(
  db: Lab['db'],
  design: Study['design'],
  session: sessions.Session
): Promise<sessions.Session> {
  const resume = design.sitting?.resume;
  if (resume === undefined || session.state !== 'active') return session;
  const awayMs = resume.withinMinutes * 60_000;
  if (Date.now() - session.lastSeenAt.getTime() <= awayMs) return session;
  if (resume.then === 'restarts-block') {
    const block = { training: trainingTrials(design), size: design.sitting?.blockTrials ?? Infinity };
    return (await restartBlock(db, session.id, awayMs, block)) ?? session;
  }
  return (await sessions.endIfAway(db, session.id, awayMs)) ?? session;
}

/** A sitting as it is for somebody who opens its page now: theirs, over, or, where the study begins anew, not there. */
export async function resumed(lab: Pick<Lab, 'db'>, found: FoundSitting): Promise<FoundSitting> {
  if (found.state !== 'sitting') return found;
  const { study, invitation } = found;
  const session = await afterAbsence(lab.db, study.design, found.session);
  if (!beginsAnew(study.design, session)) return { ...found, session };
  return study.state === 'open' ? { state: 'new', study, invitation } : { state: 'closed', study };
}
