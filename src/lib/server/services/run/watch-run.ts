import * as runSummaries from '#lib/server/db/run-summaries.ts';
import type { Lab } from '../lab.ts';

type Listener = (summary: runSummaries.RunSummary) => void;

interface Watch {
  listeners: Set<Listener>;
  last: runSummaries.RunSummary | null;
  timer: NodeJS.Timeout | null;
}

/** While it works, once a second; otherwise it only has to be noticed that somebody lets it go on. */
const BUSY_MS = 1000;
const IDLE_MS = 4000;

const watched = new WeakMap<object, Map<number, Watch>>();

/**
 * Tells a listener how a run stands, now and after every change, at most once a second. However many listen, its rows
 * are counted once; without listeners, never.
 *
 * @returns stops listening.
 */
export function watchRun(lab: Pick<Lab, 'db' | 'log'>, sessionId: number, listener: Listener): () => void {
  let all = watched.get(lab.db);
  if (!all) watched.set(lab.db, (all = new Map()));
  const watches = all;
  let watch = watches.get(sessionId);
  if (!watch) {
    watches.set(sessionId, (watch = { listeners: new Set(), last: null, timer: null }));
    void look(lab, sessionId, watch);
  } else if (watch.last) listener(watch.last);
  const mine = watch;
  mine.listeners.add(listener);
  return () => {
    mine.listeners.delete(listener);
    if (mine.listeners.size > 0) return;
    if (mine.timer) clearTimeout(mine.timer);
    if (watches.get(sessionId) === mine) watches.delete(sessionId);
  };
}

async function look(lab: Pick<Lab, 'db' | 'log'>, sessionId: number, watch: Watch): Promise<void> {
  let wait = BUSY_MS;
  try {
    const summary = await runSummaries.summary(lab.db, sessionId);
    if (summary) {
      const changed = JSON.stringify(summary) !== JSON.stringify(watch.last);
      watch.last = summary;
      if (changed) for (const listener of watch.listeners) listener(summary);
      if (summary.state !== 'running' && summary.state !== 'queued') wait = IDLE_MS;
    }
  } catch (error) {
    lab.log.error({ err: error, sessionId }, 'watching a run');
    wait = IDLE_MS;
  }
  if (watch.listeners.size === 0) return;
  watch.timer = setTimeout(() => void look(lab, sessionId, watch), wait);
}
