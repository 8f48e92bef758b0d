import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { othersFirst, rowsOf, type Db } from './client.ts';
import { featureSets, featureVectors } from './schema/index.ts';

export type FeatureSet = typeof featureSets.$inferSelect;
export type NewFeatureSet = typeof featureSets.$inferInsert;

/** Vectors of one statement: of 512 floats each a fifth of a megabyte, so that nothing else waits long for the database. */
const BATCH = 100;
const READ = 250;

export interface NewVector {
  stimulusId: number;
  /** Or why there is none. */
  vector: Float32Array | { failure: string; reason: string | null };
}

export interface FeatureSetSummary extends FeatureSet {
  vectors: number;
  failures: number;
}

/** The complete set of a name that was asked for last; null where there is none. */
export async function byName(db: Db, datasetId: number, name: string): Promise<FeatureSet | null> {
  const rows = await db
    .select()
    .from(featureSets)
    .where(
      and(eq(featureSets.datasetId, datasetId), eq(featureSets.name, name), eq(featureSets.complete, true))
    )
    .orderBy(desc(featureSets.askedAt), desc(featureSets.id))
    .limit(1);
  return rows[0] ?? null;
}

/** Of each name the set that was asked for last, complete or not. */
export async function list(db: Db, datasetId: number): Promise<FeatureSetSummary[]> {
  const rows = await db
    .select()
    .from(featureSets)
    .where(eq(featureSets.datasetId, datasetId))
    .orderBy(asc(featureSets.name), asc(featureSets.askedAt), asc(featureSets.id));
  const newest = new Map(rows.map((row) => [row.name, row]));
  const counted = await rowsOf<{ id: number; n: string; failed: string }>(
    db,
    sql`select feature_set_id as id, count(vector) as n, count(failure) as failed
      from feature_vectors where dataset_id = ${datasetId} group by feature_set_id`
  );
  const counts = new Map(counted.map((row) => [row.id, row]));
  return [...newest.values()].map((set) => ({
    ...set,
    vectors: Number(counts.get(set.id)?.n ?? 0),
    failures: Number(counts.get(set.id)?.failed ?? 0)
  }));
}

export async function byId(db: Db, id: number): Promise<FeatureSet | null> {
  return (await db.select().from(featureSets).where(eq(featureSets.id, id)))[0] ?? null;
}

/** The set in this very version, made empty where it is not there. */
export async function ask(db: Db, row: NewFeatureSet): Promise<FeatureSet> {
  const [set] = await db
    .insert(featureSets)
    .values(row)
    .onConflictDoUpdate({
      target: [featureSets.datasetId, featureSets.name, featureSets.version],
      set: { askedAt: sql`clock_timestamp()` }
    })
    .returning();
  return set as FeatureSet;
}

export async function change(
  db: Db,
  id: number,
  values: Partial<Pick<NewFeatureSet, 'complete' | 'dimension' | 'provenance'>>
): Promise<void> {
  await db.update(featureSets).set(values).where(eq(featureSets.id, id));
}

export async function remove(db: Db, datasetId: number, name: string): Promise<void> {
  await db.delete(featureSets).where(and(eq(featureSets.datasetId, datasetId), eq(featureSets.name, name)));
}

/** What is there already stays. */
export async function insertVectors(
  db: Db,
  set: Pick<FeatureSet, 'id' | 'datasetId'>,
  rows: readonly NewVector[]
): Promise<void> {
  for (let i = 0; i < rows.length; i += BATCH) {
    await db
      .insert(featureVectors)
      .values(
        rows.slice(i, i + BATCH).map(({ stimulusId, vector }) => {
          const keys = { featureSetId: set.id, datasetId: set.datasetId, stimulusId };
          return vector instanceof Float32Array
            ? { ...keys, vector: bytesOf(vector) }
            : { ...keys, failure: vector.failure, reason: vector.reason };
        })
      )
      .onConflictDoNothing();
    await othersFirst();
  }
}

export interface FeatureVectors {
  set: FeatureSet;
  stimulusIds: number[];
  /** stimulusIds.length × dimension, row by row. */
  data: Float32Array;
  dimension: number;
}

/** The vectors of a dataset's complete set of a name, by stimulus id; null where it has none. */
export async function read(db: Db, datasetId: number, name: string): Promise<FeatureVectors | null> {
  const set = await byName(db, datasetId, name);
  if (set === null) return null;
  const ids = await rowsOf<{ id: number }>(
    db,
    sql`select stimulus_id as id from feature_vectors
      where feature_set_id = ${set.id} and vector is not null order by stimulus_id`
  );
  const { dimension } = set;
  const stimulusIds = ids.map(({ id }) => id);
  const data = new Float32Array(stimulusIds.length * dimension);
  const place = new Map(stimulusIds.map((id, row) => [id, row]));
  for (let from = 0; from < stimulusIds.length; from += READ) {
    // By their range, which the primary key finds: a limit would have all rows sorted each time.
    const last = Math.min(from + READ, stimulusIds.length) - 1;
    const rows = await rowsOf<{ id: number; vector: Uint8Array }>(
      db,
      sql`select stimulus_id as id, vector from feature_vectors where feature_set_id = ${set.id}
        and stimulus_id between ${stimulusIds[from]} and ${stimulusIds[last]} and vector is not null`
    );
    for (const { id, vector } of rows) {
      const row = place.get(id);
      if (row === undefined) continue;
      const floats = floatsOf(vector);
      if (floats.length !== dimension)
        throw new Error(`features of stimulus ${id}: ${floats.length} numbers`);
      data.set(floats, row * dimension);
    }
    await othersFirst();
  }
  return { set, stimulusIds, data, dimension };
}

/** Which stimuli a set has a vector of, or a reason for none. */
export async function saidOf(db: Db, setId: number): Promise<Set<number>> {
  const rows = await rowsOf<{ id: number }>(
    db,
    sql`select stimulus_id as id from feature_vectors where feature_set_id = ${setId}`
  );
  return new Set(rows.map(({ id }) => id));
}

function bytesOf(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < vector.length; i++) view.setFloat32(i * 4, vector[i] as number, true);
  return bytes;
}

function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const floats = new Float32Array(bytes.byteLength / 4);
  for (let i = 0; i < floats.length; i++) floats[i] = view.getFloat32(i * 4, true);
  return floats;
}
