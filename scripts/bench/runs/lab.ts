import path from 'node:path';
import { sql } from 'drizzle-orm';
import { readConfig } from '../../../src/lib/server/config.ts';
import { openDatabase, rowsOf, type Db } from '../../../src/lib/server/db/client.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../../src/lib/server/services/run/start-run.ts';
import type { RunDocument } from '../../../src/lib/server/services/run/describe-run.ts';
import { LabServer } from '../../../tests/e2e/support/server.ts';

/** A server with a single-stimulus study "bench" over the pictures of a folder. */
export async function serverWithStudy(folder: string): Promise<LabServer> {
  const server = await LabServer.start();
  try {
    await server.run('import', folder, '--name', 'bench', '--scenario', 'nr');
    await server.run(
      ...['study', 'create', '--name', 'bench', '--dataset', 'bench', '--protocol', 'single-stimulus']
    );
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export function runOptions(baseUrl: string, more: Partial<RunOptions>): RunOptions {
  return { ...RUN_DEFAULTS, study: 'bench', model: 'fake', baseUrl, strategy: 'standard', ...more };
}

/** Orders a run by the server's own door and waits for its end. */
export function orderRun(server: LabServer, options: RunOptions): Promise<RunDocument> {
  return server.call<RunDocument>('run', { ...options, apiKey: null, here: false });
}

/** Works on the lab's database; on the embedded one its server must not run. */
export async function withDatabase<T>(server: LabServer, work: (db: Db) => Promise<T>): Promise<T> {
  const dataDir = path.join(server.directory, 'data');
  const database = await openDatabase(readConfig({ DATA_DIR: dataDir, DATABASE_URL: server.databaseUrl }));
  try {
    return await work(database.db);
  } finally {
    await database.close();
  }
}

/** Bytes of the tables and indexes that grow with a run. */
export async function bytesOfRuns(db: Db): Promise<number> {
  const [size] = await rowsOf<{ bytes: string }>(
    db,
    sql`select sum(pg_total_relation_size(name::regclass)) as bytes
      from unnest(array['presentations', 'responses', 'completions', 'request_failures', 'prompt_texts']) as name`
  );
  return Number(size?.bytes);
}

export interface Rows {
  presentations: number;
  responses: number;
  completions: number;
  /** Presentations without a response. */
  lost: number;
  /** Presentations with more than one completion, or a response that is another presentation's. */
  double: number;
}

/** What all runs of the lab left in the database. */
export async function rowsOfRuns(db: Db): Promise<Rows> {
  const [row] = await rowsOf<Record<keyof Rows, string>>(
    db,
    sql`with each as (
        select p.id, (select count(*) from completions c where c.presentation_id = p.id) as completions,
          (select count(*) from responses r where r.presentation_id = p.id) as responses,
          (select count(*) from responses r join completions c on c.id = r.completion_id
            where r.presentation_id = p.id and c.presentation_id <> p.id) as strange
        from presentations p join runs u on u.session_id = p.session_id)
      select count(*) as presentations, sum(responses) as responses, sum(completions) as completions,
        count(*) filter (where responses = 0) as lost,
        count(*) filter (where completions > 1 or responses > 1 or strange > 0) as double from each`
  );
  const number = (key: keyof Rows) => Number(row?.[key] ?? 0);
  return {
    presentations: number('presentations'),
    responses: number('responses'),
    completions: number('completions'),
    lost: number('lost'),
    double: number('double')
  };
}
