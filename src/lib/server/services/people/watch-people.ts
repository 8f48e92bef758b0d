import { hastyBelowMs } from '#lib/domain/monitoring/sitting-evidence.ts';
import * as monitoring from '#lib/server/db/monitoring.ts';
import * as sittings from '#lib/server/db/sittings.ts';
import type { Study } from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';
import { staleAfterMs } from '../sitting/stale-after.ts';
import { judgeSittings } from './judge-sittings.ts';

/** A figure that took so long to find is given again for this many times as long: whoever watches costs raters little. */
const REST = 20;
/** But never so long that whoever watches waits for news: figures are at most so old, or four times as old as they took. */
const NEWS_MS = 4000;

interface Kept {
  until: number;
  promise: Promise<unknown>;
}

const kept = new WeakMap<object, Map<string, Kept>>();

/** Once for all who watch at the same time, and not again until it has paid for itself. */
function paced<T>(lab: Pick<Lab, 'db'>, key: string, find: () => Promise<T>): Promise<T> {
  let figures = kept.get(lab.db);
  if (!figures) kept.set(lab.db, (figures = new Map()));
  for (const [name, { until }] of figures) if (until < Date.now()) figures.delete(name);
  const known = figures.get(key);
  if (known) return known.promise as Promise<T>;
  const from = Date.now();
  const entry: Kept = { until: Infinity, promise: find() };
  figures.set(key, entry);
  entry.promise.then(
    () => {
      const took = Date.now() - from;
      entry.until = Date.now() + Math.min(REST * took, Math.max(NEWS_MS, 4 * took));
    },
    () => (entry.until = 0)
  );
  return entry.promise as Promise<T>;
}

/** Who is in, how far they got, and a page of sittings with what in them deserves a look. */
export function watchSittings(lab: Pick<Lab, 'db'>, study: Study, offset: number, limit: number) {
  return paced(lab, `sittings/${study.id}/${offset}/${limit}`, async () => {
    const away = staleAfterMs(study.design);
    const counts = await sittings.counts(lab.db, study.id, away);
    const progress = await monitoring.progressOf(lab.db, study.id, away);
    const arrivals = await monitoring.arrivals(lab.db, study.id);
    const page = await sittings.page(lab.db, study.id, {
      hastyBelowMs: hastyBelowMs(study.design),
      offset,
      limit
    });
    return {
      counts,
      progress,
      arrivals,
      page: { total: page.total, sittings: await judgeSittings(lab, study, page.sittings) }
    };
  });
}

/** Which stimuli or trials have how many answers. */
export function watchCoverage(lab: Pick<Lab, 'db'>, study: Study, of: monitoring.CoverageOf) {
  return paced(lab, `coverage/${study.id}/${of}`, async () => ({
    map: await monitoring.coverageMap(lab.db, study.id, of),
    spread: await (of === 'stimuli' ? sittings.stimulusCoverage : sittings.trialCoverage)(lab.db, study.id),
    least: await monitoring.leastCovered(lab.db, study.id, 12)
  }));
}

/** How the intervals of scores shrank; null unless the study asks for scores. */
export function watchIntervals(lab: Pick<Lab, 'db'>, study: Study) {
  return paced(lab, `intervals/${study.id}`, async () => {
    const kind = await monitoring.kindOfPeople(lab.db, study.id);
    if (study.design.protocol !== 'single-stimulus') return { kind, steps: null };
    return { kind, steps: kind === null ? [] : await monitoring.intervalCourse(lab.db, study.id, kind) };
  });
}

/** After something was done to a study's people, what is looked at next is found anew. */
export function forgetFigures(lab: Pick<Lab, 'db'>): void {
  kept.delete(lab.db);
}
