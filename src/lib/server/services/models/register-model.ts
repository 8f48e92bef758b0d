import type { ModelDecoding } from '#lib/domain/registered-model.ts';
import * as models from '#lib/server/db/models.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { RUN_DEFAULTS } from '../run/start-run.ts';
import { checkRunOptions } from '../run/check-run-options.ts';
import { checkEndpoint } from './check-endpoint.ts';
import { modelNamed } from './find-model.ts';
import { sealKey } from './seal-key.ts';

/** Everything about a registered model but its key. */
export interface ModelOptions {
  name: string;
  baseUrl: string;
  model: string;
  apiKeyEnv: string | null;
  decoding: ModelDecoding;
  imageDetail: string | null;
  priceIn: number | null;
  priceOut: number | null;
  batchPriceIn: number | null;
  batchPriceOut: number | null;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  concurrency: number;
  timeoutMs: number;
}

/**
 * Registers a model under a name.
 *
 * @param key to be stored encrypted; null for none (or one in the environment).
 * @throws BadInput naming what is wrong.
 */
export async function registerModel(
  lab: Lab,
  options: ModelOptions,
  key: string | null
): Promise<models.Model> {
  await check(lab, options, key);
  const made = await models.create(lab.db, {
    ...options,
    sealedKey: key === null ? null : sealKey(lab.config, key)
  });
  if (!made) throw new BadInput(`there is a model ${JSON.stringify(options.name)} already`);
  return made;
}

/**
 * Changes a registered model. Runs keep what they were started with; only the key is looked up anew.
 *
 * @param key another one to store; null keeps the stored one, where no environment variable takes its place.
 */
export async function changeModel(
  lab: Lab,
  name: string,
  options: ModelOptions,
  key: string | null
): Promise<void> {
  const model = await modelNamed(lab.db, name);
  await check(lab, options, key);
  if (options.name !== name && (await models.byName(lab.db, options.name)))
    throw new BadInput(`there is a model ${JSON.stringify(options.name)} already`);
  // A stored key is sent to whoever it was given for: another address has to be given it again.
  const moved = new URL(options.baseUrl).origin !== new URL(model.baseUrl).origin;
  await models.change(lab.db, model.id, {
    ...options,
    ...(key !== null
      ? { sealedKey: sealKey(lab.config, key) }
      : options.apiKeyEnv !== null || moved
        ? { sealedKey: null }
        : {})
  });
}

/** Takes a model out of the registry, and its key with it. Its runs stay; those that need the key can no longer go on. */
export async function removeModel(lab: Pick<Lab, 'db'>, name: string): Promise<void> {
  await models.remove(lab.db, (await modelNamed(lab.db, name)).id);
}

async function check(lab: Lab, options: ModelOptions, key: string | null): Promise<void> {
  if (!/^\S(.{0,98}\S)?$/.test(options.name) || options.name.includes('/') || options.name === 'new')
    throw new BadInput('a model needs a name of 1 to 100 characters, without / and spaces at its ends');
  if (key !== null && options.apiKeyEnv !== null)
    throw new BadInput('a key is either named by its environment variable or stored, not both');
  if (key !== null && (/\s/.test(key) || key.length < 4 || key.length > 1000))
    throw new BadInput('a key has 4 to 1,000 characters and no spaces');
  const { decoding, ...rest } = options;
  checkRunOptions(lab, {
    ...RUN_DEFAULTS,
    ...rest,
    ...decoding,
    // Where the key is needed is where a run goes on, perhaps in another process.
    apiKeyEnv: null,
    study: '',
    strategy: 'standard'
  });
  if (options.apiKeyEnv !== null && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(options.apiKeyEnv))
    throw new BadInput('the key is named by an environment variable, such as OPENAI_API_KEY');
  for (const price of [options.batchPriceIn, options.batchPriceOut]) {
    if (price !== null && !(Number.isFinite(price) && price >= 0))
      throw new BadInput(`a batch price is a number from 0, not ${price}`);
  }
  await checkEndpoint(lab.config, options.baseUrl);
}
