import * as v from 'valibot';
import * as models from '#lib/server/db/models.ts';
import { operation } from '../operation.ts';
import { pageById, pageOf, PAGING } from '../paging.ts';
import { instant, iso, number, orNull, text, truth, whole } from '../schemas.ts';

const price = orNull(number('US dollars a million tokens'));

const Model = v.strictObject({
  id: whole('Its number', 1),
  name: text('What runs are started with'),
  model: text('As its endpoint calls it'),
  baseUrl: text('Its endpoint'),
  apiKeyEnv: orNull(text('The name of the variable that holds its key on the lab’s machine')),
  hasStoredKey: truth('Whether the lab keeps its key, encrypted'),
  decoding: v.strictObject({
    temperature: orNull(v.number()),
    topP: orNull(v.number()),
    maxTokens: orNull(v.number()),
    seed: orNull(v.number()),
    reasoningEffort: orNull(v.string())
  }),
  imageDetail: orNull(text('low, high or auto')),
  priceIn: price,
  priceOut: price,
  batchPriceIn: price,
  batchPriceOut: price,
  requestsPerMinute: orNull(number('At most')),
  tokensPerMinute: orNull(number('At most')),
  concurrency: whole('Requests at once', 1),
  timeoutMs: whole('For one request'),
  createdAt: instant('When it was registered')
});

export const modelOperations = [
  operation({
    id: 'listModels',
    method: 'GET',
    path: '/models',
    tag: 'Models',
    summary: 'The registered models; never their keys',
    scope: 'read',
    query: v.strictObject(PAGING),
    answer: pageOf(Model),
    run: async ({ lab, query }) =>
      pageById(await models.list(lab.db), query, (model): v.InferOutput<typeof Model> => ({
        id: model.id,
        name: model.name,
        model: model.model,
        baseUrl: model.baseUrl,
        apiKeyEnv: model.apiKeyEnv,
        hasStoredKey: model.hasStoredKey,
        decoding: {
          temperature: model.decoding.temperature ?? null,
          topP: model.decoding.topP ?? null,
          maxTokens: model.decoding.maxTokens ?? null,
          seed: model.decoding.seed ?? null,
          reasoningEffort: model.decoding.reasoningEffort ?? null
        },
        imageDetail: model.imageDetail,
        priceIn: model.priceIn,
        priceOut: model.priceOut,
        batchPriceIn: model.batchPriceIn,
        batchPriceOut: model.batchPriceOut,
        requestsPerMinute: model.requestsPerMinute,
        tokensPerMinute: model.tokensPerMinute,
        concurrency: model.concurrency,
        timeoutMs: model.timeoutMs,
        createdAt: iso(model.createdAt)
      }))
  })
];
