import { FRESH_PACE, type PaceState } from '#lib/domain/pacing/pace.ts';
import * as paces from '#lib/server/db/paces.ts';
import type { Lab } from '../lab.ts';

/**
 * Where the pace of one endpoint is kept for all who ask it. On the embedded database one process holds everything, and
 * its memory is the place; on PostgreSQL it is a row that is changed under its lock.
 */
export interface PaceStore {
  /** Changes the state as one step that nobody else comes between. */
  change<T>(work: (state: PaceState, now: number) => { state: PaceState; result: T }): Promise<T>;
  /** As it was last seen; in another process it may have moved on for up to half a second. */
  view(): PaceState;
  /** The clock that the state's times are of. */
  now(): number;
  /** Looks no longer. */
  close(): void;
}

const LOOK_EVERY_MS = 500;
const inMemory = new WeakMap<object, Map<string, PaceState>>();

export async function openPaceStore(
  lab: Pick<Lab, 'db' | 'config' | 'log'>,
  key: string
): Promise<PaceStore> {
  return lab.config.databaseUrl === null ? memoryStore(lab, key) : databaseStore(lab, key);
}

function memoryStore(lab: Pick<Lab, 'db'>, key: string): PaceStore {
  let all = inMemory.get(lab.db);
  if (!all) inMemory.set(lab.db, (all = new Map()));
  const states = all;
  const view = () => states.get(key) ?? FRESH_PACE;
  return {
    change(work) {
      const { state, result } = work(view(), Date.now());
      states.set(key, state);
      return Promise.resolve(result);
    },
    view,
    now: () => Date.now(),
    close() {}
  };
}

async function databaseStore(lab: Pick<Lab, 'db' | 'log'>, key: string): Promise<PaceStore> {
  let seen = FRESH_PACE;
  /** The database's clock less this process's. */
  let ahead = 0;
  const look = async () => {
    const read = await paces.read(lab.db, key);
    ahead = read.now - Date.now();
    seen = read.state;
  };
  await look();
  const timer = setInterval(() => {
    look().catch((error: unknown) => lab.log.error({ err: error }, 'pace'));
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    async change(work) {
      const changed = await paces.change(lab.db, key, work);
      ahead = changed.now - Date.now();
      seen = changed.state;
      return changed.result;
    },
    view: () => seen,
    now: () => Date.now() + ahead,
    close: () => clearInterval(timer)
  };
}
