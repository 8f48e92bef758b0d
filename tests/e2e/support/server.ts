import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beginAsEmptyLab } from '../../integration/empty-lab.ts';
import { createDatabase } from '../../integration/support.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const START_WITHIN_MS = 60_000;

export interface CommandResult {
  status: number;
  stdout: string;
  stderr: string;
}

/**
 * The built server in a process of its own, on a free port, with its own data directory: on the embedded database, or on
 * a fresh one of the PostgreSQL that E2E_DATABASE_URL names.
 */
export class LabServer {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'limen-e2e-'));
  readonly port: number;
  readonly #database: Awaited<ReturnType<typeof createDatabase>> | null;
  #child: ChildProcess | null = null;
  #output = '';

  private constructor(port: number, database: Awaited<ReturnType<typeof createDatabase>> | null) {
    this.port = port;
    this.#database = database;
  }

  static async start(): Promise<LabServer> {
    const given = process.env['E2E_DATABASE_URL'] || null;
    const server = new LabServer(await freePort(), given === null ? null : await createDatabase(given));
    if (given === null) beginAsEmptyLab(path.join(server.directory, 'data'));
    try {
      await server.up();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Of the process that runs now. */
  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the server does not run');
    return this.#child.pid;
  }

  /** Empty for the embedded database. */
  get databaseUrl(): string {
    return this.#database?.url ?? '';
  }

  get address(): string {
    return `http://localhost:${this.port}`;
  }

  /** Everything that the server wrote, since it was first started. */
  get output(): string {
    return this.#output;
  }

  /** The one-time link with which the first researcher sets the lab up. */
  async setUpLink(): Promise<string> {
    for (const until = Date.now() + 10_000; Date.now() < until; await pause(50)) {
      // Each start prints another; only the last one works.
      const link = [...this.#output.matchAll(/Set the lab up[^\n]*?(https?:\/\/\S+)/g)].at(-1)?.[1];
      if (link) return link;
    }
    throw new Error(`the server printed no set-up link:\n${this.#output}`);
  }

  async up(): Promise<void> {
    if (this.#child !== null) throw new Error('the server runs already');
    const child = spawn(process.execPath, ['src/cli.ts', 'serve'], { cwd: root, env: this.#environment() });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
    const until = Date.now() + START_WITHIN_MS;
    while (Date.now() < until) {
      if (child.exitCode !== null) break;
      const healthy = await fetch(`${this.address}/healthz`).then(
        (response) => response.ok,
        () => false
      );
      if (healthy) return;
      await pause(100);
    }
    throw new Error(`the server did not start:\n${this.#output}`);
  }

  /** `SIGKILL`: as a power cut, for the process. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await this.#database?.drop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The shell, with this lab's environment. */
  limen(...args: string[]): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['src/cli.ts', ...args], { cwd: root, env: this.#environment() });
      const said = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
      }
      child.on('error', reject);
      child.on('close', (status) => resolve({ status: status ?? -1, ...said }));
    });
  }

  /** @throws when it does not end with 0. */
  async run(...args: string[]): Promise<string> {
    const done = await this.limen(...args);
    if (done.status !== 0)
      throw new Error(`limen ${args.join(' ')} ended with ${done.status}:\n${done.stderr}`);
    return done.stdout;
  }

  /**
   * One of the shell's services with its whole range of parameters, through the running server's local door; on
   * PostgreSQL too.
   */
  async call<T>(command: string, params: unknown): Promise<T> {
    const access = JSON.parse(readFileSync(path.join(this.directory, 'data', 'server.json'), 'utf8')) as {
      token: string;
    };
    const response = await fetch(`${this.address}/api/local/${command}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${access.token}` },
      body: JSON.stringify(params)
    });
    const lines = (await response.text()).trim().split('\n');
    const last = JSON.parse(lines.at(-1) ?? 'null') as { ok?: boolean; document?: T };
    if (last?.ok !== true) throw new Error(`${command}: ${lines.at(-1)}`);
    return last.document as T;
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PORT: String(this.port),
      HOST: '127.0.0.1',
      DATA_DIR: path.join(this.directory, 'data'),
      DATABASE_URL: this.#database?.url ?? '',
      ORIGIN: '',
      LOG_LEVEL: 'error',
      NO_COLOR: '1',
      FORCE_COLOR: undefined
    };
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await ended;
  }
}

/** A port that nobody has at this moment. */
export function freePort(): Promise<number> {
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

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
