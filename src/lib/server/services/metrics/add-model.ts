import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BUILT_IN_NAMES } from '#lib/metrics/catalogue.ts';
import {
  BadDescription,
  readDescription,
  type NetworkDescription
} from '#lib/metrics/network-description.ts';
import * as learnedModels from '#lib/server/db/learned-models.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { CannotMeasure, onMeasuringThreads } from '#lib/server/workers/measuring-pool.ts';
import type { Lab } from '../lab.ts';
import { checkName } from '../names.ts';

export interface ModelFile {
  label: string;
  bytes: Uint8Array;
}

const LARGEST_MODEL_BYTES = 2 ** 31 - 1;

/**
 * Takes in a network that somebody brought, once it has been loaded and its inputs and outputs are those described.
 *
 * @throws BadInput naming the file and the part at fault, or that there is no runtime.
 */
export async function addModel(
  lab: Pick<Lab, 'db' | 'storage'>,
  name: string,
  model: ModelFile,
  description: ModelFile
): Promise<learnedModels.LearnedModel> {
  checkName('model', name);
  if (BUILT_IN_NAMES.has(name.toLowerCase())) {
    throw new BadInput(
      `${JSON.stringify(name)} is the name of a built-in metric; give the model another name`
    );
  }
  if ((await learnedModels.byName(lab.db, name)) !== null) {
    throw new BadInput(`there is a model ${JSON.stringify(name)} already`);
  }
  if (model.bytes.byteLength === 0 || model.bytes.byteLength > LARGEST_MODEL_BYTES) {
    throw new BadInput(
      `has ${model.bytes.byteLength} bytes; a network of 1 to ${LARGEST_MODEL_BYTES} is taken`,
      {
        file: model.label
      }
    );
  }
  const read = descriptionIn(description);
  try {
    await onMeasuringThreads(
      { targets: { tried: { kind: 'network', description: read, model: model.bytes } }, pristine: null },
      async () => {},
      { threads: 1 }
    );
  } catch (error) {
    if (error instanceof CannotMeasure) throw new BadInput(error.message, { file: model.label });
    throw error;
  }
  const sha256 = await lab.storage.put(model.bytes);
  const row = await learnedModels.create(lab.db, {
    name,
    sha256,
    byteLength: model.bytes.byteLength,
    description: read
  });
  if (row === null) throw new BadInput(`there is a model ${JSON.stringify(name)} already`);
  return row;
}

/** The same from files on this machine. */
export async function addModelFromFiles(
  lab: Pick<Lab, 'db' | 'storage'>,
  name: string,
  model: { path: string; label: string },
  description: { path: string; label: string }
): Promise<learnedModels.LearnedModel> {
  const read = async ({ path, label }: { path: string; label: string }): Promise<ModelFile> => {
    try {
      return { label, bytes: await readFile(path) };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
      throw new BadInput(`cannot be read (${code})`, { file: label });
    }
  };
  return addModel(lab, name, await read(model), await read(description));
}

function descriptionIn({ label, bytes }: ModelFile): NetworkDescription {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new BadInput(`is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      file: label
    });
  }
  try {
    return readDescription(json);
  } catch (error) {
    if (error instanceof BadDescription) throw new BadInput(error.message, { file: label });
    throw error;
  }
}

/** Another file or another description is another version of the metric. */
export function modelVersion(model: Pick<learnedModels.LearnedModel, 'sha256' | 'description'>): string {
  const parts = JSON.stringify(model.description, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  );
  return createHash('sha256').update(model.sha256).update(parts).digest('hex').slice(0, 12);
}
