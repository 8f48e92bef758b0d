import { and, asc, eq, sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { batches, batchRequests } from './schema/index.ts';

export type Batch = typeof batches.$inferSelect;
export type NewBatch = typeof batches.$inferInsert;

/** A batch with the presentations that it asks about, written before anything is sent. */
export async function create(
  db: Db,
  row: NewBatch,
  requests: { presentationId: number; fingerprint: string; imageSha256: string[] }[]
): Promise<Batch> {
  return db.transaction(async (tx) => {
    const [made] = await tx.insert(batches).values(row).returning();
    const batch = made as Batch;
    for (let i = 0; i < requests.length; i += 1000) {
      await tx
        .insert(batchRequests)
        .values(requests.slice(i, i + 1000).map((request) => ({ batchId: batch.id, ...request })));
    }
    return batch;
  });
}

export async function change(db: Db, id: number, values: Partial<NewBatch>): Promise<void> {
  await db.update(batches).set(values).where(eq(batches.id, id));
}

/** A run's batches that are not collected, oldest first. */
export async function open(db: Db, sessionId: number): Promise<Batch[]> {
  return db
    .select()
    .from(batches)
    .where(and(eq(batches.sessionId, sessionId), sql`${batches.state} in ('preparing', 'submitted')`))
    .orderBy(asc(batches.id));
}

export async function ofRun(db: Db, sessionId: number): Promise<Batch[]> {
  return db.select().from(batches).where(eq(batches.sessionId, sessionId)).orderBy(asc(batches.id));
}

export interface BatchRequest {
  presentationId: number;
  trialId: number;
  position: number;
  pass: number;
  order: number[];
  fingerprint: string;
  imageSha256: string[];
  result: string | null;
  /** Which time of asking in batches this is, from 1: the completion's attempt. */
  attempt: number;
  /** Whether it has its response. */
  responded: boolean;
  /** Its completion of this very attempt, where the process ended between that and the rest. */
  completionId: number | null;
}

export async function requestsOf(db: Db, batchId: number): Promise<BatchRequest[]> {
  return rowsOf<BatchRequest>(
    db,
    sql`select q.*, (select c.id::float8 from completions c
        where c.presentation_id = q."presentationId" and c.attempt = q.attempt) as "completionId"
      from (
        select b.presentation_id::float8 as "presentationId", p.trial_id as "trialId", p.position, p.pass, p."order",
          b.fingerprint, b.image_sha256 as "imageSha256", b.result,
          (select count(*)::int from batch_requests e where e.presentation_id = b.presentation_id and e.batch_id <= b.batch_id) as attempt,
          exists (select 1 from responses r where r.presentation_id = b.presentation_id) as responded
        from batch_requests b join presentations p on p.id = b.presentation_id
        where b.batch_id = ${batchId}) q order by q.position`
  );
}

export async function settle(
  db: Db,
  batchId: number,
  presentationId: number,
  result: 'answered' | 'failed' | 'expired'
): Promise<void> {
  await db
    .update(batchRequests)
    .set({ result })
    .where(and(eq(batchRequests.batchId, batchId), eq(batchRequests.presentationId, presentationId)));
}

/** Presentations of a run that an open batch asks about. */
export async function waiting(db: Db, sessionId: number): Promise<Set<number>> {
  const rows = await rowsOf<{ id: number }>(
    db,
    sql`select q.presentation_id::float8 as id from batch_requests q join batches b on b.id = q.batch_id
      where b.session_id = ${sessionId} and b.state in ('preparing', 'submitted')`
  );
  return new Set(rows.map(({ id }) => id));
}
