import { and, eq, sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { invitations, presentations, sessions } from './schema/index.ts';

export interface Sitting {
  id: number;
  observer: string;
  kind: string;
  state: string;
  startedAt: string | Date;
  lastSeenAt: string | Date;
  completedAt: string | Date | null;
  withdrawnAt: string | Date | null;
  device: Record<string, unknown> | null;
  total: number;
  answered: number;
  /** Of trials that are no training; null without any. */
  medianMs: number | null;
  focusLosses: number | null;
  /** How large the commonest answer's share is among all; of trials that are no training, null for fewer than two. */
  sameShare: number | null;
}

/** A study's sittings, newest first, with what can be told of each from its own answers. */
export async function page(
  db: Db,
  studyId: number,
  offset: number,
  limit: number
): Promise<{ total: number; sittings: Sitting[] }> {
  const [counted] = await rowsOf<{ n: string }>(
    db,
    sql`select count(*) as n from sessions where study_id = ${studyId} and door = 'page'`
  );
  const rows = await rowsOf<Sitting>(
    db,
    sql`with shown as (
        select s.id, o.name as observer, o.kind, s.state, s.started_at, s.last_seen_at, s.completed_at, s.withdrawn_at,
          s.device
        from sessions s join observers o on o.id = s.observer_id
        where s.study_id = ${studyId} and s.door = 'page' order by s.id desc offset ${offset} limit ${limit}),
      given as (
        select p.session_id, t.role, r.response_time_ms, r.facts,
          coalesce(r.raw_score::text, r.choice, r.ranking::text) as answer, r.presentation_id
        from presentations p join shown on shown.id = p.session_id join trials t on t.id = p.trial_id
        left join responses r on r.presentation_id = p.id),
      same as (
        select session_id, max(n) as most, sum(n) as n from (
          select session_id, answer, count(*) as n from given
          where answer is not null and role <> 'training' group by session_id, answer) each_answer
        group by session_id)
      select shown.id, shown.observer, shown.kind, shown.state, shown.started_at as "startedAt",
        shown.last_seen_at as "lastSeenAt", shown.completed_at as "completedAt", shown.withdrawn_at as "withdrawnAt",
        shown.device, count(given.session_id)::int as total, count(given.presentation_id)::int as answered,
        percentile_cont(0.5) within group (order by given.response_time_ms)
          filter (where given.role <> 'training') as "medianMs",
        sum(case when jsonb_typeof(given.facts->'blurs') = 'number' then (given.facts->>'blurs')::float8 end)
          as "focusLosses",
        case when same.n >= 2 then same.most::float8 / same.n end as "sameShare"
      from shown left join given on given.session_id = shown.id left join same on same.session_id = shown.id
      group by shown.id, shown.observer, shown.kind, shown.state, shown.started_at, shown.last_seen_at,
        shown.completed_at, shown.withdrawn_at, shown.device, same.most, same.n
      order by shown.id desc`
  );
  return { total: Number(counted?.n ?? 0), sittings: rows.map(plain) };
}

export async function one(db: Db, studyId: number, sessionId: number): Promise<Sitting | null> {
  const rows = await rowsOf<{ before: string }>(
    db,
    sql`select count(*) as before from sessions where study_id = ${studyId} and door = 'page' and id > ${sessionId}`
  );
  const { sittings } = await page(db, studyId, Number(rows[0]?.before ?? 0), 1);
  return sittings[0]?.id === sessionId ? sittings[0] : null;
}

function plain(row: Sitting): Sitting {
  const number = (value: number | null) => (value === null ? null : Number(value));
  return {
    ...row,
    medianMs: number(row.medianMs),
    focusLosses: number(row.focusLosses),
    sameShare: number(row.sameShare)
  };
}

export interface SittingCounts {
  joined: number;
  completed: number;
  /** Active and seen within the last two minutes. */
  here: number;
  withdrawn: number;
  answers: number;
}

export async function counts(db: Db, studyId: number): Promise<SittingCounts> {
  const [row] = await rowsOf<Record<keyof SittingCounts, string>>(
    db,
    sql`select count(*) filter (where state <> 'withdrawn') as joined,
      count(*) filter (where state = 'completed') as completed,
      count(*) filter (where state = 'active' and last_seen_at > now() - interval '2 minutes') as here,
      count(*) filter (where state = 'withdrawn') as withdrawn,
      (select count(*) from responses r join presentations p on p.id = r.presentation_id
        join sessions x on x.id = p.session_id where x.study_id = ${studyId} and x.door = 'page') as answers
      from sessions where study_id = ${studyId} and door = 'page'`
  );
  const number = (name: keyof SittingCounts) => Number(row?.[name] ?? 0);
  return {
    joined: number('joined'),
    completed: number('completed'),
    here: number('here'),
    withdrawn: number('withdrawn'),
    answers: number('answers')
  };
}

/** How many people's answers things have: `things` of them have exactly `answers`. Ascending. */
export type Coverage = { answers: number; things: number }[];

/** Of each test trial. */
export async function trialCoverage(db: Db, studyId: number): Promise<Coverage> {
  return rowsOf(
    db,
    sql`select n::int as answers, count(*)::int as things from (
        select t.id, count(r.presentation_id) as n from trials t
        left join (presentations p join sessions s on s.id = p.session_id and s.door = 'page'
          join responses r on r.presentation_id = p.id and r.outcome = 'ok') on p.trial_id = t.id
        where t.study_id = ${studyId} and t.role = 'test' group by t.id) each_trial
      group by n order by n`
  );
}

/** Of each stimulus that a test trial judges: in how many answers it stood. */
export async function stimulusCoverage(db: Db, studyId: number): Promise<Coverage> {
  return rowsOf(
    db,
    sql`select n::int as answers, count(*)::int as things from (
        select ts.stimulus_id, sum(answered.n) as n from trial_stimuli ts join (
          select t.id, count(r.presentation_id) as n from trials t
          left join (presentations p join sessions s on s.id = p.session_id and s.door = 'page'
            join responses r on r.presentation_id = p.id and r.outcome = 'ok') on p.trial_id = t.id
          where t.study_id = ${studyId} and t.role = 'test' group by t.id) answered on answered.id = ts.trial_id
        group by ts.stimulus_id) each_stimulus
      group by n order by n`
  );
}

/**
 * Deletes what a sitting brought, answers and presentations, and what its browser said of itself. The row stays, as
 * withdrawn; a personal link is revoked with it. Call in a transaction.
 */
export async function withdraw(db: Db, sessionId: number): Promise<number> {
  const [answers] = await rowsOf<{ n: string }>(
    db,
    sql`select count(*) as n from responses r join presentations p on p.id = r.presentation_id
      where p.session_id = ${sessionId}`
  );
  await db.delete(presentations).where(eq(presentations.sessionId, sessionId));
  const [session] = await db
    .update(sessions)
    .set({ state: 'withdrawn', withdrawnAt: new Date(), tokenHash: null, device: null, completedAt: null })
    .where(eq(sessions.id, sessionId))
    .returning();
  if (session?.invitationId != null) {
    await db
      .update(invitations)
      .set({ revokedAt: sql`coalesce(${invitations.revokedAt}, now())` })
      .where(and(eq(invitations.id, session.invitationId), eq(invitations.kind, 'personal')));
  }
  return Number(answers?.n ?? 0);
}

/** Takes a sitting's row for this transaction. */
export async function lockRow(
  db: Db,
  studyId: number,
  sessionId: number
): Promise<typeof sessions.$inferSelect | null> {
  const rows = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.studyId, studyId), eq(sessions.door, 'page')))
    .for('update');
  return rows[0] ?? null;
}
