import { sql } from 'drizzle-orm';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../src/lib/server/config.ts';
import { SIGN_IN_COOKIE } from '../../src/lib/server/http/guards.ts';
import { openLab } from '../../src/lib/server/lab.ts';
import { LabServer } from '../../tests/e2e/support/server.ts';
import { sitAsRater } from '../../src/demo/simulated-rater.ts';
import { TYPICAL_PANEL, syntheticPanel } from '../../src/lib/domain/simulation/panel.ts';
import { seededRandom } from '../../src/lib/stats/random.ts';
import { startPostgres } from '../postgres.ts';
import { makeLargeStudy } from './large-study.ts';
import { fixed, forgetPeak, machine, peakMiB, quantileOf, table } from './measure.ts';
import { makeFolder } from './pictures.ts';

const RATERS = 20;

/**
 * results [N]: the results page of a study of N answers (1,000,000: 500 raters, 10,000 stimuli): time to its first byte
 * cold (it answers with how far the figures are), until the figures are there, and cached; the server's peak memory; and
 * what 20 raters of another study wait for their requests meanwhile, against the idle server.
 */
export async function run(args: string[]): Promise<void> {
  const answers = Number(args[0] ?? 1_000_000);
  console.log(`${machine()}; PostgreSQL, clients and server share it; ${answers} answers`);
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  const postgres = await startPostgres();
  process.env['E2E_DATABASE_URL'] = postgres.url;
  try {
    const server = await LabServer.start();
    try {
      const environment = { DATA_DIR: directory, DATABASE_URL: server.databaseUrl, LOG_LEVEL: 'error' };
      const lab = await openLab(readConfig(environment), { works: false });
      await makeLargeStudy(lab.db, { protocol: 'single-stimulus', raters: 500, stimuli: 10_000, answers });
      await lab.db.execute(sql`analyze`);
      const token = await lab.auth.byLink(await lab.auth.demonstrationLink());
      await lab.close();
      const folder = path.join(directory, 'pictures');
      await makeFolder(folder, 60, 96, 72);
      await measure(server, folder, `${SIGN_IN_COOKIE}=${token}`);
    } finally {
      await server.stop();
    }
  } finally {
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

export async function measure(server: LabServer, folder: string, cookie: string): Promise<void> {
  await server.run('import', folder, '--name', 'rated', '--scenario', 'nr');
  await server.run(
    'study',
    'create',
    '--name',
    'rated',
    '--dataset',
    'rated',
    '--protocol',
    'single-stimulus'
  );
  const idle = await raters(server, async () => {});
  forgetPeak(server.pid);
  const ask = async () => {
    const from = performance.now();
    const response = await fetch(`${server.address}/studies/large-single-stimulus/results`, {
      headers: { cookie }
    });
    const seconds = (performance.now() - from) / 1000;
    const text = await response.text();
    if (response.status !== 200) throw new Error(`the results page answered ${response.status}`);
    return { seconds, ready: !text.includes('being computed') };
  };
  let cold = Number.NaN;
  let whole = Number.NaN;
  const busy = await raters(server, async () => {
    const from = performance.now();
    const first = await ask();
    cold = first.seconds;
    for (let now = first; !now.ready; now = await ask()) await pause(1000);
    whole = (performance.now() - from) / 1000;
  });
  const cached = [];
  for (let i = 0; i < 5; i++) cached.push((await ask()).seconds);
  table([
    ['results page', 's'],
    ['cold: first byte ("being computed")', fixed(cold, 2)],
    ['cold: until the figures are there', fixed(whole, 1)],
    ['cached, median of 5', fixed(quantileOf(cached, 0.5), 2)]
  ]);
  console.log(`server's peak memory: ${fixed(peakMiB(server.pid), 0)} MiB`);
  table([
    [`requests of ${RATERS} raters`, 'n', 'p50 ms', 'p99 ms'],
    ['idle', idle.length, fixed(quantileOf(idle, 0.5)), fixed(quantileOf(idle, 0.99))],
    ['meanwhile', busy.length, fixed(quantileOf(busy, 0.5)), fixed(quantileOf(busy, 0.99))]
  ]);
}

/** So many raters sit, one after another, until the work is done, and 20 at once at least once. @returns ms of each request. */
async function raters(server: LabServer, work: () => Promise<void>): Promise<number[]> {
  const taken: number[] = [];
  let done = false;
  const random = seededRandom('bench');
  const panel = syntheticPanel({ ...TYPICAL_PANEL, size: RATERS }, random);
  const sit = async (member: number) => {
    do {
      const [token] = await server.call<string[]>('invite', {
        study: 'rated',
        count: 1,
        open: false,
        simulated: true
      });
      await sitAsRater({
        origin: server.address,
        token: token as string,
        design: { protocol: 'single-stimulus', scale: 'continuous-100', allowTies: true },
        observer: panel[member] as (typeof panel)[number],
        truth: () => 50,
        random: random.fork(token as string),
        onAnswer: ({ requestMs }) => {
          taken.push(requestMs);
        }
      });
    } while (!done);
  };
  const sitting = Promise.all(panel.map((_, member) => sit(member)));
  await Promise.all([work().finally(() => (done = true)), sitting]);
  return taken;
}
