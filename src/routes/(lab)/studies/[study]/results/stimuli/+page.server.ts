import { isSitting } from '#lib/domain/results/headline.ts';
import { app } from '#lib/server/http/app.ts';
import { orNotFound } from '#lib/server/http/errors.ts';
import { resultsWithin } from '#lib/server/services/cached-results.ts';
import { studyNamed } from '#lib/server/services/find.ts';
import type { PageServerLoad } from './$types';

const LIMIT = 50;
/** Columns of observers that fit beside each other. */
const MOST_COLUMNS = 6;

export const load: PageServerLoad = async ({ params, url }) => {
  const lab = app();
  const study = await orNotFound(() => studyNamed(lab.db, params.study));
  const results = await resultsWithin(lab, study);
  if (results === null) return { ready: false as const };
  const together = results.observers.filter((one) => !isSitting(one));
  const columns = together
    .slice(0, MOST_COLUMNS)
    .map(({ observer, kind, simulated }) => ({ observer, kind, simulated }));
  const by = url.searchParams.get('by') ?? 'stimulus';
  const turn = url.searchParams.get('order') === 'down' ? -1 : 1;
  const offset = Math.max(0, Math.floor(Number(url.searchParams.get('from'))) || 0);
  const key = (row: (typeof results.stimuli)[number]): number | string | null => {
    if (by === 'mos') return row.mos;
    if (by === 'sigma') return row.sigma;
    if (by === 'stimulus') return row.stimulus;
    return row.values[by]?.value ?? null;
  };
  const sorted = [...results.stimuli].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    // What is missing stands last, whichever way.
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return turn * (x < y ? -1 : x > y ? 1 : 0);
  });
  return {
    ready: true as const,
    scored: results.protocol === 'single-stimulus',
    fullReference: results.scenario === 'fr',
    columns,
    left: together.length - columns.length,
    by,
    down: turn === -1,
    total: sorted.length,
    offset,
    limit: LIMIT,
    rows: sorted.slice(offset, offset + LIMIT).map(({ values, ...row }) => ({
      ...row,
      values: columns.map(({ observer }) => values[observer] ?? null)
    }))
  };
};
