import { READOUTS, type Readout } from '#lib/domain/observer.ts';
import { STRATEGIES, type Strategy } from '#lib/domain/study.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { RUN_DEFAULTS, type RunOptions } from './start-run.ts';

/**
 * The options in a submitted form, one for each strategy that is ticked. A field that is left empty takes its default;
 * what the options mean is checked where a run starts.
 *
 * @throws BadInput naming the field.
 */
export function readRunForm(form: FormData, study: string): RunOptions[] {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const number = (name: string, label: string): number | null => {
    const given = text(name);
    if (given === '') return null;
    const value = Number(given.replace(',', '.'));
    if (!Number.isFinite(value)) throw new BadInput(`${label}: ${JSON.stringify(given)} is no number`);
    return value;
  };
  const strategies = form.getAll('strategy').map(String);
  if (strategies.length === 0) throw new BadInput('Tick at least one strategy.');
  const unknown = strategies.find((one) => !STRATEGIES.includes(one as Strategy));
  if (unknown !== undefined) throw new BadInput(`there is no strategy ${JSON.stringify(unknown)}`);
  const readout = text('readout') || RUN_DEFAULTS.readout;
  if (!READOUTS.includes(readout as Readout))
    throw new BadInput(`there is no readout ${JSON.stringify(readout)}`);
  const seconds = number('timeout', 'Time-out');
  const common = {
    study,
    model: text('model'),
    baseUrl: text('baseUrl'),
    apiKeyEnv: text('apiKeyEnv') || null,
    readout: readout as Readout,
    concurrency: number('concurrency', 'Concurrency') ?? RUN_DEFAULTS.concurrency,
    requestsPerMinute: number('requestsPerMinute', 'Requests per minute'),
    temperature: number('temperature', 'Temperature'),
    maxTokens: number('maxTokens', 'Most tokens of an answer'),
    imageDetail: text('imageDetail') || null,
    repeats: number('repeats', 'Repeats') ?? RUN_DEFAULTS.repeats,
    bothOrders: form.get('bothOrders') !== null,
    timeoutMs: seconds === null ? RUN_DEFAULTS.timeoutMs : Math.round(seconds * 1000),
    maxCost: number('maxCost', 'Cap'),
    priceIn: number('priceIn', 'Price in'),
    priceOut: number('priceOut', 'Price out'),
    resume: false
  };
  if (common.baseUrl === '') throw new BadInput('The base URL is missing; choose an endpoint or write one.');
  if (common.model === '') throw new BadInput('The model’s name is missing.');
  return strategies.map((strategy) => ({ ...common, strategy: strategy as Strategy }));
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
export function readCap(form: FormData): { maxCost?: number | null } {
  const given = form.get('maxCost');
  if (given === null) return {};
  const text = String(given).trim();
  if (text === '') return { maxCost: null };
  const maxCost = Number(text.replace(',', '.'));
  if (!(maxCost > 0 && maxCost <= 1_000_000)) {
    throw new BadInput(`Cap: ${JSON.stringify(text)} is not an amount above 0 and at most 1,000,000`);
  }
  return { maxCost };
}
