import { createHash, createHmac } from 'node:crypto';
import type * as sessions from '#lib/server/db/sessions.ts';
import type * as studies from '#lib/server/db/studies.ts';
import * as invitations from '#lib/server/db/invitations.ts';
import type { Lab } from '../lab.ts';

export type FoundSitting =
  /** No such link, or one that was withdrawn. */
  | { state: 'unknown' }
  /** The link is good and nobody sits yet (in this browser, for an open link). */
  | { state: 'new'; study: studies.Study; invitation: invitations.Invitation }
  | { state: 'closed'; study: studies.Study }
  | { state: 'sitting'; study: studies.Study; invitation: invitations.Invitation; session: sessions.Session };

/**
 * Who comes through a link. A personal link is its own key: it finds its sitting from any browser. An open link
 * needs the cookie that its sitting was given.
 */
export async function findSitting(
  lab: Pick<Lab, 'db'>,
  link: string,
  cookie: string | null
): Promise<FoundSitting> {
  if (!/^[A-Za-z0-9_-]{16,64}$/.test(link)) return { state: 'unknown' };
  const found = await invitations.withSitting(lab.db, link, cookie === null ? null : tokenHash(cookie));
  if (!found || found.invitation.revokedAt !== null) return { state: 'unknown' };
  const { invitation, study, session } = found;
  if (session !== null && session.state !== 'withdrawn') {
    return { state: 'sitting', study, invitation, session };
  }
  if (study.state !== 'open') return { state: 'closed', study };
  return { state: 'new', study, invitation };
}

export function tokenHash(cookie: string): string {
  return createHash('sha256').update(cookie).digest('hex');
}

/** By this a page and the server agree which sitting an answer belongs to; it says nothing else. */
export function sittingName(lab: Pick<Lab, 'blindingKey'>, sessionId: number): string {
  return createHmac('sha256', lab.blindingKey)
    .update(`sitting/${sessionId}`)
    .digest('base64url')
    .slice(0, 16);
}
