import path from 'node:path';
import { readConfig } from '#lib/server/config.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { build, needsBuild } from '../../demo/build.ts';
import { makeSceneSet } from '../../demo/scene-set.ts';
import { seedLab, SIMULATED_MODEL } from '../../demo/seed-lab.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../demo/simulator.ts';
import { serve, type RunningServer } from '../../server.ts';
import type { Command, Terminal } from '../command.ts';
import { withLab } from '../lab-access.ts';

const SCENES = ['ridges', 'still-life', 'dahlia', 'pebbles', 'specimen', 'dusk'] as const;
// Four and their reference fit a laptop's window at one image pixel per device pixel.
const SIZE = { widthPx: 320, heightPx: 240 };
const SEED = 2024;

export const demo: Command = {
  name: 'demo',
  summary: 'a lab with simulated observers to look at',
  usage: `limen demo      (DATA_DIR, default ./data/demo; PORT, default 3000)

Builds the web app if needed, serves it with an embedded database, and fills it: pictures that are painted here, simulated
raters and a simulated model that sit the same studies through the real doors. Prints a link that signs you in.`,
  positionals: [],
  options: {},
  async run(_args, terminal) {
    // The demonstration is a lab of its own, whatever database the environment names.
    process.env['DATA_DIR'] ??= path.join('data', 'demo');
    process.env['DATABASE_URL'] = '';
    process.env['LIMEN_SERVER'] = '';
    process.env['LIMEN_DEMO'] = 'on';
    process.env['LOG_LEVEL'] ??= 'warn';
    let config;
    try {
      config = readConfig(process.env);
    } catch (error) {
      throw new BadInput(error instanceof Error ? error.message : String(error));
    }
    const stopping = new AbortController();
    const told = new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.on(signal, () => {
          stopping.abort();
          resolve();
        });
      }
    });
    if (needsBuild()) {
      terminal.out('Building the web app (some ten seconds, once)\n');
      await build();
    }
    if (stopping.signal.aborted) return 0;
    const started = performance.now();
    let server: RunningServer;
    try {
      server = await serve(config);
    } catch (error) {
      if (error instanceof Error && /^(port |another Limen)/.test(error.message))
        throw new BadInput(error.message);
      throw error;
    }
    terminal.out(`Limen listens on ${server.address}\n`);
    let simulator: Simulator | null = null;
    const filled = fill(
      path.join(config.dataDir, 'scenes'),
      config.port,
      terminal,
      stopping.signal,
      (made) => {
        simulator = made;
      }
    ).then(
      () => {
        if (stopping.signal.aborted) return;
        const seconds = ((performance.now() - started) / 1000).toFixed(0);
        terminal.out(
          `The demonstration is complete (${seconds} s). Everybody in it who judges is simulated.\n`
        );
      },
      (error: unknown) => {
        if (stopping.signal.aborted) return;
        terminal.note(`limen demo: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = 1;
      }
    );
    await told;
    await server.close();
    await (simulator as Simulator | null)?.stop();
    // What was under way ends with its connections.
    await Promise.race([filled, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
    return Number(process.exitCode ?? 0);
  }
};

async function fill(
  directory: string,
  port: number,
  terminal: Terminal,
  signal: AbortSignal,
  onSimulator: (simulator: Simulator) => void
): Promise<void> {
  terminal.note('  painting scenes and distorting them');
  const scenes = await makeSceneSet({ directory, scenes: SCENES, ...SIZE, seed: SEED, panel: 24 });
  if (signal.aborted) return;
  const simulator = await simulatorAt(port === 0 ? 0 : port + 1, {
    truth: (sha256) => scenes.truth.get(sha256),
    observer: SIMULATED_MODEL,
    seed: SEED
  });
  onSimulator(simulator);
  terminal.out(`A simulated model answers at ${simulator.baseUrl} (any model name, no key)\n`);
  await withLab(terminal, (lab) =>
    seedLab({
      lab,
      scenes,
      simulatorBaseUrl: simulator.baseUrl,
      seed: SEED,
      say: (line) => terminal.note(`  ${line}`),
      signal
    })
  );
}

/** At a port of its own, so that a run goes on after a restart; at any that is free where that one is taken. */
async function simulatorAt(port: number, options: Omit<SimulatorOptions, 'port'>): Promise<Simulator> {
  try {
    return await startSimulator({ ...options, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startSimulator({ ...options, port: 0 });
  }
}
