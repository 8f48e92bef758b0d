import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { startPostgres } from '../../postgres.ts';
import type { LabServer } from '../../../tests/e2e/support/server.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

/**
 * Where runs are worked on: by the server itself on the embedded database (1), or by so many `limen worker` processes on
 * one PostgreSQL beside a server that does no background work.
 */
export async function withDatabaseFor<T>(
  workers: number,
  work: (database: string) => Promise<T>
): Promise<T> {
  const postgres = workers > 1 ? await startPostgres() : null;
  process.env['E2E_DATABASE_URL'] = postgres?.url ?? '';
  process.env['WORKER'] = workers > 1 ? 'off' : 'on';
  try {
    return await work(postgres === null ? 'PGlite' : `PostgreSQL ${postgres.version}`);
  } finally {
    await postgres?.stop();
  }
}

/** The environment of further processes of a server's lab. */
export function labEnvironment(server: LabServer): {
  DATA_DIR: string;
  DATABASE_URL: string;
  LOG_LEVEL: string;
} {
  return {
    DATA_DIR: path.join(server.directory, 'data'),
    DATABASE_URL: server.databaseUrl,
    LOG_LEVEL: 'error'
  };
}

/** A `limen worker` that is ready. */
export async function startWorker(server: LabServer): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['src/cli.ts', 'worker'], {
    cwd: root,
    env: { ...process.env, ...labEnvironment(server), WORKER: 'on', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit']
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('a worker ended before it worked')));
  });
  return child;
}

export async function endWorker(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
