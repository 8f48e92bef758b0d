import * as datasets from '#lib/server/db/datasets.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { uniformSelection } from '#lib/domain/selection/uniform.ts';
import { datasetNamed } from './find.ts';
import type { Lab } from './lab.ts';
import { checkName } from './names.ts';

export type SubsetOptions = {
  dataset: string;
  name: string;
} & (
  { method: 'all' } | { method: 'uniform'; n: number } | { method: 'by-hand'; stimuli: readonly string[] }
);

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
  const judged = (await datasets.stimuliOf(lab.db, dataset.id)).filter((row) => row.kind === 'distorted');
  const { rows, parameters } = choose(options, judged);
  const subset = await datasets.createSubset(
    lab.db,
    { datasetId: dataset.id, name: options.name, method: options.method, parameters },
    rows.map((row) => row.id)
  );
  if (!subset) {
    throw new BadInput(
      `the dataset ${JSON.stringify(dataset.name)} has a subset ${JSON.stringify(options.name)} already`
    );
  }
  return { subset: subset.name, dataset: dataset.name, method: subset.method, size: rows.length };
}

function choose(
  options: SubsetOptions,
  judged: datasets.StimulusRow[]
): { rows: datasets.StimulusRow[]; parameters: Record<string, unknown> } {
  if (options.method === 'all') return { rows: judged, parameters: {} };
  if (options.method === 'by-hand') {
    const byName = new Map(judged.map((row) => [row.name, row]));
    const rows = options.stimuli.map((name) => {
      const row = byName.get(name);
      if (!row) throw new BadInput(`there is no stimulus ${JSON.stringify(name)} to judge`);
      return row;
    });
    if (new Set(rows).size !== rows.length) throw new BadInput('a stimulus is named twice');
    return { rows, parameters: {} };
  }
  const known = judged.filter((row) => row.mos !== null);
  if (options.n > known.length) {
    throw new BadInput(`${options.n} stimuli were asked for, and ${known.length} have a MOS`);
  }
  const chosen = uniformSelection(
    known.map((row) => ({ stimulus: row.name, mos: row.mos as number })),
    options.n
  );
  return { rows: chosen.map((index) => known[index] as datasets.StimulusRow), parameters: { n: options.n } };
}
