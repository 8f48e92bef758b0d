import type { DifficultRecord } from '#lib/components/ui/chosen.ts';
import { AUTHORS_SETTINGS, type DifficultSettings } from '#lib/domain/selection/difficult-subset.ts';

/** What the page of difficult samples is asked to show: its form, and its address. */
export interface SelectQuery {
  settings: DifficultSettings;
  /** Names of metrics; empty for a first visit. */
  proxies: string[];
  features: string | null;
  differenceAsQuality: boolean;
  /** Names of stimuli that shall not be picked. */
  exclude: string[];
  /** A subset whose stimuli shall not be picked, such as a study's exemplars. */
  without: string | null;
  /** The λ and ε that what enters and leaves is counted from. */
  base: { lambda: number; epsilon: number } | null;
  /** A subset that the picks are held against. */
  overlap: string | null;
}

type Source = Pick<URLSearchParams, 'get' | 'getAll'> | FormData;

/**
 * What does not read as a value is as if it were not there. A form that was sent carries `sent`, so that an unticked box
 * is a "no".
 */
export function readSelectQuery(source: Source, first: Partial<SelectQuery> = {}): SelectQuery {
  const sent = source.get('sent') !== null;
  const text = (name: string) => String(source.get(name) ?? '').trim();
  const number = (name: string, otherwise: number) => {
    const value = text(name) === '' ? NaN : Number(text(name));
    return Number.isFinite(value) && value >= 0 ? value : otherwise;
  };
  const whole = (name: string, otherwise: number) => {
    const value = number(name, otherwise);
    return Number.isSafeInteger(value) && value >= 1 ? Math.min(value, 100_000) : otherwise;
  };
  const ticked = (name: string, otherwise: boolean) => (sent ? source.get(name) !== null : otherwise);
  const standard = { ...AUTHORS_SETTINGS, ...first.settings };
  const [lambda, epsilon] = text('base').split(',').map(Number);
  const base = [lambda, epsilon].every(
    (value) => value !== undefined && Number.isFinite(value) && value >= 0
  );
  return {
    settings: {
      lambda: number('lambda', standard.lambda),
      epsilon: number('epsilon', standard.epsilon),
      n: whole('n', standard.n),
      referenceCount: whole('references', standard.referenceCount),
      perReference: whole('per-reference', standard.perReference),
      sigmaNormalised: ticked('sigma', standard.sigmaNormalised),
      minMax: ticked('min-max', standard.minMax),
      mapped: ticked('map', standard.mapped)
    },
    proxies: sent ? [...new Set(source.getAll('proxy').map(String))] : (first.proxies ?? []),
    features: sent ? text('features') || null : (first.features ?? null),
    differenceAsQuality: ticked('difference-as-quality', false),
    base: base && text('base') !== '' ? { lambda: lambda as number, epsilon: epsilon as number } : null,
    exclude: namesIn(text('exclude')),
    without: text('without') || null,
    overlap: text('overlap') || null
  };
}

/** Names between commas, each once. */
export function namesIn(list: string): string[] {
  return [...new Set(list.split(',').map((name) => name.trim()))].filter((name) => name !== '');
}

/** The address that shows the same again. */
export function selectParameters(query: SelectQuery): URLSearchParams {
  const { settings } = query;
  const parameters = new URLSearchParams({ sent: '1' });
  for (const proxy of query.proxies) parameters.append('proxy', proxy);
  if (query.features !== null) parameters.set('features', query.features);
  parameters.set('lambda', String(settings.lambda));
  parameters.set('epsilon', String(settings.epsilon));
  parameters.set('n', String(settings.n));
  parameters.set('references', String(settings.referenceCount));
  parameters.set('per-reference', String(settings.perReference));
  if (settings.sigmaNormalised) parameters.set('sigma', 'on');
  if (settings.minMax) parameters.set('min-max', 'on');
  if (settings.mapped) parameters.set('map', 'on');
  if (query.differenceAsQuality) parameters.set('difference-as-quality', 'on');
  if (query.exclude.length > 0) parameters.set('exclude', query.exclude.join(','));
  if (query.without !== null) parameters.set('without', query.without);
  if (query.base !== null) parameters.set('base', `${query.base.lambda},${query.base.epsilon}`);
  if (query.overlap !== null) parameters.set('overlap', query.overlap);
  return parameters;
}

/** The page as it was when a subset was made there, held against that subset. */
export function queryOf(record: DifficultRecord, subset: string): SelectQuery {
  const { lambda, epsilon, sigmaNormalised, minMax, mapped } = record;
  const first = AUTHORS_SETTINGS;
  return {
    settings: {
      lambda,
      epsilon,
      n: record.n ?? first.n,
      referenceCount: record.references ?? first.referenceCount,
      perReference: record.perReference ?? first.perReference,
      sigmaNormalised,
      minMax,
      mapped
    },
    proxies: record.proxies.map(({ name }) => name),
    features: record.features?.name ?? null,
    differenceAsQuality: record.differenceAsQuality ?? false,
    exclude: record.exclude,
    without: null,
    base: null,
    overlap: subset
  };
}

/**
 * Where a slider stands for a value of λ or ε: one step a twentieth of a decade from `low` to `high`, and 0 one step
 * below them.
 */
export interface Decades {
  low: number;
  high: number;
}
const STEPS = 20;

export function sliderEnds({ low, high }: Decades): { min: number; max: number } {
  return { min: low * STEPS - 1, max: high * STEPS };
}

export function sliderPlace(value: number, decades: Decades): number {
  const { min, max } = sliderEnds(decades);
  if (!(value > 0)) return min;
  return Math.min(max, Math.max(min + 1, Math.round(Math.log10(value) * STEPS)));
}

export function sliderValue(place: number, decades: Decades): number {
  if (place <= sliderEnds(decades).min) return 0;
  return Number((10 ** (place / STEPS)).toPrecision(2));
}
