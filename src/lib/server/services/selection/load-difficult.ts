import { createHash } from 'node:crypto';
import type { DifficultInput } from '#lib/domain/selection/difficult-subset.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as features from '#lib/server/db/features.ts';
import * as metrics from '#lib/server/db/metrics.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { hasDifferences } from '../difference-scores.ts';
import type { Lab } from '../lab.ts';

/** What difficult samples are chosen by, of one dataset. */
export interface DifficultGround {
  /** Metrics, by name; the mean of several after their maps. */
  proxies: readonly string[];
  /** A feature set, by name; null: diversity is 0. */
  features: string | null;
  /** Stimuli that shall not be chosen, such as a study's exemplars. */
  exclude: readonly string[];
  /** A subset whose stimuli shall not be chosen either, by name. */
  without?: string | null;
  /** On difference scores: accept that a difference is read as quality. */
  differenceAsQuality?: boolean;
}

/** The rows behind an input: what its places mean. */
export interface DifficultRows {
  key: string;
  stimuli: datasets.StimulusRow[];
  references: datasets.StimulusRow[];
  /** What was used, enough to do it again and to see that nothing changed since. */
  used: {
    proxies: { name: string; version: string; origin: string; direction: number }[];
    features: { name: string; version: string; origin: string; dimension: number } | null;
    /** SHA-256 of the numbers that went in: MOS, σ, each proxy, features; by name, in name order. */
    inputs: Record<string, string>;
    exclude: string[];
  };
  input: DifficultInput;
}

/** What was loaded last, while nothing of it changed: moving λ must not read eleven thousand rows again. */
const loaded = new Map<string, DifficultRows>();
const KEPT = 2;

/**
 * A dataset's rows as the selection needs them. @throws BadInput where something that it needs is missing, saying what
 * and how it comes.
 */
export async function loadDifficult(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  asked: DifficultGround
): Promise<DifficultRows> {
  if (hasDifferences(dataset) && asked.differenceAsQuality !== true) {
    throw new BadInput(
      `the scores of ${JSON.stringify(dataset.name)} are differences between two pictures, and difficult samples are those ` +
        'whose quality a metric gets wrong; accept that a difference is read as quality, or choose evenly over MOS rank',
      { option: '--difference-as-quality, --method uniform' }
    );
  }
  const found = await find(lab, dataset, asked);
  const ground = { ...asked, exclude: await leftOut(lab, dataset, asked) };
  const key = await fingerprint(lab, dataset, ground, found);
  const before = loaded.get(key);
  const rows = before ?? (await read(lab, dataset, ground, found, key));
  loaded.delete(key);
  loaded.set(key, rows);
  for (const old of loaded.keys()) if (loaded.size > KEPT) loaded.delete(old);
  return rows;
}

/** Names to leave out, those of the subset with them, each once. */
async function leftOut(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  { exclude, without = null }: DifficultGround
): Promise<string[]> {
  if (without === null) return [...exclude];
  const subset = await datasets.subsetByName(lab.db, dataset.id, without);
  if (subset === null) throw new BadInput(`there is no subset ${JSON.stringify(without)} to leave out`);
  const members = await datasets.stimuliOfSubset(lab.db, subset.id);
  return [...new Set([...exclude, ...members.map((row) => row.name)])];
}

interface Found {
  metrics: metrics.Metric[];
  set: features.FeatureSet | null;
}

async function find(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  ground: DifficultGround
): Promise<Found> {
  const name = JSON.stringify(dataset.name);
  if (new Set(ground.proxies).size < ground.proxies.length) throw new BadInput('a proxy is named twice');
  const there = async () => {
    const names = (await metrics.list(lab.db, dataset.id)).map((one) => one.name);
    return names.length === 0 ? 'measure one, or import scores' : `it has ${names.join(', ')}`;
  };
  if (ground.proxies.length === 0) {
    throw new BadInput(
      `difficult samples of ${name} are chosen by a metric that stands in for the models; say which: ${await there()}`,
      { option: '--proxy; limen measure, limen scores' }
    );
  }
  const proxies: metrics.Metric[] = [];
  for (const proxy of ground.proxies) {
    const metric = await metrics.byName(lab.db, dataset.id, proxy);
    if (metric === null) {
      throw new BadInput(`${name} has no values of a metric ${JSON.stringify(proxy)}; ${await there()}`);
    }
    proxies.push(metric);
  }
  if (ground.features === null) return { metrics: proxies, set: null };
  const set = await features.byName(lab.db, dataset.id, ground.features);
  if (set === null) {
    throw new BadInput(
      `${name} has no complete feature set ${JSON.stringify(ground.features)}; import one, or choose without: ` +
        'diversity is 0 then',
      { option: 'limen features' }
    );
  }
  return { metrics: proxies, set };
}

