import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process holds the data directory. */
export class DataDirectoryHeld extends Error {
  override readonly name = 'DataDirectoryHeld';
  constructor(dataDir: string) {
    super(
      `another Limen process holds ${dataDir}: the embedded database takes one process at a time. ` +
        'Stop it, or set another DATA_DIR, or set DATABASE_URL to share a PostgreSQL.'
    );
  }
}

/**
 * Takes a data directory for this process alone. PGlite has no lock of its own: two processes on one
 * directory lose each other's rows without a word.
 *
 * The lock is the operating system's, held on a small SQLite file: it ends with the process, however the
 * process ends, so a kill -9 leaves nothing to clean up and nothing to wait for.
 *
 * @throws DataDirectoryHeld
 */
export function lockDataDirectory(dataDir: string): { release(): void } {
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, 'lock');
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === 5) throw new DataDirectoryHeld(dataDir);
    throw error;
  }
  chmodSync(file, 0o600);
  return { release: () => database.close() };
}
