import { CONTROLS } from '#lib/domain/controls/control.ts';
import { READOUTS } from '#lib/domain/observer.ts';
import { STRATEGIES } from '#lib/domain/study.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { hasApiKey } from './api-key.ts';
import type { RunOptions } from './start-run.ts';

/** @throws BadInput naming what is wrong. */
export function checkRunOptions(lab: Pick<Lab, 'transientKeys'>, options: RunOptions): void {
  if (options.model.trim() === '' || options.model.length > 200) throw new BadInput('the model needs a name');
  if (options.control !== null && !CONTROLS.includes(options.control))
    throw new BadInput(`there is no control ${JSON.stringify(options.control)}: ${CONTROLS.join(', ')}`);
  if (options.control !== 'random-answers') checkBaseUrl(options.baseUrl);
  if (!STRATEGIES.includes(options.strategy))
    throw new BadInput(`there is no strategy ${JSON.stringify(options.strategy)}`);
  if (!READOUTS.includes(options.readout))
    throw new BadInput(`there is no readout ${JSON.stringify(options.readout)}`);
  if (
    options.batch &&
    options.maxTokens === null &&
    (options.maxCost !== null || options.maxTotalTokens !== null)
  ) {
    throw new BadInput(
      'a cap over batches needs the most tokens of an answer: nothing else bounds what is out at once'
    );
  }
  const whole = (name: string, value: number, min: number, max: number) => {
    if (Number.isSafeInteger(value) && value >= min && value <= max) return;
    throw new BadInput(`${name} is a whole number from ${min} to ${max}, not ${value}`);
  };
  whole('concurrency', options.concurrency, 1, 512);
  whole('the number of repeats', options.repeats, 1, 100);
  if (options.seed !== null) whole('the seed', options.seed, 0, Number.MAX_SAFE_INTEGER);
  if (options.maxTotalTokens !== null)
    whole('the cap in tokens', options.maxTotalTokens, 1, Number.MAX_SAFE_INTEGER);
  whole('the time for one request in ms', options.timeoutMs, 100, 3_600_000);
  if (options.maxTokens !== null) whole('the most tokens of an answer', options.maxTokens, 1, 1_000_000);
  const finite = (name: string, value: number | null, above: number, max: number) => {
    if (value === null || (Number.isFinite(value) && value > above && value <= max)) return;
    throw new BadInput(`${name} is a number above ${above}, at most ${max}, not ${value}`);
  };
  finite('the captured mass that is needed', options.massThreshold, 0, 1);
  finite('requests per minute', options.requestsPerMinute, 0, 1_000_000);
  finite('tokens per minute', options.tokensPerMinute, 0, 1_000_000_000);
  finite('top p', options.topP, 0, 1);
  finite('the cap', options.maxCost, 0, 1_000_000);
  for (const [name, value] of [
    ['the temperature', options.temperature],
    ['the price of input tokens', options.priceIn],
    ['the price of output tokens', options.priceOut]
  ] as const) {
    if (value !== null && !(Number.isFinite(value) && value >= 0))
      throw new BadInput(`${name} is a number from 0, not ${value}`);
  }
  if (options.reasoningEffort !== null && !/^[a-z]{1,20}$/.test(options.reasoningEffort)) {
    throw new BadInput('the reasoning effort is one word, such as low, medium or high');
  }
  if (options.maxCost !== null && (options.priceIn === null || options.priceOut === null)) {
    throw new BadInput('a cap in money needs both prices, US dollars a million tokens', {
      option: '--price-in, --price-out'
    });
  }
  if (options.apiKeyEnv !== null) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(options.apiKeyEnv)) {
      throw new BadInput('the key is named by an environment variable, such as OPENAI_API_KEY');
    }
    if (!hasApiKey(lab, options.apiKeyEnv)) {
      throw new BadInput(`the environment variable ${options.apiKeyEnv} is not set`);
    }
  }
}

function checkBaseUrl(baseUrl: string): void {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new BadInput(
      `${JSON.stringify(baseUrl)} is no address; one such as https://api.openai.com/v1 is needed`
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new BadInput(`a base URL begins with https:// or http://, not ${url.protocol}//`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new BadInput('a base URL holds no password; name the environment variable that holds the key');
  }
}
