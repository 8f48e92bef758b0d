import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixed, machine, table, watchPeak } from './measure.ts';
import { makeFolder } from './pictures.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

/** Import of N generated pictures by the command, beside hashing the same files with as many at once. */
export async function run(args: string[]): Promise<void> {
  const count = Number(args[0] ?? 2000);
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  try {
    const folder = path.join(directory, 'pictures');
    console.log(`${machine()}\nmaking ${count} pictures …`);
    await makeFolder(folder, count);
    const files = readdirSync(folder).map((name) => path.join(folder, name));
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    // Once unmeasured: both sides read from the page cache then.
    await hashAll(files);
    const hashing = await seconds(() => hashAll(files));
    const imported = await importBy('import', folder, directory, ['--name', 'bench']);
    const again = await importBy('again', folder, directory, ['--name', 'bench', '--if-missing']);
    const rate = (s: number) => fixed(count / s, 0);
    table([
      ['', 'seconds', 'pictures/s', 'MB/s', '× hashing', 'peak MiB'],
      ['hashing', fixed(hashing, 2), rate(hashing), fixed(bytes / 1e6 / hashing, 0), '1', null],
      [
        'import',
        fixed(imported.seconds, 2),
        rate(imported.seconds),
        fixed(bytes / 1e6 / imported.seconds, 0),
        fixed(imported.seconds / hashing, 1),
        fixed(imported.peak, 0)
      ],
      [
        'import again',
        fixed(again.seconds, 2),
        rate(again.seconds),
        fixed(bytes / 1e6 / again.seconds, 0),
        fixed(again.seconds / hashing, 1),
        fixed(again.peak, 0)
      ]
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function hashAll(files: readonly string[]): Promise<void> {
  for (let from = 0; from < files.length; from += 4) {
    await Promise.all(
      files.slice(from, from + 4).map(async (file) => {
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex');
      })
    );
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function importBy(
  what: string,
  folder: string,
  directory: string,
  options: string[]
): Promise<{ seconds: number; peak: number | null }> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['src/cli.ts', 'import', folder, '--scenario', 'nr', '--json', ...options],
    {
      cwd: root,
      env: { ...process.env, DATA_DIR: path.join(directory, 'data'), DATABASE_URL: '' },
      stdio: ['ignore', 'ignore', 'pipe']
    }
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)));
  const peak = watchPeak(child.pid as number);
  const status = await new Promise((resolve) => child.once('exit', resolve));
  const result = { seconds: (performance.now() - started) / 1000, peak: peak() };
  if (status !== 0) throw new Error(`${what} ended with ${String(status)}: ${said.slice(-400)}`);
  return result;
}
