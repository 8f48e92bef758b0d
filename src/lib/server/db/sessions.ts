import { and, asc, eq, sql } from 'drizzle-orm';
import type { Expected } from '#lib/domain/known-answer.ts';
import { rowsOf, type Db } from './client.ts';
import { presentations, sessions } from './schema/index.ts';

export type Session = typeof sessions.$inferSelect;
export type NewSession = typeof sessions.$inferInsert;

/** Of several sittings of one person, the one that is not over for having been away. */
const TIMED_OUT_LAST = sql`${sessions.ending} is not distinct from 'timed-out'`;

export interface NewPresentation {
  trialId: number;
  position: number;
  pass: number;
  order: number[];
}

/** How many sessions came through a door so far: the next one's ordinal. Call with the study's row locked. */
export async function nextOrdinal(db: Db, studyId: number, door: string): Promise<number> {
  const rows = await rowsOf<{ next: string }>(
    db,
    sql`select coalesce(max(ordinal) + 1, 0) as next from sessions where study_id = ${studyId} and door = ${door}`
  );
  return Number(rows[0]?.next ?? 0);
}

/** Session and presentations together. Call in a transaction. */
export async function open(
  db: Db,
  session: NewSession,
  planned: readonly NewPresentation[]
): Promise<Session> {
  const [row] = await db.insert(sessions).values(session).returning();
  const made = row as Session;
  for (let from = 0; from < planned.length; from += 2000) {
    await db.insert(presentations).values(
      planned.slice(from, from + 2000).map((presentation) => ({
        ...presentation,
        sessionId: made.id,
        studyId: made.studyId
      }))
    );
  }
  return made;
}

export async function byId(db: Db, id: number): Promise<Session | null> {
  return (await db.select().from(sessions).where(eq(sessions.id, id)))[0] ?? null;
}

/** The sitting of a person whom their service names. */
export async function byParticipant(db: Db, studyId: number, participant: string): Promise<Session | null> {
  const rows = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.studyId, studyId), eq(sessions.participant, participant)))
    .orderBy(TIMED_OUT_LAST, asc(sessions.id))
    .limit(1);
  return rows[0] ?? null;
}

/** The sitting's cookie is another one from now on: its person came by another browser. */
export async function changeToken(db: Db, sessionId: number, tokenHash: string): Promise<void> {
  await db.update(sessions).set({ tokenHash }).where(eq(sessions.id, sessionId));
}

/** Ends what is still going on; true when this call did. */
export async function end(db: Db, sessionId: number, ending: Session['ending']): Promise<boolean> {
  const ended = await db
    .update(sessions)
    .set({ state: 'ended', ending, lastSeenAt: new Date() })
    .where(and(eq(sessions.id, sessionId), eq(sessions.state, 'active')))
    .returning({ id: sessions.id });
  return ended.length === 1;
}

/** Ends an active sitting that was not seen for so long; null where it was, or has ended otherwise. */
export async function endIfAway(db: Db, sessionId: number, awayMs: number): Promise<Session | null> {
  const rows = await db
    .update(sessions)
    .set({ state: 'ended', ending: 'timed-out' })
    .where(
      and(
        eq(sessions.id, sessionId),
        eq(sessions.state, 'active'),
        sql`${sessions.lastSeenAt} < now() - ${awayMs} * interval '1 millisecond'`
      )
    )
    .returning();
  return rows[0] ?? null;
}

/** Keeps what was answered at a step, once: true when this call did. */
export async function keepEvidence(
  db: Db,
  sessionId: number,
  step: string,
  value: unknown
): Promise<boolean> {
  const kept = JSON.stringify({ [step]: { at: new Date().toISOString(), value } });
  const rows = await rowsOf<{ id: number }>(
    db,
    sql`update sessions set evidence = coalesce(evidence, '{}'::jsonb) || ${kept}::text::jsonb, last_seen_at = now()
      where id = ${sessionId} and not jsonb_exists(coalesce(evidence, '{}'::jsonb), ${step}) returning id`
  );
  return rows.length === 1;
}

/** How many places of a link are taken: completed, or going on and seen lately. Call with the study's row locked. */
export async function placesTaken(db: Db, invitationId: number, staleAfterMs: number): Promise<number> {
  const rows = await rowsOf<{ n: string }>(
    db,
    sql`select count(*) as n from sessions where invitation_id = ${invitationId} and (state = 'completed'
      or (state = 'active' and last_seen_at > now() - ${staleAfterMs} * interval '1 millisecond'))`
  );
  return Number(rows[0]?.n ?? 0);
}

export async function byInvitation(db: Db, invitationId: number): Promise<Session | null> {
  const rows = await db
    .select()
    .from(sessions)
    .where(eq(sessions.invitationId, invitationId))
    .orderBy(TIMED_OUT_LAST, asc(sessions.id))
    .limit(1);
  return rows[0] ?? null;
}

