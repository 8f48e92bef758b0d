import { STIMULUS_SORTS, type StimulusFilter, type StimulusSort } from '#lib/server/db/datasets.ts';

export const PAGE = 60;
export const VIEWS = ['grid', 'table'] as const;

/** What a dataset's page is asked to show. What does not read as a value is as if it were not there. */
export interface StimulusQuery {
  filter: StimulusFilter;
  kind: 'judged' | 'references' | 'all';
  sort: StimulusSort;
  view: (typeof VIEWS)[number];
  subset: string | null;
  offset: number;
}

export function readStimulusQuery(parameters: URLSearchParams): StimulusQuery {
  const text = (key: string) => parameters.get(key)?.trim() || undefined;
  const number = (key: string) => {
    const value = text(key);
    return value === undefined || !Number.isFinite(Number(value)) ? undefined : Number(value);
  };
  const level = number('level');
  const kind = text('kind') === 'references' ? 'references' : text('kind') === 'all' ? 'all' : 'judged';
  const filter: StimulusFilter = {};
  if (kind !== 'all') filter.kind = kind === 'references' ? 'reference' : 'distorted';
  const distortion = text('distortion');
  if (distortion !== undefined) filter.distortion = distortion;
  if (level !== undefined && Number.isSafeInteger(level) && Math.abs(level) < 32768) filter.level = level;
  const RANGES = [
    ['mos-from', 'mosFrom'],
    ['mos-to', 'mosTo'],
    ['sigma-from', 'sigmaFrom'],
    ['sigma-to', 'sigmaTo']
  ] as const;
  for (const [key, bound] of RANGES) {
    const value = number(key);
    if (value !== undefined) filter[bound] = value;
  }
  const content = text('content');
  if (content !== undefined) filter.content = content;
  const part = text('name');
  if (part !== undefined) filter.text = part;
  const offset = number('from') ?? 0;
  return {
    filter,
    kind,
    sort:
      STIMULUS_SORTS.find((sort) => sort === text('sort')) ??
      (text('subset') === undefined ? 'name' : 'rank'),
    view: VIEWS.find((view) => view === text('view')) ?? 'grid',
    subset: text('subset') ?? null,
    offset: Number.isSafeInteger(offset) && offset > 0 && offset < 1e9 ? Math.floor(offset / PAGE) * PAGE : 0
  };
}
