import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { readConfig } from '../../src/lib/server/config.ts';
import { openDatabase, rowsOf } from '../../src/lib/server/db/client.ts';
import { LabServer } from '../../tests/e2e/support/server.ts';
import { fixed, machine, peakMiB, table } from './measure.ts';
import { makeFolder } from './pictures.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const AT_ONCE = 32;

/** A run of N presentations, 32 at once, against an endpoint that takes 200–400 ms; beside a bare loop. */
export async function run(args: string[]): Promise<void> {
  const counts = args.length > 0 ? args.map(Number) : [500, 2000];
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  const rows: (string | number | null)[][] = [
    [
      'presentations',
      'bare loop s',
      'limen s',
      'ratio',
      'server peak MiB',
      'bytes each in the database',
      'pictures stored'
    ]
  ];
  console.log(machine());
  try {
    for (const count of counts) {
      const folder = path.join(directory, `pictures-${count}`);
      await makeFolder(folder, count);
      const bare = await withEndpoint((url) => bareLoop(url, folder, count));
      rows.push([count, fixed(bare, 2), ...(await limenRun(folder, count, bare))]);
    }
    table(rows);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function limenRun(folder: string, count: number, bare: number): Promise<(string | number | null)[]> {
  const server = await LabServer.start();
  try {
    await server.run('import', folder, '--name', 'bench', '--scenario', 'nr');
    await server.run(
      'study',
      'create',
      '--name',
      'bench',
      '--dataset',
      'bench',
      '--protocol',
      'single-stimulus'
    );
    const taken = await withEndpoint(async (url) => {
      const started = performance.now();
      await server.run(
        ...['run', 'bench', '--model', 'fake', '--base-url', url, '--strategy', 'standard'],
        ...['--concurrency', String(AT_ONCE)]
      );
      return (performance.now() - started) / 1000;
    });
    const peak = peakMiB(server.pid);
    const dataDir = path.join(server.directory, 'data');
    await server.kill();
    const database = await openDatabase(readConfig({ DATA_DIR: dataDir, DATABASE_URL: server.databaseUrl }));
    const [size] = await rowsOf<{ bytes: string }>(
      database.db,
      sql`select sum(pg_total_relation_size(name::regclass)) as bytes
        from unnest(array['presentations', 'responses', 'completions', 'request_failures', 'prompt_texts']) as name`
    );
    await database.close();
    const stored = filesIn(path.join(dataDir, 'blobs'));
    return [
      fixed(taken, 2),
      fixed(taken / bare, 2),
      fixed(peak, 0),
      fixed(Number(size?.bytes) / count, 0),
      stored
    ];
  } finally {
    await server.stop();
  }
}

function filesIn(folder: string): number {
  return readdirSync(folder, { recursive: true }).filter((name) =>
    statSync(path.join(folder, String(name))).isFile()
  ).length;
}

async function bareLoop(url: string, folder: string, count: number): Promise<number> {
  const script = path.join(root, 'scripts', 'bench', 'bare-loop.ts');
  const child = spawn(process.execPath, [script, url, folder, String(count), String(AT_ONCE)], {
    stdio: ['ignore', 'pipe', 'inherit']
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)));
  await new Promise((resolve) => child.once('close', resolve));
  return (JSON.parse(text) as { seconds: number }).seconds;
}

async function withEndpoint<T>(work: (url: string) => Promise<T>): Promise<T> {
  const child: ChildProcess = spawn(process.execPath, [path.join(root, 'scripts/bench/fake-endpoint.ts')], {
    stdio: ['ignore', 'pipe', 'inherit']
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout?.once('data', (chunk: Buffer) => resolve(String(chunk).trim()));
      child.once('exit', () => reject(new Error('the fake endpoint ended')));
    });
    return await work(url);
  } finally {
    child.kill('SIGTERM');
  }
}
