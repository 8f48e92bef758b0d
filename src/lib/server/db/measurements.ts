import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { measurements } from './schema/index.ts';

export type Measurement = typeof measurements.$inferSelect;
export type MeasurementState = 'queued' | 'running' | 'done' | 'stopped' | 'failed';

/** Without a sign of life for so long, whoever works on it is believed dead. */
const SILENT = sql`interval '15 seconds'`;

export async function create(db: Db, row: { datasetId: number; request: unknown }): Promise<Measurement> {
  return (await db.insert(measurements).values(row).returning())[0] as Measurement;
}

export async function byId(db: Db, id: number): Promise<Measurement | null> {
  return (await db.select().from(measurements).where(eq(measurements.id, id)))[0] ?? null;
}

/** Newest first. */
export async function ofDataset(db: Db, datasetId: number, limit: number): Promise<Measurement[]> {
  return db
    .select()
    .from(measurements)
    .where(eq(measurements.datasetId, datasetId))
    .orderBy(desc(measurements.id))
    .limit(limit);
}

/** Makes it this process's, unless another one is at work on it. Null where it is, or there is nothing to do. */
export async function take(db: Db, id: number, owner: string): Promise<Measurement | null> {
  const rows = await db
    .update(measurements)
    .set({
      owner,
      state: 'running',
      startedAt: sql`clock_timestamp()`,
      heardAt: sql`clock_timestamp()`
    })
    .where(
      and(
        eq(measurements.id, id),
        inArray(measurements.state, ['queued', 'running']),
        sql`(${measurements.owner} is null or ${measurements.owner} = ${owner}
          or ${measurements.heardAt} < clock_timestamp() - ${SILENT})`
      )
    )
    .returning();
  return rows[0] ?? null;
}

/** Says how far it is; and whether somebody asked for it to stop, or another process has taken it. */
export async function tell(
  db: Db,
  id: number,
  owner: string,
  progress: { total: number; done: number; failed: number; found: number }
): Promise<{ mine: boolean; stopAsked: boolean }> {
  const rows = await db
    .update(measurements)
    .set({ ...progress, heardAt: sql`clock_timestamp()` })
    .where(and(eq(measurements.id, id), eq(measurements.owner, owner)))
    .returning({ stopAsked: measurements.stopAsked });
  return { mine: rows.length > 0, stopAsked: rows[0]?.stopAsked ?? false };
}

/** Lets go of it: in its last state, or for another process to go on with. */
export async function release(
  db: Db,
  id: number,
  owner: string,
  end: { state: MeasurementState; problem: string | null } | null
): Promise<void> {
  await db
    .update(measurements)
    .set({ owner: null, ...(end ?? {}) })
    .where(and(eq(measurements.id, id), eq(measurements.owner, owner)));
}

/** Asks whoever works on it to stop; one that nobody works on stops here and now. */
export async function askToStop(db: Db, id: number): Promise<void> {
  await db.update(measurements).set({ stopAsked: true }).where(eq(measurements.id, id));
  await db
    .update(measurements)
    .set({ state: 'stopped' })
    .where(and(eq(measurements.id, id), eq(measurements.state, 'queued')));
}

/** Of one that was stopped or has failed: back in the queue. */
export async function resume(db: Db, id: number): Promise<boolean> {
  const rows = await db
    .update(measurements)
    .set({ state: 'queued', stopAsked: false, problem: null, owner: null })
    .where(and(eq(measurements.id, id), inArray(measurements.state, ['stopped', 'failed'])))
    .returning({ id: measurements.id });
  return rows.length > 0;
}

/** On the embedded database every other process is dead. */
export async function dropOwners(db: Db): Promise<void> {
  await db
    .update(measurements)
    .set({ owner: null })
    .where(sql`${measurements.owner} is not null`);
}

/** Those that wait, or whose process died. */
export async function orphans(db: Db): Promise<number[]> {
  const rows = await rowsOf<{ id: number }>(
    db,
    sql`select id from measurements where state in ('queued', 'running')
      and (owner is null or heard_at < clock_timestamp() - ${SILENT}) order by id`
  );
  return rows.map(({ id }) => id);
}
