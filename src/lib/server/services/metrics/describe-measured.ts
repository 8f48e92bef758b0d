import type { Direction } from '#lib/domain/metric-outcome.ts';
import * as features from '#lib/server/db/features.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import type { Measurement } from '#lib/server/db/measurements.ts';
import type { Lab } from '../lab.ts';
import type { MeasurementRequest } from './request.ts';

/** What is there after a measurement, over the whole dataset. */
export interface MeasuredDocument {
  dataset: string;
  metrics: {
    name: string;
    version: string;
    direction: Direction;
    values: number;
    failures: { failure: string; stimuli: number; example: string; reason: string | null }[];
  }[];
  features: { name: string; version: string; dimension: number; vectors: number; failures: number }[];
}

export async function describeMeasured(
  lab: Pick<Lab, 'db'>,
  dataset: string,
  { datasetId, request }: Pick<Measurement, 'datasetId' | 'request'>
): Promise<MeasuredDocument> {
  const asked = request as MeasurementRequest;
  const document: MeasuredDocument = { dataset, metrics: [], features: [] };
  if (asked.kind !== 'measure') return document;
  for (const metric of await metrics.list(lab.db, datasetId)) {
    if (!asked.metricIds.includes(metric.id)) continue;
    const { name, version, direction, values } = metric;
    const failures = await metrics.failuresOf(lab.db, metric.id);
    document.metrics.push({ name, version, direction: direction as Direction, values, failures });
  }
  for (const set of await features.list(lab.db, datasetId)) {
    if (!asked.featureSetIds.includes(set.id)) continue;
    const { name, version, dimension, vectors, failures } = set;
    document.features.push({ name, version, dimension, vectors, failures });
  }
  return document;
}
