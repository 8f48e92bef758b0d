import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sitAsRater } from '../../src/demo/simulated-rater.ts';
import type { Answer } from '../../src/lib/domain/response.ts';
import { IDEAL_OBSERVER } from '../../src/lib/domain/simulation/observer.ts';
import { RUN_DEFAULTS } from '../../src/lib/server/services/run/start-run.ts';
import type { RunDocument } from '../../src/lib/server/services/run/describe-run.ts';
import { seededRandom } from '../../src/lib/stats/random.ts';
import { LabServer, pause } from '../e2e/support/server.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { picture } from './support.ts';

// The built server as a process of its own, killed in the middle of its work.

let server: LabServer;
let fake: FakeOpenAi;
const truth = new Map<string, number>();

beforeAll(async () => {
  process.env['E2E_DATABASE_URL'] = process.env['TEST_DATABASE_URL'] ?? '';
  server = await LabServer.start();
  const folder = path.join(server.directory, 'pictures');
  mkdirSync(folder, { recursive: true });
  const rows = ['stimulus,mos,sigma'];
  for (let i = 0; i < 40; i++) {
    const bytes = await picture(i);
    writeFileSync(path.join(folder, `p${i}.png`), bytes);
    truth.set(createHash('sha256').update(bytes).digest('hex'), 2.5 * i);
    rows.push(`p${i}.png,${2.5 * i},10`);
  }
  writeFileSync(path.join(folder, 'mos.csv'), `${rows.join('\n')}\n`);
  await server.run('import', folder, '--name', 'pictures', '--scenario', 'nr');
  fake = await startFakeOpenAi({ truth, observer: IDEAL_OBSERVER, latencyMs: [20, 60] });
});
afterAll(async () => {
  await fake.stop();
  await server.stop();
});

interface Exported {
  session: number;
  observer: string;
  position: number;
  outcome: string | null;
  score: number | null;
  tokensIn: number | null;
  tokensOut: number | null;
}

async function responses(study: string): Promise<Exported[]> {
  const out = path.join(server.directory, `${study}.json`);
  await server.run('export', study, '--what', 'responses', '--format', 'json', '--out', out);
  return JSON.parse(readFileSync(out, 'utf8')) as Exported[];
}

