import { createHmac } from 'node:crypto';
import { completionOf, type Completion, type Ending } from '#lib/domain/recruitment.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import type { Invitation } from '#lib/server/db/invitations.ts';
import type { Lab } from '../lab.ts';

/**
 * Ends a sitting before its last trial: its unanswered places are free at once, what it answered stays. One that is
 * complete, ended or withdrawn already stays as it is.
 *
 * @returns whether it was this call that ended it.
 */
export async function endSitting(
  lab: Pick<Lab, 'db'>,
  sessionId: number,
  ending: Exclude<Ending, 'done'> | 'returned' | 'timed-out'
): Promise<boolean> {
  return sessions.end(lab.db, sessionId, ending);
}

/** A code of a sitting's own: ten letters and digits that nobody else can make, and that say nothing. */
export function ownCode(lab: Pick<Lab, 'blindingKey'>, sessionId: number): string {
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  const bytes = createHmac('sha256', lab.blindingKey).update(`completion/${sessionId}`).digest();
  return Array.from(bytes.subarray(0, 10), (byte) => alphabet[byte % 32]).join('');
}

/** What the person of an ended sitting takes back to their service; nothing before it has ended. */
export function completionOfSitting(
  lab: Pick<Lab, 'blindingKey'>,
  invitation: Pick<Invitation, 'recruitment'> | null,
  session: Pick<sessions.Session, 'id' | 'state' | 'ending' | 'participant'>
): Completion {
  const ending = session.ending ?? (session.state === 'completed' ? 'done' : null);
  if (ending === null || ending === 'returned' || ending === 'timed-out' || session.state === 'active')
    return { code: null, address: null };
  const participant =
    session.participant === null ? null : { id: session.participant.replace(/^[a-z]+:/, '') };
  return completionOf(invitation?.recruitment ?? null, ending, participant, ownCode(lab, session.id));
}
