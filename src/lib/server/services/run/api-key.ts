import * as models from '#lib/server/db/models.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { openKey } from '../models/seal-key.ts';

/** The key that a run names: given for this process's life by the shell, or in the process's environment. */
export function apiKey(lab: Pick<Lab, 'transientKeys'>, name: string): string | null {
  return lab.transientKeys.get(name) ?? process.env[name] ?? null;
}

export function hasApiKey(lab: Pick<Lab, 'transientKeys'>, name: string): boolean {
  const key = apiKey(lab, name);
  return key !== null && key !== '';
}

/**
 * The key with which a model is asked: from the environment where a variable is named, else the registered model's
 * stored one, else none.
 *
 * @throws BadInput where one is named or stored and cannot be had here.
 */
export async function apiKeyOf(
  lab: Pick<Lab, 'transientKeys' | 'db' | 'config'>,
  { apiKeyEnv, modelId }: { apiKeyEnv: string | null; modelId: number | null }
): Promise<string | null> {
  if (apiKeyEnv !== null) {
    const key = apiKey(lab, apiKeyEnv);
    if (key === null || key === '')
      throw new BadInput(`the environment variable ${apiKeyEnv} is not set where this runs`);
    return key;
  }
  const sealed = modelId === null ? null : await models.sealedKey(lab.db, modelId);
  return sealed === null ? null : openKey(lab.config, sealed);
}
