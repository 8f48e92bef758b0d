import { and, asc, eq, sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { completions, promptTexts, requestFailures, responses, runs } from './schema/index.ts';
import type { Decoding } from './schema/runs.ts';

export type Run = typeof runs.$inferSelect;
export type NewRun = typeof runs.$inferInsert;
export type RunState = 'queued' | 'running' | 'paused' | 'cancelled' | 'capped' | 'failed' | 'completed';
export type Completion = typeof completions.$inferSelect;
export type NewCompletion = typeof completions.$inferInsert;
export type { Decoding };

export async function create(db: Db, row: NewRun): Promise<void> {
  await db.insert(runs).values(row);
}

export async function byId(db: Db, sessionId: number): Promise<Run | null> {
  return (await db.select().from(runs).where(eq(runs.sessionId, sessionId)))[0] ?? null;
}

export interface RunOfStudy extends Run {
  observer: string;
  kind: string;
  strategy: string;
  startedAt: Date;
}

/** The runs of a study, oldest first. */
export async function ofStudy(db: Db, studyId: number): Promise<RunOfStudy[]> {
  const heads = await rowsOf<{
    id: number;
    observer: string;
    kind: string;
    strategy: string;
    started: string;
  }>(
    db,
    sql`select s.id, o.name as observer, o.kind, s.strategy, s.started_at as started
      from sessions s join observers o on o.id = s.observer_id
      where s.study_id = ${studyId} and s.door = 'model' order by s.id`
  );
  const rows = await db
    .select({ run: runs })
    .from(runs)
    .where(sql`${runs.sessionId} in (select id from sessions where study_id = ${studyId})`)
    .orderBy(asc(runs.sessionId));
  const byId = new Map(rows.map(({ run }) => [run.sessionId, run]));
  return heads.flatMap((head) => {
    const run = byId.get(head.id);
    if (!run) return [];
    const { observer, kind, strategy } = head;
    return [{ ...run, observer, kind, strategy, startedAt: new Date(head.started) }];
  });
}

export async function change(db: Db, sessionId: number, values: Partial<NewRun>): Promise<void> {
  await db.update(runs).set(values).where(eq(runs.sessionId, sessionId));
}

/** Adds a sentence to what a run had to do otherwise; once, whoever says it how often. */
export async function addNote(db: Db, sessionId: number, note: string): Promise<void> {
  await db
    .update(runs)
    .set({ notes: sql`array_append(${runs.notes}, ${note})` })
    .where(and(eq(runs.sessionId, sessionId), sql`not (${note} = any(${runs.notes}))`));
}

/** From one of some states into another; false when it was in none of them. */
export async function transition(
  db: Db,
  sessionId: number,
  from: readonly RunState[],
  to: RunState,
  reason: string | null
): Promise<boolean> {
  const changed = await db
    .update(runs)
    .set({
      state: to,
      stateReason: reason,
      finishedAt: to === 'completed' || to === 'cancelled' ? new Date() : null
    })
    .where(and(eq(runs.sessionId, sessionId), sql`${runs.state} in ${from}`))
    .returning({ id: runs.sessionId });
  return changed.length === 1;
}

const LEASE = sql`now() + interval '15 seconds'`;

/** Takes a run for one worker: it must be queued or running, and nobody else alive may hold it. */
export async function takeLease(db: Db, sessionId: number, owner: string): Promise<boolean> {
  const taken = await db
    .update(runs)
    .set({ state: 'running', stateReason: null, leaseOwner: owner, leaseExpiresAt: LEASE })
    .where(
      and(
        eq(runs.sessionId, sessionId),
        sql`${runs.state} in ('queued', 'running')`,
        sql`(${runs.leaseOwner} is null or ${runs.leaseExpiresAt} < now())`
      )
    )
    .returning({ id: runs.sessionId });
  return taken.length === 1;
}

/** A sign of life; the state as it is now, or null when the lease is another's. */
export async function renewLease(db: Db, sessionId: number, owner: string): Promise<RunState | null> {
  const rows = await db
    .update(runs)
    .set({ leaseExpiresAt: LEASE })
    .where(and(eq(runs.sessionId, sessionId), eq(runs.leaseOwner, owner)))
    .returning({ state: runs.state });
  return (rows[0]?.state as RunState | undefined) ?? null;
}

export async function releaseLease(db: Db, sessionId: number, owner: string): Promise<void> {
  await db
    .update(runs)
    .set({ leaseOwner: null, leaseExpiresAt: null })
    .where(and(eq(runs.sessionId, sessionId), eq(runs.leaseOwner, owner)));
}

/** Every lease ends: on the embedded database no other process can be alive. */
export async function dropLeases(db: Db): Promise<void> {
  await db.update(runs).set({ leaseOwner: null, leaseExpiresAt: null });
}

/** Runs that should go on and that nobody works on. */
export async function orphans(db: Db): Promise<number[]> {
  const rows = await db
    .select({ id: runs.sessionId })
    .from(runs)
    .where(
      sql`${runs.state} in ('queued', 'running') and (${runs.leaseOwner} is null or ${runs.leaseExpiresAt} < now())`
    );
  return rows.map((row) => row.id);
}

export interface Unanswered {
  id: number;
  position: number;
  trialId: number;
  /** Which pass over the trial. */
  pass: number;
  order: number[];
  /** A completion that was stored before its response could be. */
  completionId: number | null;
}

/** The next presentations without a response after a position. */
export async function unanswered(
  db: Db,
  sessionId: number,
  afterPosition: number,
  limit: number
): Promise<Unanswered[]> {
  return rowsOf<Unanswered>(
    db,
    sql`select p.id::int8::float8 as id, p.position, p.trial_id as "trialId", p.pass, p."order",
      (select max(c.id)::float8 from completions c where c.presentation_id = p.id) as "completionId"
      from presentations p
      where p.session_id = ${sessionId} and p.position > ${afterPosition}
        and not exists (select 1 from responses r where r.presentation_id = p.id)
      order by p.position limit ${limit}`
  );
}

export async function keepPromptText(
  db: Db,
  row: { sha256: string; promptId: string; promptVersion: number; parts: unknown }
): Promise<void> {
  await db.insert(promptTexts).values(row).onConflictDoNothing();
}

/**
 * All or none, of as many presentations.
 *
 * @returns their ids, in the order of the rows.
 */
export async function addCompletions(db: Db, rows: readonly NewCompletion[]): Promise<number[]> {
  const made = await db
    .insert(completions)
    .values([...rows])
    .returning({ id: completions.id, presentationId: completions.presentationId });
  const ids = new Map(made.map(({ id, presentationId }) => [presentationId, id]));
  return rows.map(({ presentationId }) => ids.get(presentationId) as number);
}

export async function completion(db: Db, id: number): Promise<Completion | null> {
  return (await db.select().from(completions).where(eq(completions.id, id)))[0] ?? null;
}

export async function addFailure(
  db: Db,
  row: { presentationId: number; status: number | null; message: string }
): Promise<void> {
  await db.insert(requestFailures).values(row);
}

/** What a run has cost so far, in dollars and tokens, and the dearest completion; always the sum of its rows. */
export async function spent(
  db: Db,
  sessionId: number
): Promise<{
  cost: number;
  tokensIn: number;
  tokensOut: number;
  maxTokensIn: number;
  maxTokensOut: number;
  completions: number;
}> {
  const rows = await rowsOf<Record<string, string | number | null>>(
    db,
    sql`select coalesce(sum(c.cost), 0) as cost, coalesce(sum(c.tokens_in), 0) as "tokensIn",
      coalesce(sum(c.tokens_out), 0) as "tokensOut", coalesce(max(c.tokens_in), 0) as "maxTokensIn",
      coalesce(max(c.tokens_out), 0) as "maxTokensOut", count(c.id) as completions
      from completions c join presentations p on p.id = c.presentation_id where p.session_id = ${sessionId}`
  );
  const row = rows[0] ?? {};
  const number = (key: string) => Number(row[key] ?? 0);
  return {
    cost: number('cost'),
    tokensIn: number('tokensIn'),
    tokensOut: number('tokensOut'),
    maxTokensIn: number('maxTokensIn'),
    maxTokensOut: number('maxTokensOut'),
    completions: number('completions')
  };
}

export interface LastAnswer {
  position: number;
  outcome: string;
  answer: string;
  text: string;
  reason: string | null;
  latencyMs: number;
  receivedAt: string;
}

export interface RunSummary {
  sessionId: number;
  state: RunState;
  stateReason: string | null;
  total: number;
  done: number;
  outcomes: Record<string, number>;
  tokensIn: number;
  tokensOut: number;
  /** null where no prices are known. */
  cost: number | null;
  failures: number;
  /** Answers a second over the last minute of work. */
  requestsPerSecond: number | null;
  latencyMsP50: number | null;
  latencyMsP95: number | null;
  etaMs: number | null;
  last: LastAnswer[];
}

/** Everything a run's page shows, counted from its rows. */
export async function summary(db: Db, sessionId: number): Promise<RunSummary | null> {
  const run = await byId(db, sessionId);
  if (!run) return null;
  const counts = await rowsOf<{ outcome: string | null; n: string }>(
    db,
    sql`select r.outcome, count(*) as n from presentations p left join responses r on r.presentation_id = p.id
      where p.session_id = ${sessionId} group by r.outcome`
  );
  const outcomes: Record<string, number> = {};
  let total = 0;
  let done = 0;
  for (const row of counts) {
    total += Number(row.n);
    if (row.outcome === null) continue;
    done += Number(row.n);
    outcomes[row.outcome] = Number(row.n);
  }
  const paid = await spent(db, sessionId);
  const [pace] = await rowsOf<{ n: string; seconds: number | null; p50: number | null; p95: number | null }>(
    db,
    sql`with recent as (
        select c.latency_ms, c.received_at from completions c join presentations p on p.id = c.presentation_id
        where p.session_id = ${sessionId} order by c.id desc limit 500)
      select count(*) filter (where received_at > (select max(received_at) from recent) - interval '60 seconds') as n,
        extract(epoch from max(received_at) - greatest(min(received_at), max(received_at) - interval '60 seconds'))::float8
          as seconds,
        percentile_cont(0.5) within group (order by latency_ms) as p50,
        percentile_cont(0.95) within group (order by latency_ms) as p95
      from recent`
  );
  const [failed] = await rowsOf<{ n: string }>(
    db,
    sql`select count(*) as n from request_failures f join presentations p on p.id = f.presentation_id
      where p.session_id = ${sessionId}`
  );
  const perSecond =
    pace && pace.seconds !== null && Number(pace.seconds) > 0
      ? (Number(pace.n) - 1) / Number(pace.seconds)
      : null;
  const last = await rowsOf<{
    position: number;
    outcome: string;
    score: number | null;
    choice: string | null;
    ranking: number[] | null;
    content: string | null;
    refusal: string | null;
    reason: string | null;
    latency: number;
    received: string | Date;
  }>(
    db,
    sql`select p.position, r.outcome, r.score, r.choice, r.ranking, c.content, c.refusal, r.reason,
      c.latency_ms as latency, c.received_at as received
      from completions c join presentations p on p.id = c.presentation_id
      join responses r on r.presentation_id = p.id and r.completion_id = c.id
      where p.session_id = ${sessionId} order by c.id desc limit 10`
  );
  const active = run.state === 'running' && perSecond !== null && perSecond > 0;
  return {
    sessionId,
    state: run.state as RunState,
    stateReason: run.stateReason,
    total,
    done,
    outcomes,
    tokensIn: paid.tokensIn,
    tokensOut: paid.tokensOut,
    cost: run.priceIn === null && run.priceOut === null ? null : paid.cost,
    failures: Number(failed?.n ?? 0),
    requestsPerSecond: perSecond,
    latencyMsP50: pace?.p50 == null ? null : Number(pace.p50),
    latencyMsP95: pace?.p95 == null ? null : Number(pace.p95),
    etaMs: active ? ((total - done) / (perSecond as number)) * 1000 : null,
    last: last.map((row) => ({
      position: row.position,
      outcome: row.outcome,
      answer: row.choice ?? row.ranking?.join(', ') ?? (row.score === null ? '' : String(row.score)),
      text: (row.content ?? row.refusal ?? '').slice(0, 500),
      reason: row.reason,
      latencyMs: row.latency,
      receivedAt: new Date(row.received).toISOString()
    }))
  };
}

/** How many presentations came back with each outcome. */
export async function outcomeCounts(db: Db, sessionId: number): Promise<Record<string, number>> {
  const rows = await rowsOf<{ outcome: string; n: string }>(
    db,
    sql`select r.outcome, count(*) as n from presentations p join responses r on r.presentation_id = p.id
      where p.session_id = ${sessionId} group by r.outcome order by count(*) desc`
  );
  return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, Number(n)]));
}

export async function promptText(db: Db, sha256: string): Promise<typeof promptTexts.$inferSelect | null> {
  return (await db.select().from(promptTexts).where(eq(promptTexts.sha256, sha256)))[0] ?? null;
}

export async function responseCount(db: Db, sessionId: number): Promise<number> {
  const rows = await rowsOf<{ n: string }>(
    db,
    sql`select count(*) as n from presentations p join ${responses} r on r.presentation_id = p.id
      where p.session_id = ${sessionId}`
  );
  return Number(rows[0]?.n ?? 0);
}
