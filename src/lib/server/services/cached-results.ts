import * as results from '#lib/server/db/results.ts';
import type { Study } from '#lib/server/db/studies.ts';
import { analyseStudy, type StudyResults } from './analyse-study.ts';
import type { Lab } from './lab.ts';

interface Entry {
  /** What it was computed from: another answer, and it is computed anew. */
  key: string;
  promise: Promise<StudyResults>;
  /** The share done, from 0 to 1. */
  share: number;
}

/** Studies whose results are kept; each is a few hundred bytes a stimulus and observer. */
const KEPT = 8;
const caches = new WeakMap<object, Map<number, Entry>>();

/** A study's results as its answers are now: computed once for all who ask, until an answer comes in. */
export async function cachedResults(lab: Pick<Lab, 'db'>, study: Study): Promise<StudyResults> {
  const key = await results.stateOf(lab.db, study.id);
  let cache = caches.get(lab.db);
  if (!cache) caches.set(lab.db, (cache = new Map()));
  const known = cache.get(study.id);
  if (known?.key === key) return known.promise;
  const entry: Entry = {
    key,
    share: 0,
    promise: Promise.resolve().then(() =>
      analyseStudy(lab, study, { onProgress: (share) => (entry.share = share) })
    )
  };
  cache.delete(study.id);
  cache.set(study.id, entry);
  const [oldest] = cache.keys();
  if (cache.size > KEPT && oldest !== undefined) cache.delete(oldest);
  entry.promise.catch(() => {
    if (cache.get(study.id) === entry) cache.delete(study.id);
  });
  return entry.promise;
}

/** How far the computation of a study's results is that goes on now, from 0 to 1; 0 where none does. */
export function resultsShare(lab: Pick<Lab, 'db'>, study: Pick<Study, 'id'>): number {
  return caches.get(lab.db)?.get(study.id)?.share ?? 0;
}

/** The same, or null where they take longer than a page may wait; the computation goes on. */
export async function resultsWithin(
  lab: Pick<Lab, 'db'>,
  study: Study,
  ms = 2000
): Promise<StudyResults | null> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([cachedResults(lab, study), patience]);
  } finally {
    clearTimeout(timer);
  }
}
