import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { MetricFailure, MetricOutcome } from '#lib/domain/metric-outcome.ts';
import { othersFirst, rowsOf, type Db } from './client.ts';
import { metrics, metricValues } from './schema/index.ts';

export type Metric = typeof metrics.$inferSelect;
export type NewMetric = typeof metrics.$inferInsert;

/** Rows of one statement: few enough that nobody waits long for the database. */
const BATCH = 250;

/** A metric over a dataset, in the version asked for last; null where nobody has asked for it. */
export async function byName(db: Db, datasetId: number, name: string): Promise<Metric | null> {
  const rows = await db
    .select()
    .from(metrics)
    .where(and(eq(metrics.datasetId, datasetId), eq(metrics.name, name), eq(metrics.complete, true)))
    .orderBy(desc(metrics.askedAt), desc(metrics.id))
    .limit(1);
  return rows[0] ?? null;
}

export async function byIds(db: Db, ids: readonly number[]): Promise<Metric[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(metrics)
    .where(inArray(metrics.id, [...ids]))
    .orderBy(asc(metrics.id));
}

export interface MetricSummary extends Metric {
  values: number;
  failures: number;
}

/** The metrics of a dataset by name, each in its present version, with how many stimuli have a value or a reason for none. */
export async function list(db: Db, datasetId: number): Promise<MetricSummary[]> {
  const rows = await db
    .select()
    .from(metrics)
    .where(and(eq(metrics.datasetId, datasetId), eq(metrics.complete, true)))
    .orderBy(asc(metrics.name), asc(metrics.askedAt), asc(metrics.id));
  const newest = new Map(rows.map((row) => [row.name, row]));
  const counted = await rowsOf<{ id: number; n: string; failed: string }>(
    db,
    sql`select metric_id as id, count(value) as n, count(failure) as failed
      from metric_values where dataset_id = ${datasetId} group by metric_id`
  );
  const counts = new Map(counted.map((row) => [row.id, row]));
  return [...newest.values()].map((metric) => ({
    ...metric,
    values: Number(counts.get(metric.id)?.n ?? 0),
    failures: Number(counts.get(metric.id)?.failed ?? 0)
  }));
}

/** The metric in this very version, made where it is not there; from now on it is the one that is read. */
export async function ask(db: Db, row: NewMetric): Promise<Metric> {
  const [metric] = await db
    .insert(metrics)
    .values(row)
    .onConflictDoUpdate({
      target: [metrics.datasetId, metrics.name, metrics.version],
      set: { askedAt: sql`clock_timestamp()`, direction: row.direction }
    })
    .returning();
  return metric as Metric;
}

export async function remove(db: Db, datasetId: number, name: string): Promise<void> {
  await db.delete(metrics).where(and(eq(metrics.datasetId, datasetId), eq(metrics.name, name)));
}

export interface NewOutcome {
  metricId: number;
  datasetId: number;
  stimulusId: number;
  outcome: MetricOutcome;
}

/** What is there already stays: a value is computed once. */
export async function insertOutcomes(db: Db, rows: readonly NewOutcome[]): Promise<void> {
  for (let i = 0; i < rows.length; i += BATCH) {
    await db
      .insert(metricValues)
      .values(
        rows
          .slice(i, i + BATCH)
          .map(({ outcome, ...keys }) =>
            outcome.ok
              ? { ...keys, value: outcome.value }
              : { ...keys, failure: outcome.failure, reason: outcome.reason }
          )
      )
      .onConflictDoNothing();
    await othersFirst();
  }
}

/** From now on all of these are read, and go before their other versions. */
export async function complete(db: Db, ids: readonly number[]): Promise<void> {
  await db
    .update(metrics)
    .set({ complete: true, askedAt: sql`clock_timestamp()` })
    .where(inArray(metrics.id, [...ids]));
}

/** What one version of a metric says, by stimulus id; a stimulus without a value is not in it. */
export async function valuesOf(db: Db, metricId: number): Promise<Map<number, number>> {
  const rows = await rowsOf<{ id: number; value: number }>(
    db,
    sql`select stimulus_id as id, value from metric_values where metric_id = ${metricId} and value is not null`
  );
  return new Map(rows.map(({ id, value }) => [id, value]));
}

/**
 * What a metric says of a dataset's stimuli, in the version asked for last; `metric.direction` tells which end is better. Null where the
 * dataset does not have it.
 */
export async function read(
  db: Db,
  datasetId: number,
  name: string
): Promise<{ metric: Metric; values: Map<number, number> } | null> {
  const metric = await byName(db, datasetId, name);
  return metric === null ? null : { metric, values: await valuesOf(db, metric.id) };
}

/** Stimuli for which there is no value, by why. */
export async function failuresOf(
  db: Db,
  metricId: number
): Promise<{ failure: MetricFailure; stimuli: number; example: string; reason: string | null }[]> {
  const rows = await rowsOf<{ failure: MetricFailure; n: string; example: string; reason: string | null }>(
    db,
    sql`select v.failure, count(*) as n, min(s.name) as example, min(v.reason) as reason
      from metric_values v join stimuli s on s.id = v.stimulus_id
      where v.metric_id = ${metricId} and v.failure is not null group by v.failure order by 2 desc, 1`
  );
  return rows.map(({ n, ...row }) => ({ ...row, stimuli: Number(n) }));
}

/** Which stimuli a metric has said something of, value or not. */
export async function saidOf(db: Db, metricId: number): Promise<Set<number>> {
  const rows = await rowsOf<{ id: number }>(
    db,
    sql`select stimulus_id as id from metric_values where metric_id = ${metricId}`
  );
  return new Set(rows.map(({ id }) => id));
}

/** Changes whenever a value of these metrics comes in: none ever changes. */
export async function valuesState(db: Db, metricIds: readonly number[]): Promise<string> {
  if (metricIds.length === 0) return '';
  const rows = await rowsOf<{ id: number; n: string }>(
    db,
    sql`select metric_id as id, count(value) as n from metric_values
      where ${inArray(metricValues.metricId, [...metricIds])} group by 1 order by 1`
  );
  return JSON.stringify([metricIds, rows.map(({ id, n }) => [id, Number(n)])]);
}