describe('kill -9 of the server', () => {
  it('in the middle of a run loses no presentation, doubles none, and pays again at most for what was out', async () => {
    const CONCURRENCY = 8;
    const KILLS = 2;
    await server.run(
      ...['study', 'create', '--name', 'killed', '--dataset', 'pictures', '--protocol', 'double-stimulus']
    );
    const start = () =>
      server.call<RunDocument>('run', {
        ...RUN_DEFAULTS,
        study: 'killed',
        model: 'fake',
        baseUrl: fake.url,
        strategy: 'standard',
        concurrency: CONCURRENCY,
        priceIn: 1,
        priceOut: 2,
        resume: true,
        apiKey: null,
        here: false
      });
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = fake.counts().answered;
      const broken = start().catch((error: unknown) => error);
      while (fake.counts().answered < before + 40) await pause(10);
      await server.kill();
      // The connection ends with the process: nobody is told that the run ended.
      expect(await broken).toBeInstanceOf(Error);
      await server.up();
    }
    const document = await start();
    expect(document).toMatchObject({
      state: 'completed',
      presentations: 200,
      answered: 200,
      outcomes: { ok: 200 }
    });
    const rows = await responses('killed');
    expect(rows).toHaveLength(200);
    expect(new Set(rows.map((row) => row.position)).size).toBe(200);
    expect(rows.every((row) => row.outcome === 'ok')).toBe(true);
    // Totals are the rows' own; a request that was paid and never stored is not in them.
    const sum = (key: 'tokensIn' | 'tokensOut') => rows.reduce((total, row) => total + (row[key] ?? 0), 0);
    expect(document.tokensIn).toBe(sum('tokensIn'));
    expect(document.tokensOut).toBe(sum('tokensOut'));
    expect(document.cost).toBeCloseTo((sum('tokensIn') + 2 * sum('tokensOut')) / 1e6, 12);
    const paidAgain = fake.counts().answered - 200;
    expect(paidAgain).toBeGreaterThanOrEqual(0);
    expect(paidAgain).toBeLessThanOrEqual(KILLS * CONCURRENCY);
    // Resuming what is complete asks nothing.
    const answered = fake.counts().answered;
    expect((await start()).state).toBe('completed');
    expect(fake.counts().answered).toBe(answered);
  });

  it('between handing batches over and taking them in pays nothing twice', async () => {
    await server.run(
      ...['study', 'create', '--name', 'batched', '--dataset', 'pictures', '--protocol', 'single-stimulus']
    );
    const start = () =>
      server.call<RunDocument>('run', {
        ...RUN_DEFAULTS,
        study: 'batched',
        model: 'fake',
        baseUrl: fake.url,
        strategy: 'standard',
        batch: true,
        resume: true,
        apiKey: null,
        here: false
      });
    const answered = fake.batches.answered();
    fake.behave({ truth, batches: { looks: 1_000_000 } });
    // Killed while the file is taken (its id was told or not), and again while it is waited for.
    for (const wait of [0, 400]) {
      const broken = start().catch((error: unknown) => error);
      while (fake.batches.batches.length === 0) await pause(5);
      await pause(wait);
      await server.kill();
      expect(await broken).toBeInstanceOf(Error);
      await server.up();
    }
    fake.behave({ truth });
    expect(await start()).toMatchObject({ state: 'completed', outcomes: { ok: 40 } });
    expect(fake.batches.answered() - answered).toBe(40);
    expect(fake.batches.batches).toHaveLength(1);
    fake.behave({ truth, observer: IDEAL_OBSERVER, latencyMs: [20, 60] });
  });

  it('in the middle of sittings keeps every answer that was acknowledged, once, as it was given', async () => {
    await server.run(
      ...['study', 'create', '--name', 'rated', '--dataset', 'pictures', '--protocol', 'single-stimulus']
    );
    const tokens = await server.call<string[]>('invite', {
      study: 'rated',
      count: 4,
      open: false,
      simulated: true
    });
    const acknowledged = tokens.map(() => new Map<number, Answer>());
    let given = 0;
    const sit = async (token: string, member: number) => {
      for (;;) {
        try {
          await sitAsRater({
            origin: server.address,
            token,
            design: { protocol: 'single-stimulus', scale: 'continuous-100', allowTies: true },
            observer: { ...IDEAL_OBSERVER, sigma: 20 },
            truth: (sha256) => truth.get(sha256),
            // Another answer at each try: a second one for the same trial would show.
            random: seededRandom(`${member}/${given}`),
            onAnswer: ({ position, answer }) => {
              expect(acknowledged[member]?.has(position)).toBe(false);
              acknowledged[member]?.set(position, answer);
              given++;
            }
          });
          return;
        } catch (error) {
          // The server is away, as for a browser: try again until it is back.
          if (!(error instanceof TypeError)) throw error;
          await pause(50);
        }
      }
    };
    const sittings = tokens.map(sit);
    for (const after of [30, 80]) {
      while (given < after) await pause(5);
      await server.kill();
      await pause(100);
      await server.up();
    }
    await Promise.all(sittings);
    const rows = await responses('rated');
    expect(rows).toHaveLength(160);
    expect(new Set(rows.map((row) => `${row.session}/${row.position}`)).size).toBe(160);
    expect(rows.every((row) => row.outcome === 'ok')).toBe(true);
    const sessions = [...new Set(rows.map((row) => row.session))];
    expect(sessions).toHaveLength(4);
    // Which sitting was whose is told by its answers: exactly one fits each person's acknowledgements.
    const stored = sessions.map(
      (session) =>
        new Map(rows.filter((row) => row.session === session).map((row) => [row.position, row.score]))
    );
    const owners = acknowledged.map((own) =>
      stored.findIndex((sitting) =>
        [...own].every(
          ([position, answer]) => answer.kind === 'score' && sitting.get(position) === answer.score
        )
      )
    );
    expect([...owners].sort()).toEqual([0, 1, 2, 3]);
  });

  it('leaves a data directory that a second process is refused and that opens again', async () => {
    if (server.databaseUrl !== '') return;
    const second = await server.limen('serve');
    expect(second.status).toBe(2);
    expect(second.stdout).toBe('');
    expect(second.stderr.trim()).toMatch(
      /^another Limen process holds [^\n]*: the embedded database takes one process at a time[^\n]*$/
    );
    await server.kill();
    await server.up();
    expect(await responses('rated')).toHaveLength(160);
  });
});
