import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { BlockRestart } from '#lib/domain/sitting-plan.ts';
import type { SittingTally } from '#lib/domain/monitoring/sitting-evidence.ts';
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
  participant: string | null;
  ending: string | null;
  /** What they said before and after, and what the checks found, by step. */
  said: Record<string, { at: string; value: unknown }> | null;
  /** Blocks that began again because they had been away; null where none did. */
  restarts: BlockRestart[] | null;
  total: number;
  answered: number;
  /** Of test trials; null without any. */
  medianMs: number | null;
  focusLosses: number | null;
  /** The longest time from an answer to the next trial's onset, by the browser's clock; null where it told nothing. */
  longestGapMs: number | null;
  /** How large the commonest answer's share is among all; of test trials, null for fewer than two. */
  sameShare: number | null;
  /** Of test trials, as `evidenceIn` takes it. */
  tally: SittingTally;
}

export interface SittingsWanted {
  /** Answers sooner than this count as hasty. */
  hastyBelowMs: number;
  offset: number;
  /** null: all. */
  limit: number | null;
}

/** A study's sittings, newest first, with what can be told of each from its own answers. */
export async function page(
  db: Db,
  studyId: number,
  { hastyBelowMs, offset, limit }: SittingsWanted
): Promise<{ total: number; sittings: Sitting[] }> {
  const [counted] = await rowsOf<{ n: string }>(
    db,
    sql`select count(*) as n from sessions where study_id = ${studyId} and door = 'page'`
  );
  const which = sql`order by s.id desc offset ${offset} limit ${limit}`;
  return { total: Number(counted?.n ?? 0), sittings: await read(db, studyId, hastyBelowMs, which) };
}

/** What is counted of each of some sittings' answers. */
export async function tallies(
  db: Db,
  studyId: number,
  hastyBelowMs: number,
  sessionIds: readonly number[]
): Promise<Map<number, SittingTally>> {
  const which = sql`and s.id = any(${`{${sessionIds.join(',')}}`}::int[])`;
  const found = await read(db, studyId, hastyBelowMs, which);
  return new Map(found.map(({ id, tally }) => [id, tally]));
}

/** @param which what follows the conditions on `sessions s`. */
async function read(db: Db, studyId: number, hastyBelowMs: number, which: SQL): Promise<Sitting[]> {
  const rows = await rowsOf<SittingRow>(
    db,
    sql`with shown as (
        select s.id, o.name as observer, o.kind, s.state, s.started_at, s.last_seen_at, s.completed_at, s.withdrawn_at,
          s.device, s.participant, s.ending, s.evidence, s.restarts
        from sessions s join observers o on o.id = s.observer_id
        where s.study_id = ${studyId} and s.door = 'page' ${which}),
      given as (
        select p.session_id, p.position, t.role = 'test' as counts, r.response_time_ms as ms, r.choice,
          r.presented_at - lag(r.presented_at + coalesce(r.response_time_ms, 0) * interval '1 millisecond')
            over (partition by p.session_id order by p.position) as gap,
          case when jsonb_typeof(r.facts->'blurs') = 'number' then (r.facts->>'blurs')::float8 end as blurs,
          coalesce(r.raw_score::text, r.choice, r.ranking::text) as answer, r.presentation_id
        from presentations p join shown on shown.id = p.session_id join trials t on t.id = p.trial_id
        left join responses r on r.presentation_id = p.id),
      each as (
        select session_id, count(*) as total, count(presentation_id) as answered, sum(blurs) as blurs,
          (extract(epoch from max(gap)) * 1000)::float8 as gap,
          percentile_cont(0.5) within group (order by ms) filter (where counts) as median,
          count(*) filter (where counts and answer is not null) as answers,
          count(*) filter (where counts and answer is not null and ms < ${hastyBelowMs}) as hasty,
          count(*) filter (where counts and choice = 'first') as first,
          count(*) filter (where counts and choice = 'second') as second
        from given group by session_id),
      -- Equal answers in a row share the difference between their place among all and among their equals.
      runs as (
        select session_id, answer, count(*) as n from (
          select session_id, answer, row_number() over (partition by session_id order by position)
            - row_number() over (partition by session_id, answer order by position) as run
          from given where counts and answer is not null) placed
        group by session_id, answer, run),
      alike as (
        select session_id, max(n) as commonest, max(longest) as longest from (
          select session_id, sum(n) as n, max(n) as longest from runs group by session_id, answer) each_answer
        group by session_id)
      select shown.id, shown.observer, shown.kind, shown.state, shown.started_at as "startedAt",
        shown.last_seen_at as "lastSeenAt", shown.completed_at as "completedAt", shown.withdrawn_at as "withdrawnAt",
        shown.device, shown.participant, shown.ending, shown.evidence as said, shown.restarts, coalesce(each.total, 0)::int as total, coalesce(each.answered, 0)::int as answered,
        each.median as "medianMs", each.blurs as "focusLosses", each.gap as "longestGapMs", coalesce(each.answers, 0)::int as answers,
        coalesce(each.hasty, 0)::int as hasty, coalesce(each.first, 0)::int as first,
        coalesce(each.second, 0)::int as second, coalesce(alike.commonest, 0)::int as commonest,
        coalesce(alike.longest, 0)::int as "longestRun"
      from shown left join each on each.session_id = shown.id left join alike on alike.session_id = shown.id
      order by shown.id desc`
  );
  return rows.map(plain);
}

