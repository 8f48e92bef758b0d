import { and, asc, eq, sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { probeAnswers, probes } from './schema/index.ts';

export type Probe = typeof probes.$inferSelect;
export type NewProbe = typeof probes.$inferInsert;
export type ProbeAnswer = typeof probeAnswers.$inferSelect;
export type NewProbeAnswer = typeof probeAnswers.$inferInsert;
export type { ProbePicture } from './schema/probes.ts';

/** null when the name is taken. */
export async function create(db: Db, row: NewProbe): Promise<Probe | null> {
  return (await db.insert(probes).values(row).onConflictDoNothing().returning())[0] ?? null;
}

export async function byId(db: Db, id: number): Promise<Probe | null> {
  return (await db.select().from(probes).where(eq(probes.id, id)))[0] ?? null;
}

export async function byName(db: Db, name: string): Promise<Probe | null> {
  return (await db.select().from(probes).where(eq(probes.name, name)))[0] ?? null;
}

export interface ListedProbe {
  id: number;
  name: string;
  preset: string | null;
  dataset: string;
  pictures: number;
  models: string[];
  answered: number;
  asked: number;
  createdAt: Date;
}

/** Newest first. */
export async function list(db: Db): Promise<ListedProbe[]> {
  const rows = await rowsOf<Omit<ListedProbe, 'createdAt'> & { createdAt: string }>(
    db,
    sql`select b.id, b.name, b.preset, d.name as dataset, jsonb_array_length(b.pictures) as pictures,
      coalesce(array_agg(distinct a.model) filter (where a.model is not null), '{}') as models,
      count(a.id) filter (where a.state <> 'asked')::int as answered, count(a.id)::int as asked, b.created_at as "createdAt"
      from probes b join datasets d on d.id = b.dataset_id left join probe_answers a on a.probe_id = b.id
      group by b.id, d.id order by b.id desc`
  );
  return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt) }));
}

export async function remove(db: Db, id: number): Promise<void> {
  await db.delete(probes).where(eq(probes.id, id));
}

export async function addAnswers(db: Db, rows: NewProbeAnswer[]): Promise<void> {
  await db.insert(probeAnswers).values(rows);
}

export async function answersOf(db: Db, probeId: number): Promise<ProbeAnswer[]> {
  return db
    .select()
    .from(probeAnswers)
    .where(eq(probeAnswers.probeId, probeId))
    .orderBy(asc(probeAnswers.id));
}

/** Once: what came back first stays. */
export async function settle(db: Db, id: number, values: Partial<NewProbeAnswer>): Promise<void> {
  await db
    .update(probeAnswers)
    .set({ ...values, answeredAt: new Date() })
    .where(and(eq(probeAnswers.id, id), eq(probeAnswers.state, 'asked')));
}

/** Probes with requests that nobody has answered yet. */
export async function unfinished(db: Db): Promise<number[]> {
  const rows = await rowsOf<{ id: number }>(
    db,
    sql`select distinct probe_id as id from probe_answers where state = 'asked'`
  );
  return rows.map(({ id }) => id);
}

/** Registered models, and endpoints and models that runs and probes were asked at, newest first. */
export async function knownModels(
  db: Db
): Promise<{ model: string; baseUrl: string; apiKeyEnv: string | null }[]> {
  return rowsOf(
    db,
    sql`select model, base_url as "baseUrl", api_key_env as "apiKeyEnv" from (
        select model, base_url, api_key_env, session_id::int8 as at from runs where control is null
        union all select model, base_url, api_key_env, id from probe_answers
        union all select model, base_url, api_key_env, 0 from models) m
      group by model, base_url, api_key_env order by max(at) desc limit 20`
  );
}
