import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { lockDataDirectory } from './lock.ts';
import * as schema from './schema/index.ts';

/** What queries take: the database, or a transaction in it. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface OpenDatabase {
  db: Db;
  kind: 'pglite' | 'postgres';
  /** The embedded engine itself, which the job queue shares; null on PostgreSQL. */
  pglite: PGlite | null;
  close(): Promise<void>;
}

/** Any number: all processes must only agree on it. */
const MIGRATION_LOCK = 731_604_202;

/**
 * Opens the database that the configuration names and brings its schema up to date, one process at a time.
 *
 * @throws DataDirectoryHeld when another process has the embedded database's directory.
 */
export async function openDatabase(config: {
  databaseUrl: string | null;
  dataDir: string;
}): Promise<OpenDatabase> {
  return config.databaseUrl === null ? openPglite(config.dataDir) : openPostgres(config.databaseUrl);
}

async function openPglite(dataDir: string): Promise<OpenDatabase> {
  const lock = lockDataDirectory(dataDir);
  try {
    const directory = path.join(dataDir, 'pglite');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const pglite = await PGlite.create({ dataDir: directory });
    const db = drizzlePglite({ client: pglite, schema });
    await migratePglite(db, { migrationsFolder: migrationsFolder() });
    return {
      db: db as unknown as Db,
      kind: 'pglite',
      pglite,
      async close() {
        await pglite.close();
        lock.release();
      }
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openPostgres(url: string): Promise<OpenDatabase> {
  const quiet = { onnotice: () => {} };
  const migrator = postgres(url, { ...quiet, max: 1 });
  try {
    await migrator`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migratePostgres(drizzlePostgres({ client: migrator }), { migrationsFolder: migrationsFolder() });
    await migrator`select pg_advisory_unlock(${MIGRATION_LOCK})`;
  } finally {
    await migrator.end({ timeout: 5 });
  }
  const client = postgres(url, { ...quiet, max: 16, idle_timeout: 60 });
  return {
    db: drizzlePostgres({ client, schema }) as unknown as Db,
    kind: 'postgres',
    pglite: null,
    close: () => client.end({ timeout: 5 })
  };
}

/** Rows of a raw statement: the two drivers give them in different wrappers. */
export async function rowsOf<T>(db: Db, statement: ReturnType<typeof sql>): Promise<T[]> {
  const result: unknown = await db.execute(statement);
  if (Array.isArray(result)) return result as T[];
  return (result as { rows: T[] }).rows;
}

/**
 * Lets everything else that waits for the event loop go first: the embedded engine answers within this process, so that many
 * statements after one another would leave it no turn.
 */
export function othersFirst(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** `drizzle/` is not part of the build: it lies at the project's root, above source and build alike. */
function migrationsFolder(): string {
  let directory = import.meta.dirname;
  for (;;) {
    const candidate = path.join(directory, 'drizzle');
    if (existsSync(path.join(candidate, 'meta', '_journal.json'))) return candidate;
    const parent = path.dirname(directory);
    if (parent === directory) throw new Error('the folder drizzle/ with the migrations was not found');
    directory = parent;
  }
}
