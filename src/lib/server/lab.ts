import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { createAuth, type Auth } from './auth/sign-in.ts';
import { readConfig, type Config } from './config.ts';
import { openDatabase } from './db/client.ts';
import * as settings from './db/settings.ts';
import { registerHandlers } from './jobs/handlers.ts';
import { openQueue } from './jobs/queue.ts';
import { createLog } from './log.ts';
import type { Lab } from './services/lab.ts';
import { localStorage } from './storage/local.ts';

export interface OpenLab extends Lab {
  auth: Auth;
  databaseKind: 'pglite' | 'postgres';
  /** Ends background work, then the database. Safe to call twice. */
  close(): Promise<void>;
}

/** How long handlers get to put down what they hold when the process is told to stop. */
const GRACE_MS = 4000;

/**
 * Puts a lab together: configuration, database (brought up to date), storage, queue. The one place where the rooms
 * meet; the web server, the CLI, the worker and the tests all come through here.
 */
export async function openLab(
  config: Config = readConfig(process.env),
  options: { works?: boolean } = {}
): Promise<OpenLab> {
  const log = createLog(config.logLevel);
  const database = await openDatabase(config);
  try {
    const { db } = database;
    const queue = await openQueue(database, config.databaseUrl, log);
    const blindingKey = await settings.getOrCreate(
      db,
      'blinding-key',
      randomBytes(32).toString('base64url'),
      true
    );
    const stopping = new AbortController();
    const lab: Lab = {
      config,
      db,
      storage: localStorage(path.join(config.dataDir, 'blobs')),
      queue,
      log,
      blindingKey,
      shownImages: new Map(),
      processId: randomUUID(),
      transientKeys: new Map(),
      stopping: stopping.signal
    };
    if (options.works ?? config.worksOnJobs) await registerHandlers(lab, database.kind);
    let closing: Promise<void> | null = null;
    return {
      ...lab,
      auth: createAuth(db),
      databaseKind: database.kind,
      close() {
        closing ??= (async () => {
          stopping.abort();
          await queue.close(GRACE_MS);
          await database.close();
        })();
        return closing;
      }
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
