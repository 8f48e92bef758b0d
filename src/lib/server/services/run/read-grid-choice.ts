import { READOUTS, type Readout } from '#lib/domain/observer.ts';
import { STRATEGIES, type Strategy } from '#lib/domain/study.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { GridChoice } from './plan-grid.ts';

/**
 * Which runs are meant, out of an address or a submitted form: the fields are the same.
 *
 * @throws BadInput naming the field.
 */
export function readGridChoice(fields: URLSearchParams | FormData): GridChoice {
  const all = (name: string) => [...new Set(fields.getAll(name).map(String))].filter((one) => one !== '');
  const text = (name: string) => String(fields.get(name) ?? '').trim();
  const amount = (name: string, label: string, whole: boolean): number | null => {
    const given = text(name);
    if (given === '') return null;
    const value = Number(given.replace(',', '.'));
    if (!(value > 0 && value < 1e15) || (whole && !Number.isInteger(value)))
      throw new BadInput(`${label}: ${JSON.stringify(given)} is no ${whole ? 'whole ' : ''}number above 0`);
    return value;
  };
  const readout = (text('readout') || 'text') as Readout;
  if (!READOUTS.includes(readout)) throw new BadInput(`there is no readout ${JSON.stringify(readout)}`);
  const strategies = all('strategy') as Strategy[];
  const unknown = strategies.find((one) => !STRATEGIES.includes(one));
  if (unknown !== undefined) throw new BadInput(`there is no strategy ${JSON.stringify(unknown)}`);
  return {
    studies: all('study'),
    models: all('model'),
    strategies,
    readout,
    repeats: amount('repeats', 'Repeats', true) ?? 1,
    bothOrders: fields.has('bothOrders'),
    batch: fields.has('batch'),
    maxCost: amount('maxCost', 'Cap', false),
    maxTotalTokens: amount('maxTotalTokens', 'Cap in tokens', true)
  };
}
