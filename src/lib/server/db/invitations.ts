import { and, asc, eq, or, sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { invitations, sessions, studies } from './schema/index.ts';
import type { Study } from './studies.ts';

export type Invitation = typeof invitations.$inferSelect;

export async function create(
  db: Db,
  rows: {
    studyId: number;
    token: string;
    kind: 'personal' | 'open';
    label?: string | null;
    simulated?: boolean;
    recruitment?: Invitation['recruitment'];
    quota?: number | null;
  }[]
): Promise<Invitation[]> {
  return db.insert(invitations).values(rows).returning();
}

export async function byToken(
  db: Db,
  token: string
): Promise<{ invitation: Invitation; study: Study } | null> {
  const rows = await db
    .select({ invitation: invitations, study: studies })
    .from(invitations)
    .innerJoin(studies, eq(studies.id, invitations.studyId))
    .where(eq(invitations.token, token));
  return rows[0] ?? null;
}

/**
 * A link with its study and the sitting that it leads to, in one query: a personal link's own one, or of an open link the
 * one whose cookie was given.
 */
export async function withSitting(
  db: Db,
  token: string,
  tokenHash: string | null
): Promise<{ invitation: Invitation; study: Study; session: typeof sessions.$inferSelect | null } | null> {
  const rows = await db
    .select({ invitation: invitations, study: studies, session: sessions })
    .from(invitations)
    .innerJoin(studies, eq(studies.id, invitations.studyId))
    .leftJoin(
      sessions,
      and(
        eq(sessions.invitationId, invitations.id),
        or(
          eq(invitations.kind, 'personal'),
          tokenHash === null ? sql`false` : eq(sessions.tokenHash, tokenHash)
        )
      )
    )
    .where(eq(invitations.token, token))
    // Of several sittings of one link, the one that is not over for having been away.
    .orderBy(sql`${sessions.ending} is not distinct from 'timed-out'`, asc(sessions.id))
    .limit(1);
  return rows[0] ?? null;
}

export interface InvitationRow {
  id: number;
  token: string;
  kind: 'personal' | 'open';
  simulated: boolean;
  recruitment: Invitation['recruitment'];
  quota: number | null;
  createdAt: string | Date;
  revoked: boolean;
  sittings: number;
  /** Of a personal link's one sitting; null while it is unused. */
  sitting: 'active' | 'completed' | 'ended' | 'withdrawn' | null;
}

/** A study's links, newest first. */
export async function page(
  db: Db,
  studyId: number,
  offset: number,
  limit: number
): Promise<{ total: number; invitations: InvitationRow[] }> {
  const [counted] = await rowsOf<{ n: string }>(
    db,
    sql`select count(*) as n from invitations where study_id = ${studyId}`
  );
  const rows = await rowsOf<InvitationRow>(
    db,
    sql`select i.id, i.token, i.kind, i.simulated, i.recruitment, i.quota, i.created_at as "createdAt", i.revoked_at is not null as revoked,
      count(s.id)::int as sittings, case when i.kind = 'personal' then min(s.state) end as sitting
      from invitations i left join sessions s on s.invitation_id = i.id
      where i.study_id = ${studyId} group by i.id order by i.id desc offset ${offset} limit ${limit}`
  );
  return { total: Number(counted?.n ?? 0), invitations: rows };
}

export async function revoke(db: Db, studyId: number, invitationId: number): Promise<void> {
  await db
    .update(invitations)
    .set({ revokedAt: new Date() })
    .where(and(eq(invitations.id, invitationId), eq(invitations.studyId, studyId)));
}
