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
