import { BadInput } from '#lib/server/tables/bad-input.ts';
import { RUN_DEFAULTS } from '../run/start-run.ts';
import type { ModelOptions } from './register-model.ts';

/**
 * A submitted model form; the key apart from everything else, so that it goes nowhere else.
 *
 * @throws BadInput naming the field.
 */
export function readModelForm(form: FormData): { options: ModelOptions; key: string | null } {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const number = (name: string, label: string): number | null => {
    const given = text(name);
    if (given === '') return null;
    const value = Number(given.replace(',', '.'));
    if (!Number.isFinite(value)) throw new BadInput(`${label}: ${JSON.stringify(given)} is no number`);
    return value;
  };
  if (text('baseUrl') === '') throw new BadInput('The base URL is missing; choose an endpoint or write one.');
  if (text('model') === '') throw new BadInput('What the endpoint calls the model is missing.');
  const seconds = number('timeout', 'Time-out');
  return {
    key: text('key') || null,
    options: {
      name: text('name') || text('model').replaceAll('/', ' '),
      baseUrl: text('baseUrl'),
      model: text('model'),
      apiKeyEnv: text('apiKeyEnv') || null,
      decoding: {
        temperature: number('temperature', 'Temperature'),
        topP: number('topP', 'Top p'),
        maxTokens: number('maxTokens', 'Most tokens of an answer'),
        seed: number('seed', 'Seed'),
        reasoningEffort: text('reasoningEffort') || null
      },
      imageDetail: text('imageDetail') || null,
      priceIn: number('priceIn', 'Price in'),
      priceOut: number('priceOut', 'Price out'),
      batchPriceIn: number('batchPriceIn', 'Batch price in'),
      batchPriceOut: number('batchPriceOut', 'Batch price out'),
      requestsPerMinute: number('requestsPerMinute', 'Requests per minute'),
      tokensPerMinute: number('tokensPerMinute', 'Tokens per minute'),
      concurrency: number('concurrency', 'Concurrency') ?? RUN_DEFAULTS.concurrency,
      timeoutMs: seconds === null ? RUN_DEFAULTS.timeoutMs : Math.round(seconds * 1000)
    }
  };
}

/** What was filled in, to fill the form in again; never the key. */
export function modelFormValues(form: FormData): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === 'string' && name !== 'key') values[name] = value;
  return values;
}

/** A registered model as the form's values. */
export function valuesOf(model: ModelOptions): Record<string, string> {
  const { decoding, timeoutMs, ...rest } = model;
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...rest, ...decoding, timeout: timeoutMs / 1000 })) {
    if (typeof value === 'string' || typeof value === 'number') values[name] = String(value);
  }
  return values;
}
