import type { MetricAgreement } from '#lib/domain/agreement/metric-agreement.ts';
import type { Direction } from '#lib/domain/metric-outcome.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import { runInWorker } from '#lib/server/workers/run-in-worker.ts';
import type { Lab } from '../lab.ts';

interface Entry {
  /** What it was computed from. */
  key: string;
  promise: Promise<MetricAgreement>;
}

/** Metrics whose agreement is kept; a scatter's points are the most of it. */
const KEPT = 200;
const caches = new WeakMap<object, Map<number, Entry>>();

/** A metric of a dataset held against its MOS, in a worker thread: once for all who ask, until a value comes in. */
export async function agreementOfMetric(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  metric: metrics.MetricSummary
): Promise<MetricAgreement> {
  const key = JSON.stringify([metric.id, metric.values, metric.failures, metric.direction]);
  let cache = caches.get(lab.db);
  if (!cache) caches.set(lab.db, (cache = new Map()));
  const known = cache.get(metric.id);
  if (known?.key === key) return known.promise;
  const entry: Entry = { key, promise: compute(lab, dataset, metric) };
  cache.delete(metric.id);
  cache.set(metric.id, entry);
  const [oldest] = cache.keys();
  if (cache.size > KEPT && oldest !== undefined) cache.delete(oldest);
  entry.promise.catch(() => {
    if (cache.get(metric.id) === entry) cache.delete(metric.id);
  });
  return entry.promise;
}

async function compute(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  metric: metrics.Metric
): Promise<MetricAgreement> {
  const values = await metrics.valuesOf(lab.db, metric.id);
  const rows = [];
  const all = await datasets.stimuliOf(lab.db, dataset.id);
  const nameOf = new Map(all.map((row) => [row.id, row.name]));
  for (const row of all) {
    if (row.kind !== 'distorted' || row.mos === null) continue;
    rows.push({
      name: row.name,
      value: values.get(row.id) ?? null,
      mos: row.mos,
      distortion: row.distortion,
      level: row.level,
      content: row.content ?? (row.referenceId === null ? null : (nameOf.get(row.referenceId) ?? null))
    });
  }
  const input = {
    rows,
    direction: metric.direction as Direction,
    mosDirection: dataset.mosDirection as Direction
  };
  return runInWorker('metric-agreement', input, { takesTurns: true });
}
