import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..', '..');
const SOURCES = ['src', 'static', 'svelte.config.js', 'vite.config.ts', 'package-lock.json'];

/** Whether the web app has to be built: there is no build, or a source is newer. */
export function needsBuild(): boolean {
  const made = path.join(root, 'build', 'handler.js');
  if (!existsSync(made)) return true;
  const since = statSync(made).mtimeMs;
  return SOURCES.some((name) => newest(path.join(root, name)) > since);
}

function newest(file: string): number {
  if (!existsSync(file)) return 0;
  const info = statSync(file);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(0, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

/** Quiet while it goes well. @throws Error when the build fails; what it said has been printed by then. */
export async function build(): Promise<void> {
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!existsSync(vite)) throw new Error('the web app must be built first: npm ci, then npm run build');
  const said: Buffer[] = [];
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: root });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code === 0) return;
  process.stderr.write(Buffer.concat(said));
  throw new Error(`the build failed (${code})`);
}
