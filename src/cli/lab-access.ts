import { readConfig, type Config } from '#lib/server/config.ts';
import { readLocalAccess, type LocalAccess } from '#lib/server/http/local-access.ts';
import type { ShellCommands } from '#lib/server/services/shell/shell-commands.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Terminal } from './command.ts';
import type { ApiClient } from './elsewhere/api-client.ts';
import { GO_ELSEWHERE, serverInEnvironment } from './elsewhere/server-options.ts';

type Params<N extends keyof ShellCommands> = Parameters<ShellCommands[N]>[1];
type Document<N extends keyof ShellCommands> = Awaited<ReturnType<ShellCommands[N]>>;
type Outcome = { ok: true; document: unknown } | { ok: false; problem?: string; unexpected?: string };

type OnProgress = (event: { done: number; total: number; note: string }) => void;

/** How long a command waits for a data directory that another process holds. */
const HELD_PATIENCE_MS = 10_000;

export interface LabAccess {
  /** Whether a server does the work. */
  remote: boolean;
  /** Whether that server is a lab elsewhere, reached by its API: it has neither this machine's files nor its keys. */
  elsewhere: boolean;
  /** Where rater links lead. */
  origin: string;
  call<N extends keyof ShellCommands>(name: N, params: Params<N>): Promise<Document<N>>;
}

/**
 * Reaches the lab: by its API where LIMEN_SERVER names one elsewhere, through the server that holds the embedded data directory, or by opening database and storage in
 * this process.
 *
 * @throws BadInput for bad input, an environment that cannot be, or a directory that another command holds.
 */
export async function withLab<T>(terminal: Terminal, work: (lab: LabAccess) => Promise<T>): Promise<T> {
  const elsewhere = serverInEnvironment(process.env);
  if (elsewhere !== null) return withApi(elsewhere, progressLine(terminal), work);
  let config: Config;
  try {
    config = readConfig(process.env);
  } catch (error) {
    throw new BadInput(error instanceof Error ? error.message : String(error));
  }
  const onProgress = progressLine(terminal);
  const remote = config.databaseUrl === null ? await findServer(config.dataDir) : null;
  if (remote !== null) return withServer(remote, config, onProgress, work);
  const { openLab } = await import('#lib/server/lab.ts');
  const { runShellCommand } = await import('#lib/server/services/shell/run-shell-command.ts');
  const quiet = { ...config, logLevel: process.env['LOG_LEVEL'] ? config.logLevel : ('error' as const) };
  let lab;
  for (const until = Date.now() + HELD_PATIENCE_MS; ;) {
    try {
      lab = await openLab(quiet, { works: false });
      break;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'DataDirectoryHeld') throw error;
      // A server that is just starting, or another command that is about to end.
      const started = await findServer(config.dataDir);
      if (started !== null) return withServer(started, config, onProgress, work);
      if (Date.now() > until) throw new BadInput(error.message);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  const stop = () => void lab.close().finally(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await work({
      remote: false,
      elsewhere: false,
      origin: config.origin ?? `http://localhost:${config.port}`,
      call: async (name, params) => unwrap(await runShellCommand(lab, name, params, onProgress)) as never
    });
  } finally {
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
    await lab.close();
  }
}

function withServer<T>(
  server: LocalAccess,
  config: Config,
  onProgress: OnProgress,
  work: (lab: LabAccess) => Promise<T>
): Promise<T> {
  return work({
    remote: true,
    elsewhere: false,
    origin: config.origin ?? server.address.replace('127.0.0.1', 'localhost'),
    call: async (name, params) => unwrap(await callServer(server, name, params, onProgress)) as never
  });
}

async function withApi<T>(
  client: ApiClient,
  onProgress: OnProgress,
  work: (lab: LabAccess) => Promise<T>
): Promise<T> {
  const { commandsElsewhere } = await import('./elsewhere/commands.ts');
  return work({
    remote: true,
    elsewhere: true,
    origin: client.server,
    async call(name, params) {
      const command = Object.hasOwn(commandsElsewhere, name) ? commandsElsewhere[name] : undefined;
      if (command === undefined) {
        throw new BadInput(
          `this does not work on a lab elsewhere (${client.server}); these commands do: ${GO_ELSEWHERE.join(', ')}`
        );
      }
      return command(client, params, onProgress) as never;
    }
  });
}

/** The server of a data directory, if it answers. A file left by a killed one is no server. */
async function findServer(dataDir: string): Promise<LocalAccess | null> {
  const access = readLocalAccess(dataDir);
  if (access === null) return null;
  try {
    const response = await fetch(`${access.address}/healthz`, { signal: AbortSignal.timeout(5000) });
    return response.ok ? access : null;
  } catch {
    return null;
  }
}

async function callServer(
  access: LocalAccess,
  name: string,
  params: unknown,
  onProgress: (event: { done: number; total: number; note: string }) => void
): Promise<Outcome> {
  const response = await fetch(`${access.address}/api/local/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${access.token}` },
    body: JSON.stringify(params)
  });
  if (!response.ok || response.body === null) {
    throw new Error(`the server at ${access.address} answered ${response.status}`);
  }
  let rest = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const value = JSON.parse(line) as Outcome | { progress: { done: number; total: number; note: string } };
      if ('progress' in value) onProgress(value.progress);
      else return value;
    }
  }
  throw new Error(`the server at ${access.address} ended before the command did`);
}

function unwrap(outcome: Outcome): unknown {
  if (outcome.ok) return outcome.document;
  if (outcome.problem !== undefined) throw new BadInput(outcome.problem);
  throw new Error(outcome.unexpected ?? 'the command failed');
}

/** "312 / 10,000, 84 a second, 1 min 55 s left: 310 imported" */
function progressLine(terminal: Terminal): (event: { done: number; total: number; note: string }) => void {
  const started = performance.now();
  return ({ done, total, note }) => {
    const seconds = (performance.now() - started) / 1000;
    const rate = seconds > 0.5 ? done / seconds : 0;
    const left = rate > 0 ? `, ${duration((total - done) / rate)} left` : '';
    const width = 24;
    const full = total > 0 ? Math.round((done / total) * width) : 0;
    const bar = process.stderr.isTTY ? `${'█'.repeat(full)}${'░'.repeat(width - full)} ` : '';
    terminal.progress(
      `${bar}${done.toLocaleString('en')} / ${total.toLocaleString('en')}, ${rate.toFixed(rate < 10 ? 1 : 0)} a second${left}: ${note}`
    );
  };
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
