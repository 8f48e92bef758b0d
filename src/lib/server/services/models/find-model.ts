import * as models from '#lib/server/db/models.ts';
import type { Db } from '#lib/server/db/client.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { RunOptions } from '../run/start-run.ts';

/** @throws BadInput naming those that there are. */
export async function modelNamed(db: Db, name: string): Promise<models.Model> {
  const model = await models.byName(db, name);
  if (model) return model;
  const names = (await models.list(db)).map((one) => one.name);
  throw new BadInput(
    `there is no model ${JSON.stringify(name)}${names.length === 0 ? '; none is registered' : `; there are ${names.join(', ')}`}`
  );
}

/** What a run with a registered model takes from it. */
export function optionsOf(
  model: models.Model
): Partial<RunOptions> &
  Pick<RunOptions, 'model' | 'baseUrl' | 'modelId' | 'apiKeyEnv' | 'priceIn' | 'priceOut'> {
  const { decoding } = model;
  return {
    modelId: model.id,
    model: model.model,
    baseUrl: model.baseUrl,
    apiKeyEnv: model.apiKeyEnv,
    temperature: decoding.temperature,
    topP: decoding.topP,
    maxTokens: decoding.maxTokens,
    seed: decoding.seed,
    reasoningEffort: decoding.reasoningEffort,
    imageDetail: model.imageDetail,
    priceIn: model.priceIn,
    priceOut: model.priceOut,
    batchPriceIn: model.batchPriceIn,
    batchPriceOut: model.batchPriceOut,
    requestsPerMinute: model.requestsPerMinute,
    tokensPerMinute: model.tokensPerMinute,
    concurrency: model.concurrency,
    timeoutMs: model.timeoutMs
  };
}
