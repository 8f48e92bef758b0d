import type { MetricOutcome } from '#lib/domain/metric-outcome.ts';
import type { PristineModel } from '#lib/metrics/niqe.ts';
import type { NetworkDescription } from '#lib/metrics/network-description.ts';
import { builtIn } from '#lib/metrics/catalogue.ts';
import { DESCRIPTOR } from '#lib/metrics/descriptor.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as features from '#lib/server/db/features.ts';
import * as learnedModels from '#lib/server/db/learned-models.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import * as pristineModels from '#lib/server/db/pristine-models.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { MeasuringOutcome, MeasuringSetup, Target } from '#lib/server/workers/measuring.ts';
import type { Lab } from '../lab.ts';
import type { MeasurementProgress } from './continue-measurement.ts';
import { measurePictures, type PictureTask } from './measure-pictures.ts';
import type { MeasurementRequest } from './request.ts';

/** One metric or set of features, with what it has said already. */
interface Goal {
  target: Target;
  said: Set<number>;
  /** Of references too: selection among references needs their features. */
  ofReferences: boolean;
  metric: metrics.Metric | null;
  set: features.FeatureSet | null;
}

/** Outcomes are stored this often: what a crash may lose. */
const STORE_MS = 1000;

/**
 * Computes what a request lacks, stimulus by stimulus, each picture decoded once for all that is asked of it.
 *
 * @throws BadInput where something that the request names is gone; the signal's reason.
 */
export async function measureStimuli(
  lab: Pick<Lab, 'db' | 'storage'>,
  dataset: datasets.Dataset,
  request: Extract<MeasurementRequest, { kind: 'measure' }>,
  signal: AbortSignal,
  onProgress: (progress: MeasurementProgress) => void
): Promise<void> {
  const { goals, pristine } = await goalsOf(lab, request);
  const stimuli = await datasets.stimuliOf(lab.db, dataset.id);
  const byId = new Map(stimuli.map((row) => [row.id, row]));
  const tasks: PictureTask<datasets.StimulusRow>[] = [];
  let found = 0;
  for (const stimulus of stimuli) {
    const concerned = [...goals].filter(([, goal]) => goal.ofReferences || stimulus.kind === 'distorted');
    if (concerned.length === 0) continue;
    const wanted = concerned.filter(([, goal]) => !goal.said.has(stimulus.id)).map(([key]) => key);
    if (wanted.length === 0) {
      found++;
      continue;
    }
    const pair = wanted.some((key) => needsReference(goals.get(key)?.target));
    const reference = pair && stimulus.referenceId !== null ? byId.get(stimulus.referenceId) : undefined;
    tasks.push({
      of: stimulus,
      sha256: stimulus.imageSha256,
      referenceSha256: reference?.imageSha256 ?? null,
      wanted
    });
  }
  // Reference by reference, so that each is decoded as seldom as can be.
  tasks.sort(
    (a, b) => compare(a.referenceSha256 ?? '', b.referenceSha256 ?? '') || compare(a.of.id, b.of.id)
  );
  const progress = { total: found + tasks.length, done: found, failed: 0, found };
  onProgress({ ...progress });

  const setup: MeasuringSetup = {
    targets: Object.fromEntries([...goals].map(([key, goal]) => [key, goal.target])),
    pristine
  };
  let waiting: { stimulusId: number; outcomes: [string, MeasuringOutcome][] }[] = [];
  let storing: Promise<void> = Promise.resolve();
  let last = performance.now();
  const store = async () => {
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) await storeOutcomes(lab, dataset.id, goals, batch);
    progress.done += batch.length;
    for (const { outcomes } of batch) progress.failed += outcomes.filter(([, outcome]) => !outcome.ok).length;
    onProgress({ ...progress });
  };
  try {
    await measurePictures(lab.storage.get, setup, tasks, signal, async ({ of }, outcomes) => {
      waiting.push({ stimulusId: of.id, outcomes });
      if (performance.now() - last < STORE_MS) return;
      last = performance.now();
      storing = storing.then(store);
      await storing;
    });
  } finally {
    // Also when it was stopped: what was computed is kept.
    await storing.catch(() => {});
    await store();
  }
  for (const { set } of goals.values()) {
    if (set !== null) await features.change(lab.db, set.id, { complete: true });
  }
}

