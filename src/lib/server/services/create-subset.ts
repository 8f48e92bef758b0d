import { AUTHORS_SETTINGS, type DifficultSettings } from '#lib/domain/selection/difficult-subset.ts';
import { uniformByReference } from '#lib/domain/selection/uniform-by-reference.ts';
import { uniformSelection } from '#lib/domain/selection/uniform.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import { BadInput, Conflict } from '#lib/server/tables/bad-input.ts';
import { datasetNamed } from './find.ts';
import type { Lab } from './lab.ts';
import { checkName } from './names.ts';
import type { DifficultGround } from './selection/load-difficult.ts';
import { selectDifficultSamples, whyLeftOut } from './selection/select-difficult.ts';

export type SubsetOptions = {
  dataset: string;
  name: string;
} & (
  | { method: 'all' }
  /** n of all, or so many of each of so many references. */
  | ({
      method: 'uniform';
      /** Stimuli that shall not be chosen, such as exemplars. */
      exclude?: readonly string[];
    } & Counts)
  | { method: 'by-hand'; stimuli: readonly string[] }
  | ({ method: 'difficult'; settings: HowDifficult; counts: Counts } & DifficultGround)
);

export type HowDifficult = Omit<DifficultSettings, 'n' | 'referenceCount' | 'perReference'>;

/** How many: of all, or of each of so many references; neither is the authors' 150. */
export interface Counts {
  n?: number;
  references?: number;
  perReference?: number;
}

interface Chosen {
  ids: number[];
  parameters: Record<string, unknown>;
}

/**
 * Chooses stimuli out of a dataset and keeps how it was done.
 * @throws BadInput when the name is taken or the choice cannot be made.
 */
export async function createSubset(
  lab: Pick<Lab, 'db'>,
  options: SubsetOptions
): Promise<{ subset: string; dataset: string; method: string; size: number }> {
  checkName('subset', options.name);
  const dataset = await datasetNamed(lab.db, options.dataset);
  const taken = () =>
    new Conflict(
      `the dataset ${JSON.stringify(dataset.name)} has a subset ${JSON.stringify(options.name)} already`
    );
  // Before the choice is made: that may take a while.
  if (await datasets.subsetByName(lab.db, dataset.id, options.name)) throw taken();
  const { ids, parameters } = await choose(lab, dataset, options);
  const subset = await datasets.createSubset(
    lab.db,
    { datasetId: dataset.id, name: options.name, method: options.method, parameters },
    ids
  );
  if (!subset) throw taken();
  return { subset: subset.name, dataset: dataset.name, method: subset.method, size: ids.length };
}

async function choose(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  options: SubsetOptions
): Promise<Chosen> {
  if (options.method === 'difficult') return difficult(lab, dataset, options);
  const judged = (await datasets.stimuliOf(lab.db, dataset.id)).filter((row) => row.kind === 'distorted');
  if (options.method === 'all') return { ids: judged.map((row) => row.id), parameters: {} };
  if (options.method === 'by-hand') {
    const rows = named(judged, options.stimuli);
    if (new Set(rows).size !== rows.length) throw new BadInput('a stimulus is named twice');
    return { ids: rows.map((row) => row.id), parameters: {} };
  }
  return uniform(dataset, judged, options);
}

function uniform(
  dataset: datasets.Dataset,
  judged: datasets.StimulusRow[],
  { n, references, perReference, exclude = [] }: Extract<SubsetOptions, { method: 'uniform' }>
): Chosen {
  const excluded = new Set(named(judged, exclude));
  const known = judged.filter((row) => row.mos !== null && !excluded.has(row));
  const said = exclude.length === 0 ? {} : { exclude };
  if (references === undefined || perReference === undefined) {
    if (n === undefined) throw new BadInput('say how many stimuli, or how many references and of each');
    if (n > known.length) {
      throw new BadInput(`${n} stimuli were asked for, and ${known.length} have a MOS`);
    }
    const chosen = uniformSelection(
      known.map((row) => ({ mos: row.mos as number })),
      n
    );
    return {
      ids: chosen.map((index) => (known[index] as datasets.StimulusRow).id),
      parameters: { n, ...said }
    };
  }
  if (dataset.scenario !== 'full-reference') {
    throw new BadInput(
      `${JSON.stringify(dataset.name)} has no references to choose by; say how many stimuli`
    );
  }
  const groups = new Map<number | null, datasets.StimulusRow[]>();
  for (const row of known) {
    const group = groups.get(row.referenceId);
    if (group) group.push(row);
    else groups.set(row.referenceId, [row]);
  }
  // A reference that cannot give so many would make a subset of uneven parts.
  const full = [...groups.values()].filter((group) => group.length >= perReference);
  if (references > full.length) {
    throw new BadInput(
      `${references} references with ${perReference} stimuli each were asked for, and ${full.length} have so many with a MOS`
    );
  }
  const chosen = uniformByReference(
    full.map((group) => group.map((row) => row.mos as number)),
    references,
    perReference
  );
  return {
    ids: chosen.map(({ reference, index }) => (full[reference]?.[index] as datasets.StimulusRow).id),
    parameters: { references, perReference, ...said }
  };
}