async function fingerprint(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  ground: DifficultGround,
  found: Found
): Promise<string> {
  const state = await datasets.valuesState(lab.db, dataset.id);
  const values = await metrics.valuesState(
    lab.db,
    found.metrics.map(({ id }) => id)
  );
  return createHash('sha256')
    .update(JSON.stringify([dataset.id, state, values, found.set?.id, found.set?.askedAt, ground.exclude]))
    .digest('hex');
}

async function read(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  ground: DifficultGround,
  found: Found,
  key: string
): Promise<DifficultRows> {
  const all = await datasets.stimuliOf(lab.db, dataset.id);
  const excluded = new Set(ground.exclude);
  const names = new Set(all.map((row) => row.name));
  const unknown = ground.exclude.find((name) => !names.has(name));
  if (unknown !== undefined)
    throw new BadInput(`there is no stimulus ${JSON.stringify(unknown)} to leave out`);
  // By code points, whatever the database's collation: an exact tie is the same one everywhere.
  all.sort((a, b) => (a.name < b.name ? -1 : 1));
  const stimuli = all.filter((row) => row.kind === 'distorted' && !excluded.has(row.name));
  if (!stimuli.some((row) => row.mos !== null)) {
    throw new BadInput(
      `no MOS is known in ${JSON.stringify(dataset.name)}: an error needs something to be held against`
    );
  }
  const fullReference = dataset.scenario === 'full-reference';
  const used = new Set(stimuli.map((row) => row.referenceId));
  const references = fullReference ? all.filter((row) => used.has(row.id)) : [];
  const placeOf = new Map(references.map((row, place) => [row.id, place]));
  const number = (value: number | null | undefined) => value ?? NaN;
  const proxies = [];
  for (const metric of found.metrics) {
    const values = await metrics.valuesOf(lab.db, metric.id);
    proxies.push({
      name: metric.name,
      version: metric.version,
      values: Float64Array.from(stimuli, (row) => number(values.get(row.id)))
    });
  }
  const input: DifficultInput = {
    mos: Float64Array.from(stimuli, (row) => number(row.mos)),
    sigma: Float64Array.from(stimuli, (row) => number(row.sigma)),
    reference: fullReference
      ? Int32Array.from(stimuli, (row) => placeOf.get(row.referenceId ?? -1) ?? -1)
      : null,
    references: references.length,
    proxies,
    features:
      ground.features === null || found.set === null
        ? null
        : await featuresOf(lab, dataset, ground.features, fullReference ? references : stimuli, fullReference)
  };
  return {
    key,
    stimuli,
    references,
    input,
    used: {
      proxies: found.metrics.map(({ name, version, origin, direction }) => ({
        name,
        version,
        origin,
        direction
      })),
      features:
        found.set === null
          ? null
          : {
              name: found.set.name,
              version: found.set.version,
              origin: found.set.origin,
              dimension: found.set.dimension
            },
      inputs: hashesOf(stimuli, input),
      exclude: [...ground.exclude]
    }
  };
}

async function featuresOf(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  name: string,
  owners: readonly datasets.StimulusRow[],
  ofReferences: boolean
): Promise<DifficultInput['features']> {
  const set = await features.read(lab.db, dataset.id, name);
  if (set === null || set.dimension === 0)
    throw new BadInput(`the feature set ${JSON.stringify(name)} is empty`);
  const { dimension, data } = set;
  const placeOf = new Map(set.stimulusIds.map((id, place) => [id, place]));
  const values = new Float32Array(owners.length * dimension).fill(NaN);
  let known = 0;
  owners.forEach((row, i) => {
    const place = placeOf.get(row.id);
    if (place === undefined) return;
    known++;
    values.set(data.subarray(place * dimension, (place + 1) * dimension), i * dimension);
  });
  if (known === 0) {
    throw new BadInput(
      `the feature set ${JSON.stringify(name)} has no vector of ${ofReferences ? 'a reference, and diversity is between references' : 'a stimulus that is judged'}`
    );
  }
  return { dimensions: dimension, values };
}

/** Of the numbers alone, in the order of the stimuli's names: the same in any lab. */
function hashesOf(stimuli: readonly datasets.StimulusRow[], input: DifficultInput): Record<string, string> {
  const hash = (values: Float64Array | Float32Array) =>
    createHash('sha256')
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      .digest('hex');
  return {
    stimuli: createHash('sha256')
      .update(stimuli.map((row) => row.name).join('\n'))
      .digest('hex'),
    mos: hash(input.mos),
    sigma: hash(input.sigma),
    ...Object.fromEntries(input.proxies.map(({ name, values }) => [`metric ${name}`, hash(values)])),
    ...(input.features === null ? {} : { features: hash(input.features.values) })
  };
}
