import { fromPglite, PgBoss } from 'pg-boss';
import type { OpenDatabase } from '../db/client.ts';
import type { Log } from '../log.ts';

/** What runs in the background, and what it is told. Names are stored: they do not change. */
export interface Jobs {
  'continue-run': { sessionId: number };
  'import-dataset': { upload: string };
  'ask-probe': { probeId: number };
  'measure-dataset': { measurement: number };
}

export interface Queue {
  /** Enqueues once: while a job of this name and key waits, a second is not added. */
  send<N extends keyof Jobs>(name: N, key: string, data: Jobs[N]): Promise<void>;
  /** Works on jobs of a name, a few at a time. A handler that throws is tried again later. */
  work<N extends keyof Jobs>(
    name: N,
    concurrency: number,
    handler: (data: Jobs[N]) => Promise<void>
  ): Promise<void>;
  /** Waits for handlers to end, at most graceMs. */
  close(graceMs: number): Promise<void>;
}

const NAMES: readonly (keyof Jobs)[] = ['continue-run', 'import-dataset', 'measure-dataset', 'ask-probe'];

const LOOK_SECONDS = 0.5;
const SELDOM_SECONDS = 3;

/** pg-boss over the lab's own database, embedded or not. */
export async function openQueue(
  database: OpenDatabase,
  databaseUrl: string | null,
  log: Log
): Promise<Queue> {
  const common = { schema: 'jobs', persistWarnings: false, monitorVacuum: false } as const;
  const boss =
    database.pglite === null
      ? new PgBoss({ ...common, connectionString: databaseUrl as string, max: 4 })
      : new PgBoss({ ...common, db: fromPglite(database.pglite), backend: 'pglite', reindex: false });
  boss.on('error', (error) => log.error({ err: error }, 'job queue'));
  await boss.start();
  for (const name of NAMES) {
    // One waiting job a key: sending again while one waits changes nothing.
    await boss.createQueue(name, {
      policy: 'short',
      retryLimit: 1000,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 60,
      expireInSeconds: 23 * 3600,
      heartbeatSeconds: 15,
      deleteAfterSeconds: 24 * 3600
    });
  }
  return {
    async send(name, key, data) {
      await boss.send(name, data, { singletonKey: key });
    },
    async work(name, concurrency, handler) {
      const common = { batchSize: 1, heartbeatRefreshSeconds: 5 };
      const work = async (jobs: { data: unknown }[]) => {
        for (const job of jobs) await handler(job.data as Jobs[typeof name]);
      };
      // Each of them asks the database: one often, the others seldom.
      await boss.work(name, { ...common, pollingIntervalSeconds: LOOK_SECONDS, localConcurrency: 1 }, work);
      if (concurrency > 1) {
        const others = { pollingIntervalSeconds: SELDOM_SECONDS, localConcurrency: concurrency - 1 };
        await boss.work(name, { ...common, ...others }, work);
      }
    },
    async close(graceMs) {
      await boss.stop({ graceful: true, timeout: graceMs, close: database.pglite === null });
    }
  };
}