/** Everything that it was chosen by is kept: settings, proxies and features with their versions, the inputs' hashes. */
async function difficult(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  { settings: how, counts, ...ground }: Extract<SubsetOptions, { method: 'difficult' }>
): Promise<Chosen> {
  const settings = { ...how, ...howMany(dataset, counts) };
  const chosen = await selectDifficultSamples(lab, dataset, ground, settings);
  const { lambda, epsilon, n, referenceCount, perReference, ...options } = settings;
  const wanted = chosen.references === null ? n : referenceCount * perReference;
  if (chosen.samples.length < wanted) {
    const why = whyLeftOut(chosen.leftOut);
    throw new BadInput(
      `${wanted} stimuli were asked for, and ${chosen.samples.length} can be picked${why === '' ? '' : ` (${why})`}`
    );
  }
  return {
    ids: chosen.samples.map(({ id }) => id),
    parameters: {
      lambda,
      epsilon,
      ...(chosen.references === null ? { n } : { references: referenceCount, perReference }),
      ...options,
      ...(ground.differenceAsQuality === true ? { differenceAsQuality: true } : {}),
      pool: chosen.pool,
      proxies: chosen.used.proxies.map((proxy, i) => ({
        ...proxy,
        srcc: chosen.proxies[i]?.srcc ?? null,
        plcc: chosen.proxies[i]?.plcc ?? null
      })),
      features: chosen.used.features,
      exclude: chosen.used.exclude,
      inputs: chosen.used.inputs,
      picks: chosen.samples.map(({ name, error, diversity, objective, prediction }) => ({
        stimulus: name,
        prediction,
        error,
        diversity,
        objective
      })),
      ...(chosen.references === null
        ? {}
        : {
            referencePicks: chosen.references.map(({ name, error, diversity, objective }) => ({
              reference: name,
              error,
              diversity,
              objective
            }))
          })
    }
  };
}

/**
 * How many of what. In full reference a number of stimuli alone means ten of each reference, as in Wu et al.
 * @throws BadInput where the dataset cannot be chosen from so.
 */
export function howMany(
  dataset: Pick<datasets.Dataset, 'name' | 'scenario'>,
  { n, references, perReference }: Counts
): Pick<DifficultSettings, 'n' | 'referenceCount' | 'perReference'> {
  const first = AUTHORS_SETTINGS;
  if (dataset.scenario !== 'full-reference') {
    if (references !== undefined) {
      throw new BadInput(
        `${JSON.stringify(dataset.name)} has no references to choose by; say how many stimuli`
      );
    }
    return { n: n ?? first.n, referenceCount: 0, perReference: 0 };
  }
  const each = perReference ?? first.perReference;
  if (n !== undefined && n % each !== 0) {
    throw new BadInput(
      `${n} stimuli are no whole number of references with ${each} each; say --references and --per-reference`
    );
  }
  const referenceCount = references ?? (n === undefined ? first.referenceCount : n / each);
  return { n: referenceCount * each, referenceCount, perReference: each };
}

function named(judged: readonly datasets.StimulusRow[], names: readonly string[]): datasets.StimulusRow[] {
  const byName = new Map(judged.map((row) => [row.name, row]));
  return names.map((name) => {
    const row = byName.get(name);
    if (!row) throw new BadInput(`there is no stimulus ${JSON.stringify(name)} to judge`);
    return row;
  });
}
