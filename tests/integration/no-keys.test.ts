import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import { exportTable, TABLES } from '../../src/lib/server/services/export-study.ts';
import { studyNamed } from '../../src/lib/server/services/find.ts';
import { askProbe } from '../../src/lib/server/services/probe/ask-probe.ts';
import { createProbe, noteQuestions } from '../../src/lib/server/services/probe/start-probe.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { RUN_DEFAULTS, startRun } from '../../src/lib/server/services/run/start-run.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

const KEY = 'sk-limen-test-1f6b0c2d9e8a7b6c5d4e3f2a1b0c9d8e';
const WRONG = 'sk-limen-wrong-0a1b2c3d4e5f60718293a4b5c6d7e8f9';

let test: TestLab;
let fake: FakeOpenAi;
beforeAll(async () => {
  test = await openTestLab();
  fake = await startFakeOpenAi({ apiKey: KEY, answer: () => 'Score: 40' });
  await makeDataset(test, 'pictures', { count: 6 });
  await makeStudy(test, 'pictures', 'single', 'single-stimulus');
  test.lab.transientKeys.set('LIMEN_TEST_KEY', KEY);
  test.lab.transientKeys.set('LIMEN_WRONG_KEY', WRONG);
});
afterAll(async () => {
  await fake.stop();
  await test.remove();
});

it('no key lies in the database, in the data directory, in exports or in what is logged', async () => {
  const logged: string[] = [];
  const note = (...said: unknown[]) => {
    logged.push(
      JSON.stringify(said, (_, value: unknown) => (value instanceof Error ? `${value.stack}` : value))
    );
  };
  const log = Object.assign(Object.create(test.lab.log) as typeof test.lab.log, {
    error: note,
    warn: note,
    info: note,
    debug: note
  });
  const lab = { ...test.lab, log };
  const states: (string | null)[] = [];
  for (const [apiKeyEnv, more] of [
    ['LIMEN_TEST_KEY', {}],
    ['LIMEN_TEST_KEY', { batch: true, model: 'by-batch' }],
    ['LIMEN_TEST_KEY', { replay: true, model: 'fake', repeats: 2 }],
    ['LIMEN_WRONG_KEY', { model: 'wrong' }],
    ['LIMEN_WRONG_KEY', { batch: true, model: 'wrong-batch' }]
  ] as const) {
    const { sessionId } = await startRun(lab, {
      ...RUN_DEFAULTS,
      study: 'single',
      model: 'fake',
      baseUrl: fake.url,
      strategy: 'standard',
      apiKeyEnv,
      ...more
    });
    states.push(await continueRun(lab, sessionId));
  }
  expect(states.slice(0, 4)).toEqual(['completed', 'completed', 'completed', 'failed']);
  const probe = await createProbe(lab, {
    name: 'asked',
    preset: null,
    prompt: 'What is it?',
    each: false,
    dataset: 'pictures',
    stimuli: ['secret-name-0000.png']
  });
  const models = ['LIMEN_TEST_KEY', 'LIMEN_WRONG_KEY'].map((apiKeyEnv) => ({
    model: 'fake',
    baseUrl: fake.url,
    apiKeyEnv
  }));
  await noteQuestions(lab, probe, { models, temperature: null, maxTokens: null });
  await askProbe(lab, probe.id);
  expect(fake.requests.some(({ authorization }) => authorization === `Bearer ${KEY}`)).toBe(true);

  const found: string[] = [];
  const look = (text: string, where: string) => {
    for (const key of [KEY, WRONG]) if (text.includes(key) || text.includes(key.slice(9))) found.push(where);
  };
  const tables = await rowsOf<{ schema: string; name: string }>(
    lab.db,
    sql`select table_schema as schema, table_name as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`
  );
  expect(tables.length).toBeGreaterThan(20);
  for (const { schema, name } of tables) {
    const rows = await rowsOf<{ row: string }>(
      lab.db,
      sql`select t::text as row from ${sql.identifier(schema)}.${sql.identifier(name)} t`
    );
    for (const { row } of rows) look(row, `table ${name}`);
  }
  const study = await studyNamed(lab.db, 'single');
  for (const what of TABLES) {
    for (const format of ['csv', 'jsonl'] as const) {
      const { stream } = await exportTable(lab, study, what, format);
      look(await new Response(stream as unknown as BodyInit).text(), `export ${what}.${format}`);
    }
  }
  const files = (directory: string): string[] =>
    readdirSync(directory).flatMap((name) => {
      const file = path.join(directory, name);
      return statSync(file).isDirectory() ? files(file) : [file];
    });
  // The embedded database's own files too, with what its log still holds.
  for (const file of files(test.config.dataDir)) look(readFileSync(file, 'latin1'), file);
  look(logged.join('\n'), 'log');
  expect(found).toEqual([]);
});
