// Everything that matters, in order; ends with one line "N passed, N failed". Arguments name steps: npm test -- unit e2e
import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from './postgres.ts';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const root = path.resolve(import.meta.dirname, '..');
const reports = mkdtempSync(path.join(tmpdir(), 'limen-test-'));
/** Every test starts commands and servers: what Node compiled for one, the others need not. */
const COMPILED = { NODE_COMPILE_CACHE: path.join(reports, 'compiled') };
const bin = (name: string) => path.join(root, 'node_modules', '.bin', name);
const total: Count = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];

/** What a step that runs beside another one says, kept together until it ends. */
const apart = new AsyncLocalStorage<string[]>();

function say(line: string): void {
  const kept = apart.getStore();
  if (kept) kept.push(`${line}\n`);
  else console.log(line);
}

function run(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  const kept = apart.getStore();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', kept ? 'pipe' : 'inherit', kept ? 'pipe' : 'inherit'],
      env: { ...process.env, ...COMPILED, NO_COLOR: '1', FORCE_COLOR: undefined, ...env }
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => kept?.push(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => kept?.push(text));
    child.on('error', (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

/** A check that is one thing: it passes or fails as a whole. */
async function check(name: string, command: string, args: string[]): Promise<void> {
  const code = await run(command, args);
  note(name, code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 });
}

async function vitest(name: string, project: string, env: Record<string, string> = {}): Promise<void> {
  const report = path.join(reports, `${name.replaceAll(' ', '-')}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`
  ];
  const code = await run(bin('vitest'), args, env);
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  if (existsSync(report)) {
    const json = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
    count.passed = json['numPassedTests'] ?? 0;
    count.failed = json['numFailedTests'] ?? 0;
    count.skipped = (json['numPendingTests'] ?? 0) + (json['numTodoTests'] ?? 0);
  }
  // A file that does not even load fails no test, but vitest says so by its status.
  if (code !== 0 && count.failed === 0) count.failed = 1;
  note(name, count);
}

async function endToEnd(): Promise<void> {
  const report = path.join(reports, 'e2e.json');
  const code = await run(bin('playwright'), ['test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report
  });
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  if (existsSync(report)) {
    const { stats } = JSON.parse(readFileSync(report, 'utf8')) as { stats: Record<string, number> };
    count.passed = (stats['expected'] ?? 0) + (stats['flaky'] ?? 0);
    count.failed = stats['unexpected'] ?? 0;
    count.skipped = stats['skipped'] ?? 0;
    if ((stats['flaky'] ?? 0) > 0) say(`e2e: ${stats['flaky']} passed only on a second try`);
  }
  if (code !== 0 && count.failed === 0) count.failed = 1;
  note('e2e', count);
}

function note(name: string, count: Count): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
  if (count.failed > 0) failures.push(name);
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  say(`── ${name}: ${count.passed} passed, ${count.failed} failed${skipped}\n`);
}

const asked = process.argv.slice(2);
const included = (step: string) => asked.length === 0 || asked.includes(step);

const steps: Record<string, () => Promise<void>> = {
  types: async () => {
    await check('sync', bin('svelte-kit'), ['sync']);
    await check('types', bin('svelte-check'), [
      '--tsconfig',
      './tsconfig.json',
      '--fail-on-warnings',
      '--output',
      'human'
    ]);
  },
  lint: async () => {
    await check('lint', bin('eslint'), ['.']);
    await check('format', bin('prettier'), ['--check', '--log-level', 'warn', '.']);
  },
  unit: () => vitest('unit', 'unit'),
  build: () => check('build', bin('vite'), ['build', '--logLevel', 'warn']),
  pglite: () =>
    vitest('integration on PGlite', 'integration', {
      TEST_DATABASE_URL: '',
      ALSO_ON_POSTGRES: included('postgres') ? '1' : ''
    }),
  postgres: async () => {
    const server = await startPostgres();
    try {
      say(`PostgreSQL ${server.version}`);
      await vitest('integration on PostgreSQL', 'integration', { TEST_DATABASE_URL: server.url });
    } finally {
      await server.stop();
    }
  },
  e2e: async () => {
    if (!existsSync(path.join(root, 'playwright.config.ts'))) {
      say('── e2e: there are no pages to drive yet\n');
      return;
    }
    await check('browser', process.execPath, ['scripts/ensure-browser.ts']);
    await endToEnd();
  }
};

/** Steps that leave a processor idle run beside others: each of these lines at once, one line after the other. */
const order = [['types', 'lint'], ['unit'], ['build'], ['pglite', 'postgres'], ['e2e']];

async function perform(name: string): Promise<void> {
  try {
    await (steps[name] as () => Promise<void>)();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    note(name, { passed: 0, failed: 1, skipped: 0 });
  }
}

for (const name of asked) {
  if (!(name in steps)) {
    console.error(`there is no step ${name}; the steps are ${Object.keys(steps).join(', ')}`);
    process.exit(2);
  }
}
const started = Date.now();
for (const line of order) {
  const names = line.filter(included);
  if (names.length === 1) await perform(names[0] as string);
  else {
    await Promise.all(
      names.map(async (name) => {
        const kept: string[] = [];
        await apart.run(kept, () => perform(name));
        process.stdout.write(kept.join(''));
      })
    );
  }
}
rmSync(reports, { recursive: true, force: true });
console.log(
  `took ${Math.round((Date.now() - started) / 1000)} s${failures.length > 0 ? `; failed: ${failures.join(', ')}` : ''}`
);
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`
);
// By exit() and not by exitCode: the embedded PostgreSQL ends the process by itself when nothing is left to do, with 0.
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
