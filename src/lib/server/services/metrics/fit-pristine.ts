import { createHash } from 'node:crypto';
import { builtIn } from '#lib/metrics/catalogue.ts';
import { BLOCK_PX, FEATURES, modelOf, type PristineModel } from '#lib/metrics/niqe.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as measurements from '#lib/server/db/measurements.ts';
import * as pristineModels from '#lib/server/db/pristine-models.ts';
import { LARGEST_FILE_BYTES, type ImageSource, type SourceFile } from '#lib/server/storage/image-source.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { datasetNamed } from '../find.ts';
import { looksLikePicture } from '../import-dataset.ts';
import type { Lab } from '../lab.ts';
import { checkName } from '../names.ts';
import type { MeasurementProgress } from './continue-measurement.ts';
import { measurePictures } from './measure-pictures.ts';
import type { MeasurementRequest, PristineSource } from './request.ts';

/**
 * Puts down that a pristine model is to be fitted from a dataset's pictures.
 * @throws BadInput where the name is taken or there are no such pictures.
 */
export async function startPristine(
  lab: Pick<Lab, 'db'>,
  options: { dataset: string; name: string; of: PristineSource }
): Promise<measurements.Measurement> {
  checkName('pristine model', options.name);
  const dataset = await datasetNamed(lab.db, options.dataset);
  await requireFreeName(lab, options.name);
  await picturesOf(lab, dataset, options.of);
  const request: MeasurementRequest = { kind: 'pristine', name: options.name, of: options.of };
  return measurements.create(lab.db, { datasetId: dataset.id, request });
}

/** Fits a pristine model from pictures in the lab and keeps it with where it comes from. */
export async function fitPristine(
  lab: Pick<Lab, 'db' | 'storage'>,
  dataset: datasets.Dataset,
  request: Extract<MeasurementRequest, { kind: 'pristine' }>,
  signal: AbortSignal,
  onProgress: (progress: MeasurementProgress) => void
): Promise<void> {
  await requireFreeName(lab, request.name);
  const pictures = await picturesOf(lab, dataset, request.of);
  const origin = { dataset: dataset.name, of: request.of };
  await fitFrom(lab, request.name, pictures, lab.storage.get, origin, signal, onProgress);
}

/**
 * Fits a pristine model from a folder of pictures, which are read and not kept.
 * @throws BadInput where the name is taken or the folder holds no pictures.
 */
export async function fitPristineFromFolder(
  lab: Pick<Lab, 'db' | 'stopping'>,
  name: string,
  folder: ImageSource,
  onProgress: (progress: MeasurementProgress) => void
): Promise<void> {
  checkName('pristine model', name);
  await requireFreeName(lab, name);
  const files = new Map<string, SourceFile>();
  for (const file of await folder.files()) {
    if (!looksLikePicture(file.path) || file.byteLength > LARGEST_FILE_BYTES) continue;
    files.set(
      createHash('sha256')
        .update(await file.read())
        .digest('hex'),
      file
    );
  }
  if (files.size === 0) throw new BadInput('holds no pictures', { file: folder.label });
  const read = async (sha256: string) => (await files.get(sha256)?.read()) ?? null;
  const origin = { folder: folder.label };
  await fitFrom(lab, name, [...files.keys()], read, origin, lab.stopping, onProgress);
}

async function fitFrom(
  lab: Pick<Lab, 'db'>,
  name: string,
  pictures: readonly string[],
  read: (sha256: string) => Promise<Uint8Array | null>,
  origin: Record<string, unknown>,
  signal: AbortSignal,
  onProgress: (progress: MeasurementProgress) => void
): Promise<void> {
  const blocks = new Map<string, Float64Array>();
  const refused: string[] = [];
  const progress = { total: pictures.length, done: 0, failed: 0, found: 0 };
  onProgress({ ...progress });
  await measurePictures(
    read,
    { targets: { blocks: { kind: 'sharp-blocks' } }, pristine: null },
    pictures.map((sha256) => ({ of: sha256, sha256, referenceSha256: null, wanted: ['blocks'] })),
    signal,
    async ({ of }, [first]) => {
      const outcome = first?.[1];
      if (outcome?.ok && 'blocks' in outcome) blocks.set(of, outcome.blocks);
      else {
        refused.push(of);
        progress.failed++;
      }
      progress.done++;
      onProgress({ ...progress });
    }
  );
  signal.throwIfAborted();
  // In the order of the pictures, not of the threads: sums of doubles depend on it.
  const used = pictures.filter((sha256) => blocks.has(sha256));
  const rows = used.flatMap((sha256) => {
    const all = blocks.get(sha256) as Float64Array;
    return Array.from({ length: all.length / FEATURES }, (_, i) =>
      all.subarray(i * FEATURES, (i + 1) * FEATURES)
    );
  });
  await keepPristine(lab, name, modelOf(rows, used.length), rows.length, {
    ...origin,
    pictures: used,
    refused
  });
}

/**
 * @throws BadInput where there is no model: too few blocks, or the name was taken meanwhile.
 */
async function keepPristine(
  lab: Pick<Lab, 'db'>,
  name: string,
  model: PristineModel | null,
  blocks: number,
  provenance: Record<string, unknown>
): Promise<void> {
  if (model === null) {
    throw new BadInput(
      `${blocks} sharp blocks of ${BLOCK_PX} × ${BLOCK_PX} pixels were found, and more than ${FEATURES} are needed: take more or larger pictures`
    );
  }
  const row = await pristineModels.create(lab.db, {
    name,
    model,
    sha256: createHash('sha256')
      .update(JSON.stringify([model.mean, model.covariance]))
      .digest('hex'),
    provenance: { ...provenance, blocks, blockPx: BLOCK_PX, version: builtIn('niqe')?.version }
  });
  if (row === null) throw nameTaken(name);
}

/** The pictures' hashes, each once, by the names of their stimuli. */
async function picturesOf(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  of: PristineSource
): Promise<string[]> {
  const rows = await rowsOf(lab, dataset, of);
  const pictures = [...new Set(rows.map((row) => row.imageSha256))];
  if (pictures.length > 0) return pictures;
  throw new BadInput(
    of.what === 'references'
      ? `${dataset.name} has no references; name a subset of undistorted pictures, or another dataset`
      : 'there are no pictures in it'
  );
}

async function rowsOf(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  of: PristineSource
): Promise<datasets.StimulusRow[]> {
  if (of.what === 'subset') {
    const subset = await datasets.subsetByName(lab.db, dataset.id, of.subset);
    if (subset === null) {
      throw new BadInput(`the dataset ${dataset.name} has no subset ${JSON.stringify(of.subset)}`);
    }
    return datasets.stimuliOfSubset(lab.db, subset.id);
  }
  const all = await datasets.stimuliOf(lab.db, dataset.id);
  return of.what === 'all' ? all : all.filter((row) => row.kind === 'reference');
}

async function requireFreeName(lab: Pick<Lab, 'db'>, name: string): Promise<void> {
  if ((await pristineModels.byName(lab.db, name)) !== null) throw nameTaken(name);
}

function nameTaken(name: string): BadInput {
  return new BadInput(`there is a pristine model ${JSON.stringify(name)} already`);
}
