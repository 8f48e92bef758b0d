import { createHash } from 'node:crypto';
import { BUILT_IN_NAMES } from '#lib/metrics/catalogue.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as features from '#lib/server/db/features.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { TableSource } from '#lib/server/tables/read-table.ts';
import { readValues, textOf, valueOf, type Cell } from '#lib/server/tables/read-values.ts';
import { datasetNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { checkName } from '../names.ts';
import { hashed } from './import-scores.ts';
import { stimulusFinder } from './stimulus-names.ts';

export interface FeatureReport {
  dataset: string;
  name: string;
  dimension: number;
  vectors: number;
  /** Stimuli of the dataset without a vector. */
  missing: number;
  alreadyThere: boolean;
}

const WIDEST = 65_536;

/**
 * Takes feature vectors that were computed elsewhere into a dataset: a table with `stimulus` and a column a number, or one
 * column that holds lists of numbers. All of it or nothing. Kept as 32-bit floats.
 *
 * @throws BadInput naming line and column.
 */
export async function importFeatures(
  lab: Pick<Lab, 'db'>,
  source: TableSource,
  options: { dataset: string; name: string }
): Promise<FeatureReport> {
  checkName('set of features', options.name);
  if (BUILT_IN_NAMES.has(options.name.toLowerCase())) {
    throw new BadInput(`${JSON.stringify(options.name)} names something built in; give the set another name`);
  }
  const dataset = await datasetNamed(lab.db, options.dataset);
  const stimuli = await datasets.stimuliOf(lab.db, dataset.id);
  const hash = createHash('sha256');
  const vectors = await readVectors(hashed(source, hash), stimulusFinder(stimuli));
  const sha256 = hash.digest('hex');
  const dimension = ([...vectors.values()][0] as Float32Array).length;
  const before = await features.byName(lab.db, dataset.id, options.name);
  const set = await features.ask(lab.db, {
    datasetId: dataset.id,
    name: options.name,
    version: `file-${sha256.slice(0, 12)}`,
    dimension,
    origin: 'imported',
    provenance: { file: source.label, sha256 }
  });
  // Piece by piece, so that nobody waits long for the database; what is not complete is not read.
  if (!set.complete) {
    await features.insertVectors(
      lab.db,
      set,
      [...vectors].map(([stimulusId, vector]) => ({ stimulusId, vector }))
    );
    await features.change(lab.db, set.id, { complete: true });
  }
  return {
    dataset: dataset.name,
    name: options.name,
    dimension,
    vectors: vectors.size,
    missing: stimuli.length - vectors.size,
    alreadyThere: before?.id === set.id
  };
}

async function readVectors(
  source: TableSource,
  find: ReturnType<typeof stimulusFinder>
): Promise<Map<number, Float32Array>> {
  const file = source.label;
  const vectors = new Map<number, Float32Array>();
  const lines = new Map<number, number>();
  let stimulusAt = 0;
  let places: { name: string; at: number }[] = [];
  let length = 0;
  await readValues(
    source,
    ['stimulus'],
    (header) => {
      stimulusAt = header.indexOf('stimulus');
      places = header.names.flatMap((name, at) => (at === stimulusAt ? [] : [{ name, at }]));
      if (places.length === 0) {
        throw new BadInput('has no column of numbers beside the stimulus', { file, line: 1 });
      }
    },
    ({ cells, line }) => {
      const place = { file, line, column: 'stimulus' };
      const found = find(textOf(cells[stimulusAt], place));
      if ('problem' in found) throw new BadInput(found.problem, place);
      const before = lines.get(found.id);
      if (before !== undefined) {
        throw new BadInput(`this stimulus has a vector on line ${before} already`, place);
      }
      const vector = vectorOf(cells, line);
      if (length === 0) length = vector.length;
      if (vector.length !== length) {
        throw new BadInput(`has ${vector.length} numbers; the vectors before have ${length}`, {
          file,
          line,
          column: places[0]?.name ?? ''
        });
      }
      lines.set(found.id, line);
      vectors.set(found.id, vector);
    }
  );
  return vectors;

  function vectorOf(cells: readonly Cell[], line: number): Float32Array {
    const only = places.length === 1 ? cells[places[0]?.at as number] : undefined;
    const list = typeof only === 'object' && only !== null ? only : null;
    const width = list === null ? places.length : list.length;
    const column = places[0]?.name ?? '';
    if (width === 0 || width > WIDEST) {
      throw new BadInput(`a vector has 1 to ${WIDEST} numbers, not ${width}`, { file, line, column });
    }
    const vector = new Float32Array(width);
    for (let i = 0; i < width; i++) {
      const name = list === null ? (places[i]?.name as string) : `${column}[${i}]`;
      const value = valueOf(list === null ? cells[places[i]?.at as number] : list[i], {
        file,
        line,
        column: name
      });
      vector[i] = value;
      if (!Number.isFinite(vector[i])) {
        throw new BadInput(`${value} is beyond 32-bit floating point`, { file, line, column: name });
      }
    }
    return vector;
  }
}
