import { countAnswers, type AnswerCounts } from '#lib/domain/results/answer-counts.ts';
import * as results from '#lib/server/db/results.ts';
import * as studies from '#lib/server/db/studies.ts';
import type { Lab } from './lab.ts';
import { keepLook } from './preregister.ts';
import { unusableSittings } from './people/judge-sittings.ts';

/** Studies whose counts are kept. */
const KEPT = 8;
const caches = new WeakMap<object, Map<number, { key: string; promise: Promise<AnswerCounts> }>>();

/**
 * A study's answers counted, of the same sittings as its results; once for all who ask, until an answer comes in. Read in
 * slices: of a million answers no list is kept.
 */
export async function cachedCounts(lab: Pick<Lab, 'db'>, study: studies.Study): Promise<AnswerCounts> {
  const key = await results.stateOf(lab.db, study.id);
  let cache = caches.get(lab.db);
  if (!cache) caches.set(lab.db, (cache = new Map()));
  const known = cache.get(study.id);
  if (known?.key === key) return known.promise;
  const entry = { key, promise: count(lab, study) };
  cache.delete(study.id);
  cache.set(study.id, entry);
  const [oldest] = cache.keys();
  if (cache.size > KEPT && oldest !== undefined) cache.delete(oldest);
  entry.promise.catch(() => {
    if (cache.get(study.id) === entry) cache.delete(study.id);
  });
  return entry.promise;
}

async function count(lab: Pick<Lab, 'db'>, study: studies.Study): Promise<AnswerCounts> {
  const without = await unusableSittings(lab, study);
  const trials = new Map((await studies.trialsOf(lab.db, study.id)).map((trial) => [trial.id, trial]));
  const sessions = await results.sessionsOf(lab.db, study.id);
  const counter = countAnswers(
    study.design,
    trials,
    sessions.filter(({ sessionId }) => !without.has(sessionId))
  );
  await keepLook(lab, study, 'counts of answers');
  await results.eachAnswer(lab.db, study.id, counter.add);
  return counter.finish();
}
