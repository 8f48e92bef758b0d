import { BUILT_IN, builtIn } from '#lib/metrics/catalogue.ts';
import { DESCRIPTOR, DESCRIPTOR_DIMENSION } from '#lib/metrics/descriptor.ts';
import type { NetworkDescription } from '#lib/metrics/network-description.ts';
import type * as datasets from '#lib/server/db/datasets.ts';
import * as features from '#lib/server/db/features.ts';
import * as learnedModels from '#lib/server/db/learned-models.ts';
import * as measurements from '#lib/server/db/measurements.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import * as pristineModels from '#lib/server/db/pristine-models.ts';
import * as stimuli from '#lib/server/db/stimuli.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { datasetNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { modelVersion } from './add-model.ts';
import type { MeasurementRequest } from './request.ts';

export interface MeasurementOptions {
  dataset: string;
  /** Built-in metrics and learned models, by name. */
  metrics: readonly string[];
  /** What NIQE measures against, by name; null where there is only one, or NIQE is not asked for. */
  pristine: string | null;
}

/**
 * Puts down what is to be measured over a dataset; nothing is computed yet. What is there in the present versions already
 * will be passed over.
 *
 * @throws BadInput for a metric that does not exist or cannot be of this dataset.
 */
export async function startMeasurement(
  lab: Pick<Lab, 'db'>,
  options: MeasurementOptions
): Promise<measurements.Measurement> {
  const dataset = await datasetNamed(lab.db, options.dataset);
  if (dataset.state !== 'ready') throw new BadInput(`the import of ${dataset.name} is not done yet`);
  const { references } = await stimuli.contents(lab.db, dataset.id);
  const hasReferences = dataset.scenario === 'full-reference' && references > 0;
  const names = [
    ...new Set(
      options.metrics.length === 1 && options.metrics[0] === 'all'
        ? await allBuiltIn(lab, hasReferences)
        : options.metrics.filter((name) => name !== '')
    )
  ];
  if (names.length === 0) throw new BadInput('no metric was asked for');
  const plans: ((db: Lab['db']) => Promise<{ metric: number } | { features: number }>)[] = [];
  for (const name of names) {
    const known = builtIn(name) ?? builtIn(name.toLowerCase());
    if (known) {
      if (known.scenario === 'full-reference') requireReferences(known.label, dataset, hasReferences);
      const pristine = known.name === 'niqe' ? await pristineFor(lab, options.pristine) : null;
      const version = pristine === null ? known.version : `${known.version}+${pristine.sha256.slice(0, 12)}`;
      const row: metrics.NewMetric = {
        datasetId: dataset.id,
        name: known.name,
        version,
        origin: 'built-in',
        direction: known.direction,
        provenance: pristine === null ? {} : { pristineModel: pristine.name, pristineModelId: pristine.id }
      };
      plans.push(async (db) => ({ metric: (await metrics.ask(db, row)).id }));
      continue;
    }
    if (name === DESCRIPTOR.name) {
      const { version } = DESCRIPTOR;
      const row = {
        datasetId: dataset.id,
        name,
        version,
        origin: 'built-in',
        dimension: DESCRIPTOR_DIMENSION
      };
      plans.push(async (db) => ({ features: (await features.ask(db, row)).id }));
      continue;
    }
    const model = await learnedModels.byName(lab.db, name);
    if (model === null) {
      throw new BadInput(
        `there is no metric ${JSON.stringify(name)}: there are ${BUILT_IN.map((metric) => metric.name).join(', ')}, ${DESCRIPTOR.name} (features), and models that were added`
      );
    }
    const description = model.description as NetworkDescription;
    if (description.inputs === 2) requireReferences(model.name, dataset, hasReferences);
    const common = {
      datasetId: dataset.id,
      name: model.name,
      version: modelVersion(model),
      origin: 'onnx',
      provenance: { model: model.name, modelId: model.id, sha256: model.sha256 }
    };
    if (description.output.kind === 'features') {
      plans.push(async (db) => ({ features: (await features.ask(db, { ...common, dimension: 0 })).id }));
    } else {
      await requireFree(lab, dataset.id, model.name);
      const row = { ...common, direction: description.direction };
      plans.push(async (db) => ({ metric: (await metrics.ask(db, row)).id }));
    }
  }
  return lab.db.transaction(async (tx) => {
    const request: MeasurementRequest = { kind: 'measure', metricIds: [], featureSetIds: [] };
    for (const plan of plans) {
      const made = await plan(tx);
      if ('metric' in made) request.metricIds.push(made.metric);
      else request.featureSetIds.push(made.features);
    }
    return measurements.create(tx, { datasetId: dataset.id, request });
  });
}

/** Hands a measurement to whichever process works on jobs. */
export async function enqueueMeasurement(lab: Pick<Lab, 'queue'>, id: number): Promise<void> {
  await lab.queue.send('measure-dataset', String(id), { measurement: id });
}

async function allBuiltIn(lab: Pick<Lab, 'db'>, hasReferences: boolean): Promise<string[]> {
  const hasPristine = (await pristineModels.list(lab.db)).length > 0;
  return BUILT_IN.filter(
    ({ name, scenario }) => (hasReferences || scenario === 'no-reference') && (hasPristine || name !== 'niqe')
  ).map(({ name }) => name);
}

function requireReferences(label: string, dataset: datasets.Dataset, hasReferences: boolean): void {
  if (hasReferences) return;
  throw new BadInput(
    `${label} compares each picture with its reference, and ${dataset.name} is a no-reference dataset: it has none`
  );
}

async function requireFree(lab: Pick<Lab, 'db'>, datasetId: number, name: string): Promise<void> {
  const before = await metrics.byName(lab.db, datasetId, name);
  if (before?.origin === 'imported') {
    throw new BadInput(
      `the dataset has imported scores named ${JSON.stringify(name)}; remove them, or give the model another name`
    );
  }
}

async function pristineFor(
  lab: Pick<Lab, 'db'>,
  name: string | null
): Promise<{ id: number; name: string; sha256: string }> {
  if (name !== null) {
    const found = await pristineModels.byName(lab.db, name);
    if (found === null) throw new BadInput(`there is no pristine model ${JSON.stringify(name)}`);
    return found;
  }
  const all = await pristineModels.list(lab.db);
  const only = all[0];
  if (only === undefined) {
    throw new BadInput('NIQE needs a pristine model: fit one from undistorted pictures first', {
      option: 'limen pristine'
    });
  }
  if (all.length > 1) {
    throw new BadInput(
      `say which pristine model NIQE is to use: ${all.map((model) => model.name).join(', ')}`
    );
  }
  return only;
}