export async function one(db: Db, studyId: number, sessionId: number): Promise<Sitting | null> {
  return (await read(db, studyId, 0, sql`and s.id = ${sessionId}`))[0] ?? null;
}

type SittingRow = Omit<Sitting, 'tally' | 'sameShare'> & Omit<SittingTally, 'focusLosses'>;

function plain({ answers, hasty, longestRun, commonest, first, second, ...row }: SittingRow): Sitting {
  const number = (value: number | null) => (value === null ? null : Number(value));
  const focusLosses = number(row.focusLosses);
  const longestGapMs = row.longestGapMs === null ? null : Math.max(0, Number(row.longestGapMs));
  return {
    ...row,
    medianMs: number(row.medianMs),
    focusLosses,
    longestGapMs,
    sameShare: answers >= 2 ? commonest / answers : null,
    tally: { answers, hasty, longestRun, commonest, first, second, focusLosses, longestGapMs }
  };
}

export interface SittingCounts {
  joined: number;
  completed: number;
  /** Active and seen within the last two minutes. */
  here: number;
  /** Active, with places still held, but not seen for two minutes. */
  away: number;
  /** Unfinished and not seen for so long that their places went back. */
  left: number;
  withdrawn: number;
  answers: number;
}

export async function counts(db: Db, studyId: number, staleAfterMs: number): Promise<SittingCounts> {
  const [row] = await rowsOf<Record<keyof SittingCounts, string>>(
    db,
    sql`select count(*) filter (where state <> 'withdrawn') as joined,
      count(*) filter (where state = 'completed') as completed,
      count(*) filter (where state = 'active' and last_seen_at > now() - interval '2 minutes') as here,
      count(*) filter (where state = 'active' and last_seen_at <= now() - interval '2 minutes'
        and last_seen_at > now() - ${staleAfterMs} * interval '1 millisecond') as away,
      count(*) filter (where state = 'ended' or (state = 'active'
        and last_seen_at <= now() - ${staleAfterMs} * interval '1 millisecond')) as left,
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
    away: number('away'),
    left: number('left'),
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
 * Deletes what a sitting brought, answers and presentations, what its browser said of itself, and whose it was. The row stays, as
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
    .set({
      state: 'withdrawn',
      withdrawnAt: new Date(),
      tokenHash: null,
      device: null,
      completedAt: null,
      participant: null,
      recruited: null,
      ending: null,
      evidence: null,
      restarts: null
    })
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