async function goalsOf(
  lab: Pick<Lab, 'db' | 'storage'>,
  request: Extract<MeasurementRequest, { kind: 'measure' }>
): Promise<{ goals: Map<string, Goal>; pristine: PristineModel | null }> {
  const goals = new Map<string, Goal>();
  let pristine: PristineModel | null = null;
  const wanted = await metrics.byIds(lab.db, request.metricIds);
  if (wanted.length < request.metricIds.length) throw new BadInput('a metric of this request was removed');
  for (const metric of wanted) {
    let target: Target;
    if (metric.origin === 'onnx') target = await networkOf(lab, metric.provenance);
    else {
      const known = builtIn(metric.name);
      if (known?.version !== metric.version.split('+')[0]) {
        throw new BadInput(
          `${metric.name} was asked for in version ${metric.version}, and this Limen has ${known?.version ?? 'none'}; ask again`
        );
      }
      target = { kind: known?.scenario === 'full-reference' ? 'pair' : 'alone', metric: metric.name };
    }
    if (metric.name === 'niqe') {
      const model = await pristineModels.byId(lab.db, metric.provenance['pristineModelId'] as number);
      if (model === null) throw new BadInput('the pristine model of this request was removed');
      pristine = model.model as PristineModel;
    }
    const said = await metrics.saidOf(lab.db, metric.id);
    goals.set(`m${metric.id}`, { target, said, ofReferences: false, metric, set: null });
  }
  for (const id of request.featureSetIds) {
    const set = await features.byId(lab.db, id);
    if (set === null) throw new BadInput('a set of features of this request was removed');
    const target = await featuresTarget(lab, set);
    const said = await features.saidOf(lab.db, set.id);
    goals.set(`f${set.id}`, {
      target,
      said,
      // A network of two pictures says nothing of a reference by itself.
      ofReferences: !needsReference(target),
      metric: null,
      set
    });
  }
  return { goals, pristine };
}

async function featuresTarget(lab: Pick<Lab, 'db' | 'storage'>, set: features.FeatureSet): Promise<Target> {
  if (set.origin !== 'built-in') return networkOf(lab, set.provenance);
  if (set.version !== DESCRIPTOR.version) {
    throw new BadInput(
      `${set.name} was asked for in version ${set.version}, and this Limen has ${DESCRIPTOR.version}; ask again`
    );
  }
  return { kind: 'descriptor' };
}

async function networkOf(
  lab: Pick<Lab, 'db' | 'storage'>,
  provenance: Record<string, unknown>
): Promise<Target> {
  const model = await learnedModels.byId(lab.db, provenance['modelId'] as number);
  const bytes = model === null ? null : await lab.storage.get(model.sha256);
  if (model === null || bytes === null) {
    throw new BadInput(`the model ${JSON.stringify(provenance['model'])} was removed`);
  }
  return { kind: 'network', description: model.description as NetworkDescription, model: shared(bytes) };
}

/** Read by all threads from one place: a model may have hundreds of megabytes. */
function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}

function needsReference(target: Target | undefined): boolean {
  return target?.kind === 'pair' || (target?.kind === 'network' && target.description.inputs === 2);
}

async function storeOutcomes(
  lab: Pick<Lab, 'db'>,
  datasetId: number,
  goals: Map<string, Goal>,
  batch: { stimulusId: number; outcomes: [string, MeasuringOutcome][] }[]
): Promise<void> {
  const values: metrics.NewOutcome[] = [];
  const vectors = new Map<features.FeatureSet, { stimulusId: number; outcome: MeasuringOutcome }[]>();
  for (const { stimulusId, outcomes } of batch) {
    for (const [key, outcome] of outcomes) {
      const goal = goals.get(key);
      if (goal?.metric) {
        values.push({ metricId: goal.metric.id, datasetId, stimulusId, outcome: outcome as MetricOutcome });
      } else if (goal?.set) {
        vectors.set(goal.set, [...(vectors.get(goal.set) ?? []), { stimulusId, outcome }]);
      }
    }
  }
  for (const [set, outcomes] of vectors) await storeVectors(lab, set, outcomes);
  await metrics.insertOutcomes(lab.db, values);
}

/** All vectors of a set have the length of the first. */
async function storeVectors(
  lab: Pick<Lab, 'db'>,
  set: features.FeatureSet,
  outcomes: { stimulusId: number; outcome: MeasuringOutcome }[]
): Promise<void> {
  const rows: features.NewVector[] = [];
  for (const { stimulusId, outcome } of outcomes) {
    if (!outcome.ok) {
      rows.push({ stimulusId, vector: outcome });
      continue;
    }
    const vector = 'vector' in outcome ? outcome.vector : new Float32Array();
    if (set.dimension === 0) {
      set.dimension = vector.length;
      await features.change(lab.db, set.id, { dimension: vector.length });
    }
    const reason = `it gave ${vector.length} numbers, and ${set.dimension} for others`;
    rows.push({
      stimulusId,
      vector: vector.length === set.dimension ? vector : { failure: 'network', reason }
    });
  }
  await features.insertVectors(lab.db, set, rows);
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
