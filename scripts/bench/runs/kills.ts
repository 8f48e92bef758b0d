import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { openDatabase, rowsOf } from '../../../src/lib/server/db/client.ts';
import { readConfig } from '../../../src/lib/server/config.ts';
import type { LabServer } from '../../../tests/e2e/support/server.ts';
import { fixed, table } from '../measure.ts';
import { startEndpoint, type Endpoint } from './endpoint.ts';
import { orderRun, rowsOfRuns, runOptions, serverWithStudy, withDatabase } from './lab.ts';
import { endWorker, labEnvironment, startWorker, withDatabaseFor } from './workers.ts';

export interface KillOptions {
  folder: string;
  count: number;
  atOnce: number;
  kills: number;
  /** 1: the server itself on the embedded database; more: `limen worker` processes on one PostgreSQL. */
  workers: number;
}

/**
 * kill -9 at random moments of a run (of as many runs as there are workers, on PostgreSQL), started again each time. What
 * the endpoint answered is held against the rows: what it answered and no row has was paid for nothing.
 */
export async function measureKills(options: KillOptions): Promise<void> {
  const { workers, atOnce, kills } = options;
  const endpoint = await startEndpoint();
  try {
    await withDatabaseFor(workers, async (kind) => {
      const server = await serverWithStudy(options.folder);
      try {
        const kill = workers > 1 ? killWorkers : killServer;
        const hits = await kill(server, endpoint, options);
        if (workers === 1) await server.kill();
        const rows = await withDatabase(server, rowsOfRuns);
        // What was out when its process died may still be answered.
        await pause(600);
        const { answered, mostAtOnce } = await endpoint.report();
        const again = answered - rows.completions;
        table([
          [
            ...[
              'database',
              'workers',
              'at once',
              'presentations',
              'kills',
              'of one at work',
              'rows',
              'lost',
              'double'
            ],
            ...['answered', 'paid twice', 'a kill', 'most at once']
          ],
          [
            ...[
              kind,
              workers,
              atOnce,
              rows.presentations,
              kills,
              hits,
              rows.responses,
              rows.lost,
              rows.double
            ],
            ...[answered, again, hits === 0 ? null : fixed(again / hits, 1), mostAtOnce]
          ]
        ]);
      } finally {
        await server.stop();
      }
    });
  } finally {
    endpoint.stop();
  }
}

/** When to kill: so many answers, at random, none so late that the run could be over. */
function moments(kills: number, total: number): number[] {
  return Array.from({ length: kills }, () => Math.floor(0.9 * total * Math.random())).sort((a, b) => a - b);
}

/** Waits for so many answers and a random part of the next one. */
async function reach(endpoint: Endpoint, answers: number, over: () => boolean): Promise<void> {
  while (!over() && (await endpoint.answered()) < answers) await pause(20);
  await pause(300 * Math.random());
}

async function killServer(server: LabServer, endpoint: Endpoint, options: KillOptions): Promise<number> {
  const { count, atOnce, kills } = options;
  const order = () => orderRun(server, runOptions(endpoint.url, { concurrency: atOnce, resume: true }));
  let hits = 0;
  let over = false;
  let running: Promise<unknown> = order().then(() => (over = true));
  for (const moment of moments(kills, count)) {
    // The connection ends with the process.
    running.catch(() => {});
    await reach(endpoint, moment, () => over);
    if (!over) hits++;
    await server.kill();
    await server.up();
    running = order().then(() => (over = true));
  }
  await running;
  return hits;
}

async function killWorkers(server: LabServer, endpoint: Endpoint, options: KillOptions): Promise<number> {
  const { count, atOnce, kills, workers } = options;
  const crew = await Promise.all(Array.from({ length: workers }, () => startWorker(server)));
  const database = await openDatabase(readConfig(labEnvironment(server)));
  try {
    let over = 0;
    const runs = Promise.all(
      Array.from({ length: workers }, (_, seed) =>
        orderRun(server, runOptions(endpoint.url, { concurrency: atOnce, seed })).finally(() => over++)
      )
    );
    let hits = 0;
    for (const moment of moments(kills, workers * count)) {
      await reach(endpoint, moment, () => over === workers);
      const place = Math.floor(Math.random() * workers);
      await endWorker(crew[place] as ChildProcess, 'SIGKILL');
      // Leases last 15 s and are renewed every second: whose is older was this one's.
      await pause(2500);
      const [stale] = await rowsOf<{ n: number }>(
        database.db,
        sql`select count(*)::int as n from runs
          where state = 'running' and lease_expires_at < now() + interval '13 seconds'`
      );
      if ((stale?.n ?? 0) > 0) hits++;
      crew[place] = await startWorker(server);
    }
    for (const done of await runs)
      if (done.state !== 'completed') throw new Error(`a run ended ${done.state}: ${done.reason ?? ''}`);
    return hits;
  } finally {
    await database.close();
    await Promise.all(crew.map((worker) => endWorker(worker, 'SIGTERM')));
  }
}
