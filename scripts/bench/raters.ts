import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { sitAsRater } from '../../src/demo/simulated-rater.ts';
import { TYPICAL_PANEL, syntheticPanel } from '../../src/lib/domain/simulation/panel.ts';
import { seededRandom } from '../../src/lib/stats/random.ts';
import { LabServer } from '../../tests/e2e/support/server.ts';
import { startPostgres } from '../postgres.ts';
import { fixed, machine, peakMiB, quantileOf, table } from './measure.ts';
import { makeFolder } from './pictures.ts';

const TRIALS = 40;

/**
 * raters [--kills N] [N…]: join → consent → 40 trials → end by 50, 200 and 500 simulated raters at once over HTTP, with
 * the rows counted after; with kills, the server is killed (-9) and started again so often meanwhile, and raters go on as
 * their browsers would.
 */
export async function run(args: string[]): Promise<void> {
  const flag = args.indexOf('--kills');
  const kills = flag < 0 ? 0 : Number(args[flag + 1]);
  const given = flag < 0 ? args : args.toSpliced(flag, 2);
  const sizes = given.length > 0 ? given.map(Number) : [50, 200, 500];
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  const rows: (string | number | null)[][] = [
    [
      'database',
      'raters',
      'answers',
      'answers/s',
      'p50 ms',
      'p99 ms',
      'lost',
      'double',
      'kills',
      'fewest–most a trial',
      'peak MiB'
    ]
  ];
  console.log(`${machine()}; clients and server share it`);
  try {
    const folder = path.join(directory, 'pictures');
    await makeFolder(folder, 80, 96, 72);
    for (const kind of ['PGlite', 'PostgreSQL'] as const) {
      const postgres = kind === 'PostgreSQL' ? await startPostgres() : null;
      process.env['E2E_DATABASE_URL'] = postgres?.url ?? '';
      try {
        for (const size of sizes) rows.push([kind, size, ...(await sit(folder, size, kills))]);
      } finally {
        await postgres?.stop();
      }
    }
    table(rows);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function sit(folder: string, size: number, kills: number): Promise<(string | number | null)[]> {
  const server = await LabServer.start();
  try {
    await server.run('import', folder, '--name', 'bench', '--scenario', 'nr');
    await server.run(
      ...['study', 'create', '--name', 'bench', '--dataset', 'bench', '--protocol', 'double-stimulus'],
      ...['--trials-per-session', String(TRIALS)]
    );
    const tokens = await server.call<string[]>('invite', {
      study: 'bench',
      count: size,
      open: false,
      simulated: true
    });
    const truth = new Map<string, number>();
    for (const [index, name] of readdirSync(folder)
      .filter((file) => file.endsWith('.jpg'))
      .entries()) {
      truth.set(
        createHash('sha256')
          .update(await readFile(path.join(folder, name)))
          .digest('hex'),
        index
      );
    }
    const random = seededRandom('bench');
    const panel = syntheticPanel({ ...TYPICAL_PANEL, size }, random);
    const latencies: number[] = [];
    /** Places that the lab had acknowledged and asked for again: answers that it lost. */
    let askedAgain = 0;
    const sitting = async (token: string, member: number): Promise<void> => {
      const acknowledged = new Set<number>();
      const options = {
        origin: server.address,
        token,
        design: { protocol: 'double-stimulus', scale: 'continuous-100', allowTies: true },
        observer: panel[member] as (typeof panel)[number],
        truth: (sha256: string) => truth.get(sha256),
        random: random.fork(token),
        onAnswer: ({ position, requestMs }: { position: number; requestMs: number }) => {
          if (acknowledged.has(position)) askedAgain++;
          acknowledged.add(position);
          latencies.push(requestMs);
        }
      } as const;
      for (;;) {
        try {
          await sitAsRater(options);
          return;
        } catch (error) {
          if (kills === 0) throw error;
          await pause(200);
        }
      }
    };
    const started = performance.now();
    const raters = Promise.all(tokens.map(sitting));
    for (let kill = 1; kill <= kills; kill++) {
      const goal = (kill / (kills + 1)) * size * TRIALS;
      while (latencies.length < goal) await Promise.race([raters, pause(20)]);
      await server.kill();
      await server.up();
    }
    await raters;
    const seconds = (performance.now() - started) / 1000;
    const peak = peakMiB(server.pid);
    const out = path.join(server.directory, 'responses.json');
    await server.run('export', 'bench', '--what', 'responses', '--format', 'json', '--out', out);
    const stored = JSON.parse(await readFile(out, 'utf8')) as {
      session: number;
      position: number;
      trial: number;
      outcome: string | null;
    }[];
    const answered = stored.filter((row) => row.outcome === 'ok');
    const places = new Set(answered.map((row) => `${row.session}/${row.position}`));
    const perTrial = new Map<number, number>();
    for (const { trial } of answered) perTrial.set(trial, (perTrial.get(trial) ?? 0) + 1);
    return [
      latencies.length,
      fixed(latencies.length / seconds, 0),
      fixed(quantileOf(latencies, 0.5), 1),
      fixed(quantileOf(latencies, 0.99), 1),
      size * TRIALS - places.size + askedAgain,
      answered.length - places.size,
      kills,
      `${Math.min(...perTrial.values())}–${Math.max(...perTrial.values())}`,
      fixed(peak, 0)
    ];
  } finally {
    await server.stop();
  }
}