/**
 * How often each trial of a study is filled: answered or waiting in a sitting that was seen lately. Stale sittings
 * free their places.
 */
export async function fillCounts(
  db: Db,
  studyId: number,
  staleAfterMs: number
): Promise<Map<number, number>> {
  const rows = await rowsOf<{ trial: number; n: string }>(
    db,
    sql`select p.trial_id as trial, count(*) as n from presentations p
      join sessions s on s.id = p.session_id
      left join responses r on r.presentation_id = p.id
      where p.study_id = ${studyId} and s.door = 'page' and s.state <> 'withdrawn'
        and (r.presentation_id is not null
          or (s.state = 'active' and s.last_seen_at > now() - ${staleAfterMs} * interval '1 millisecond'))
      group by p.trial_id`
  );
  return new Map(rows.map((row) => [row.trial, Number(row.n)]));
}

export interface PendingPresentation {
  position: number;
  role: string;
  /** In the trial's own order, which `order` turns. */
  expected: Expected | null;
  order: number[];
  referenceId: number | null;
  /** In the order shown. */
  stimuli: number[];
}

/** The next presentations without an answer, in order. */
export async function nextPending(db: Db, sessionId: number, limit: number): Promise<PendingPresentation[]> {
  const rows = await rowsOf<{
    position: number;
    role: string;
    expected: Expected | null;
    referenceId: number | null;
    order: number[];
    stimuli: number[];
  }>(
    db,
    sql`select p.position, t.role, t.expected, t.reference_id as "referenceId", p."order",
      (select array_agg(ts.stimulus_id order by ts.slot) from trial_stimuli ts where ts.trial_id = t.id) as stimuli
      from presentations p join trials t on t.id = p.trial_id
      where p.session_id = ${sessionId}
        and not exists (select 1 from responses r where r.presentation_id = p.id)
      order by p.position limit ${limit}`
  );
  return rows.map(({ stimuli, ...rest }) => ({
    ...rest,
    stimuli: rest.order.map((slot) => stimuli[slot] as number)
  }));
}

export async function progress(db: Db, sessionId: number): Promise<{ answered: number; total: number }> {
  const rows = await rowsOf<{ answered: string; total: string }>(
    db,
    sql`select count(*) as total, count(r.presentation_id) as answered from presentations p
      left join responses r on r.presentation_id = p.id where p.session_id = ${sessionId}`
  );
  return { answered: Number(rows[0]?.answered ?? 0), total: Number(rows[0]?.total ?? 0) };
}

/** A sign of life every so often is enough to know that a sitting lives. */
export const SEEN_EVERY_MS = 30_000;

/** Marks a sitting seen, unless it was seen within `SEEN_EVERY_MS`. */
export async function touch(db: Db, sessionId: number): Promise<void> {
  await db.execute(
    sql`update sessions set last_seen_at = now()
      where id = ${sessionId} and last_seen_at < now() - ${SEEN_EVERY_MS} * interval '1 millisecond'`
  );
}

/** Completes a session when every presentation has its response; true when it is complete. */
export async function completeIfDone(
  db: Db,
  sessionId: number,
  ending: 'done' | 'failed-attention' = 'done'
): Promise<boolean> {
  await db.execute(
    sql`update sessions set state = 'completed', ending = ${ending}, completed_at = now(), last_seen_at = now()
      where id = ${sessionId} and state = 'active' and not exists (
        select 1 from presentations p left join responses r on r.presentation_id = p.id
        where p.session_id = ${sessionId} and r.presentation_id is null)`
  );
  const session = await byId(db, sessionId);
  return session?.state === 'completed';
}

export interface SessionRow {
  id: number;
  observer: string;
  kind: string;
  door: string;
  strategy: string | null;
  state: string;
  startedAt: Date | string;
  lastSeenAt: Date | string;
  completedAt: Date | string | null;
  presentations: number;
  answered: number;
}

/** The sessions of a study with how far each is. */
export async function ofStudy(db: Db, studyId: number): Promise<SessionRow[]> {
  const rows = await rowsOf<SessionRow & { presentations: string; answered: string }>(
    db,
    sql`select s.id, o.name as observer, o.kind, s.door, s.strategy, s.state, s.started_at as "startedAt",
      s.last_seen_at as "lastSeenAt", s.completed_at as "completedAt",
      count(p.id) as presentations, count(r.presentation_id) as answered
      from sessions s join observers o on o.id = s.observer_id
      left join presentations p on p.session_id = s.id
      left join responses r on r.presentation_id = p.id
      where s.study_id = ${studyId} group by s.id, o.id order by s.id`
  );
  return rows.map((row) => ({
    ...row,
    presentations: Number(row.presentations),
    answered: Number(row.answered)
  }));
}
