import { CONTROLS, type Control } from '#lib/domain/controls/control.ts';
import { READOUTS, type Readout } from '#lib/domain/observer.ts';
import { STRATEGIES, type Strategy } from '#lib/domain/study.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Cap } from './control-run.ts';
import { RUN_DEFAULTS, type RunOptions } from './start-run.ts';

/**
 * The options in a submitted form, one for each strategy that is ticked and each temperature given. A field that is left empty takes its default;
 * what the options mean is checked where a run starts.
 *
 * @param registered what a registered model brings: it says where to ask, and fills what is left empty.
 * @throws BadInput naming the field.
 */
export function readRunForm(
  form: FormData,
  study: string,
  registered: Partial<RunOptions> | null = null
): RunOptions[] {
  const base = { ...RUN_DEFAULTS, ...registered };
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const number = (name: string, label: string): number | null => {
    const given = text(name);
    if (given === '') return null;
    const value = Number(given.replace(',', '.'));
    if (!Number.isFinite(value)) throw new BadInput(`${label}: ${JSON.stringify(given)} is no number`);
    return value;
  };
  const control = (text('control') || null) as Control | null;
  if (control !== null && !CONTROLS.includes(control))
    throw new BadInput(`there is no control ${JSON.stringify(control)}`);
  const random = control === 'random-answers';
  const strategies = random ? ['standard'] : form.getAll('strategy').map(String);
  if (strategies.length === 0) throw new BadInput('Tick at least one strategy.');
  const unknown = strategies.find((one) => !STRATEGIES.includes(one as Strategy));
  if (unknown !== undefined) throw new BadInput(`there is no strategy ${JSON.stringify(unknown)}`);
  const readout = text('readout') || RUN_DEFAULTS.readout;
  if (!READOUTS.includes(readout as Readout))
    throw new BadInput(`there is no readout ${JSON.stringify(readout)}`);
  const seconds = number('timeout', 'Time-out');
  const common = {
    ...base,
    study,
    model: registered?.model ?? text('model'),
    baseUrl: registered?.baseUrl ?? text('baseUrl'),
    apiKeyEnv: registered ? base.apiKeyEnv : text('apiKeyEnv') || null,
    readout: readout as Readout,
    massThreshold: number('massThreshold', 'Captured mass'),
    control,
    replay: form.get('replay') !== null,
    batch: form.get('batch') !== null,
    concurrency: number('concurrency', 'Concurrency') ?? base.concurrency,
    requestsPerMinute: number('requestsPerMinute', 'Requests per minute') ?? base.requestsPerMinute,
    tokensPerMinute: number('tokensPerMinute', 'Tokens per minute') ?? base.tokensPerMinute,
    maxTokens: number('maxTokens', 'Most tokens of an answer') ?? base.maxTokens,
    imageDetail: text('imageDetail') || base.imageDetail,
    repeats: number('repeats', 'Repeats') ?? RUN_DEFAULTS.repeats,
    bothOrders: form.get('bothOrders') !== null,
    timeoutMs: seconds === null ? base.timeoutMs : Math.round(seconds * 1000),
    maxCost: number('maxCost', 'Cap'),
    maxTotalTokens: number('maxTotalTokens', 'Cap in tokens'),
    priceIn: number('priceIn', 'Price in') ?? base.priceIn,
    priceOut: number('priceOut', 'Price out') ?? base.priceOut,
    resume: false
  };
  if (random) return [{ ...common, strategy: 'standard', temperature: null }];
  if (common.baseUrl === '') throw new BadInput('The base URL is missing; choose an endpoint or write one.');
  if (common.model === '') throw new BadInput('The model’s name is missing.');
  const given = readTemperatures(text('temperature'));
  const temperatures = given.length === 1 && given[0] === null ? [base.temperature] : given;
  return strategies.flatMap((strategy) =>
    temperatures.map((temperature) => ({ ...common, strategy: strategy as Strategy, temperature }))
  );
}

/**
 * "0 0.5 1" or "0; 0,5; 1": a sweep, a run at each; nothing is the endpoint's own.
 *
 * @throws BadInput naming what is no number, or comes twice.
 */
export function readTemperatures(given: string): (number | null)[] {
  const words = given.split(/[\s;]+/).filter((word) => word !== '');
  if (words.length === 0) return [null];
  const values = words.map((word) => {
    const value = Number(word.replace(/,$/, '').replace(',', '.'));
    if (!Number.isFinite(value)) throw new BadInput(`Temperature: ${JSON.stringify(word)} is no number`);
    return value;
  });
  const twice = values.find((value, place) => values.indexOf(value) !== place);
  if (twice !== undefined) throw new BadInput(`Temperature: ${twice} is given twice`);
  return values;
}

/** What was filled in, to fill the form in again. */
export function formValues(form: FormData): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of form)
    if (typeof value === 'string' && name !== 'strategy') values[name] = value;
  values['strategies'] = form.getAll('strategy').join(' ');
  return values;
}

/**
 * The cap that a run is resumed with; an absent field leaves it as it is, an empty one lifts it.
 *
 * @throws BadInput
 */
export function readCap(form: FormData): Cap {
  const read = (name: string, label: string, most: number): number | null | undefined => {
    const given = form.get(name);
    if (given === null) return undefined;
    const text = String(given).trim();
    if (text === '') return null;
    const value = Number(text.replace(',', '.'));
    if (!(value > 0 && value <= most)) {
      throw new BadInput(
        `${label}: ${JSON.stringify(text)} is not an amount above 0 and at most ${most.toLocaleString('en')}`
      );
    }
    return value;
  };
  const maxCost = read('maxCost', 'Cap', 1_000_000);
  const maxTotalTokens = read('maxTotalTokens', 'Cap in tokens', 1e15);
  return {
    ...(maxCost === undefined ? {} : { maxCost }),
    ...(maxTotalTokens === undefined ? {} : { maxTotalTokens: maxTotalTokens && Math.ceil(maxTotalTokens) })
  };
}
