import type { MetricAgreement } from '#lib/domain/agreement/metric-agreement.ts';
import { BUILT_IN, builtIn, type BuiltIn } from '#lib/metrics/catalogue.ts';
import type { NetworkDescription } from '#lib/metrics/network-description.ts';
import type * as datasets from '#lib/server/db/datasets.ts';
import * as features from '#lib/server/db/features.ts';
import * as learnedModels from '#lib/server/db/learned-models.ts';
import * as measurements from '#lib/server/db/measurements.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import * as pristineModels from '#lib/server/db/pristine-models.ts';
import type { Lab } from '../lab.ts';
import { agreementOfMetric } from './metric-agreement.ts';

export interface MetricLine extends metrics.MetricSummary {
  label: string;
  unit: string | null;
  /** Null while it is computed, or where the dataset has no MOS. */
  agreement: MetricAgreement | null;
  why: { failure: string; stimuli: number; example: string; reason: string | null }[];
}

export interface MetricsPage {
  lines: MetricLine[];
  /** Some agreement is being computed still. */
  waiting: boolean;
  sets: features.FeatureSetSummary[];
  /** The last ones, newest first. */
  measurements: measurements.Measurement[];
  offers: (BuiltIn & { possible: boolean })[];
  learned: { name: string; kind: 'score' | 'features'; possible: boolean }[];
  pristine: { name: string; pictures: number; from: string }[];
}

/** How long a page waits for figures before it shows what is there. */
const PATIENCE_MS = 1500;
const SHOWN = 5;

/** Everything that a dataset's metrics page says. */
export async function describeMetrics(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  counts: { references: number; withMos: number }
): Promise<MetricsPage> {
  const { db } = lab;
  const found = await metrics.list(db, dataset.id);
  let waiting = false;
  const lines: MetricLine[] = [];
  const patience = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS).unref());
  const under = await measurements.ofDataset(db, dataset.id, SHOWN);
  const moving = movingMetrics(under);
  const agreements = found.map(async (metric) => {
    if (counts.withMos === 0 || metric.values < 2 || moving.has(metric.id)) return null;
    const agreement = await Promise.race([agreementOfMetric(lab, dataset, metric), patience]);
    if (agreement === null) waiting = true;
    return agreement;
  });
  for (const [i, metric] of found.entries()) {
    lines.push({
      ...metric,
      label: builtIn(metric.name)?.label ?? metric.name,
      unit: builtIn(metric.name)?.unit ?? null,
      agreement: (await agreements[i]) ?? null,
      why: metric.failures > 0 ? await metrics.failuresOf(db, metric.id) : []
    });
  }
  const hasReferences = dataset.scenario === 'full-reference' && counts.references > 0;
  return {
    lines,
    waiting,
    sets: await features.list(db, dataset.id),
    measurements: under,
    offers: BUILT_IN.map((metric) => ({
      ...metric,
      possible: metric.scenario === 'no-reference' || hasReferences
    })),
    learned: (await learnedModels.list(db)).map(({ name, description }) => {
      const { output, inputs } = description as NetworkDescription;
      return { name, kind: output.kind, possible: inputs === 1 || hasReferences };
    }),
    pristine: (await pristineModels.list(db)).map(({ name, provenance }) => ({
      name,
      pictures: (provenance['pictures'] as string[]).length,
      from: String(provenance['dataset'] ?? provenance['folder'] ?? '')
    }))
  };
}

/** Metrics whose values are coming in: their figures would be of a part of the dataset, and of another in a second. */
function movingMetrics(under: readonly measurements.Measurement[]): Set<number> {
  return new Set(
    under
      .filter(({ state }) => state === 'queued' || state === 'running')
      .flatMap(({ request }) => (request as { metricIds?: number[] }).metricIds ?? [])
  );
}
