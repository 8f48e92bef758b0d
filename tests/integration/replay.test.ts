import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as replays from '../../src/lib/server/db/replays.ts';
import * as reparses from '../../src/lib/server/db/reparses.ts';
import * as runSummaries from '../../src/lib/server/db/run-summaries.ts';
import { cachedResults } from '../../src/lib/server/services/cached-results.ts';
import { studyNamed } from '../../src/lib/server/services/find.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { findRun } from '../../src/lib/server/services/run/find-run.ts';
import { reparseRun } from '../../src/lib/server/services/run/reparse-run.ts';
import { RUN_DEFAULTS, startRun, type RunOptions } from '../../src/lib/server/services/run/start-run.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
let fake: FakeOpenAi;
beforeAll(async () => {
  test = await openTestLab();
  fake = await startFakeOpenAi();
  await makeDataset(test, 'pictures', { count: 8 });
  await makeStudy(test, 'pictures', 'pairs', 'double-stimulus', { pairsPerImage: 2 });
  await makeStudy(test, 'pictures', 'pairs-again', 'double-stimulus', { pairsPerImage: 2 });
  await makeStudy(test, 'pictures', 'single', 'single-stimulus');
});
afterAll(async () => {
  await fake.stop();
  await test.remove();
});

const options = (study: string, more: Partial<RunOptions> = {}): RunOptions => ({
  ...RUN_DEFAULTS,
  study,
  model: 'fake',
  baseUrl: fake.url,
  strategy: 'standard',
  priceIn: 1,
  priceOut: 1,
  ...more
});

async function run(study: string, more: Partial<RunOptions> = {}) {
  const before = fake.requests.length;
  const { sessionId } = await startRun(test.lab, options(study, more));
  expect(await continueRun(test.lab, sessionId)).toBe('completed');
  return {
    sessionId,
    asked: fake.requests.length - before,
    replayed: await replays.countIn(test.lab.db, sessionId),
    spent: await runSummaries.spent(test.lab.db, sessionId),
    answers: await rowsOf<{ text: string; shown: string }>(
      test.lab.db,
      sql`select c.content as text, array_to_string(c.image_sha256, ',') || '/' || p.pass as shown from completions c
        join presentations p on p.id = c.presentation_id where p.session_id = ${sessionId}`
    )
  };
}
type Ran = Awaited<ReturnType<typeof run>>;
const byQuestion = ({ answers }: Ran) => new Map(answers.map(({ shown, text }) => [shown, text]));

describe('replay', () => {
  it('answers what was asked before from the stored completion, for nothing, and marks it', async () => {
    let n = 0;
    fake.behave({ answer: () => `Score: ${n++ % 3}` });
    const first = await run('single', { repeats: 2 });
    expect(first).toMatchObject({ asked: 16, replayed: 0 });
    const again = await run('single', { repeats: 2, replay: true });
    expect(again).toMatchObject({ asked: 0, replayed: 16, spent: { cost: 0, tokensIn: 0, completions: 16 } });
    // Each repeat repeats its own answer: a model keeps its own spread.
    expect(byQuestion(again)).toEqual(byQuestion(first));
    // A third repeat is new; so is everything without permission, or with another temperature.
    expect(await run('single', { repeats: 3, replay: true })).toMatchObject({ asked: 8, replayed: 16 });
    expect(await run('single', { repeats: 2 })).toMatchObject({ asked: 16, replayed: 0 });
    expect(await run('single', { temperature: 1, replay: true })).toMatchObject({ asked: 8, replayed: 0 });
    expect(await run('single', { model: 'other', replay: true })).toMatchObject({ asked: 8, replayed: 0 });
  });

  it('finds the same pictures in the same order under the same words in another study, and no others', async () => {
    fake.behave({ answer: () => 'Score: 1' });
    const first = await run('pairs', { bothOrders: true });
    const again = await run('pairs-again', { replay: true });
    const known = new Set(first.answers.map(({ shown }) => shown.split('/')[0]));
    const same = again.answers.filter(({ shown }) => known.has(shown.split('/')[0])).length;
    expect(again.replayed).toBe(same);
    expect(again.asked).toBe(again.answers.length - same);
    expect(same).toBeGreaterThan(0);
  });
});

describe('a new parser version', () => {
  it('says what it would change, changes it when told to, and keeps what was', async () => {
    fake.behave({ answer: () => 'Score: 70' });
    const { sessionId } = await run('single', { model: 'reread' });
    const found = await findRun(test.lab, String(sessionId));
    const { db } = test.lab;
    expect(await reparseRun(test.lab, found, { apply: false })).toMatchObject({ checked: 8, changed: 0 });
    // As an older version might have read them: three not at all, one wrongly.
    await db.execute(sql`update responses set outcome = 'unparseable', score = null, raw_score = null, reason = 'old',
      parser_version = 0 where presentation_id in (select id from presentations where session_id = ${sessionId} and position < 3)`);
    await db.execute(sql`update responses set score = 7, raw_score = 7, parser_version = 0
      where presentation_id in (select id from presentations where session_id = ${sessionId} and position = 3)`);
    const study = await studyNamed(db, 'single');
    const before = await cachedResults(test.lab, study);
    const asked = fake.requests.length;

    const dry = await reparseRun(test.lab, found, { apply: false });
    expect(dry).toMatchObject({
      checked: 8,
      changed: 4,
      kinds: { 'unparseable → ok': 3, 'ok → ok': 1 },
      versions: { 0: 4, 1: 4 },
      applied: false
    });
    expect(dry.changes[3]).toMatchObject({ position: 3, before: '7', after: '70', text: 'Score: 70' });
    expect((await runSummaries.outcomeCounts(db, sessionId))['unparseable']).toBe(3);
    expect(await cachedResults(test.lab, study)).toBe(before);

    await reparseRun(test.lab, found, { apply: true });
    expect(await runSummaries.outcomeCounts(db, sessionId)).toEqual({ ok: 8 });
    expect(await cachedResults(test.lab, study)).not.toBe(before);
    expect(fake.requests.length).toBe(asked);
    const [kept] = await reparses.ofRun(db, sessionId);
    expect(kept).toMatchObject({ checked: 8, changed: 4, parserVersion: 1 });
    const [row] = await rowsOf<{ before: { outcome: string; reason: string } }>(
      db,
      sql`select before from response_changes where reparse_id = ${kept?.id ?? 0} order by presentation_id`
    );
    expect(row?.before).toMatchObject({ outcome: 'unparseable', reason: 'old' });
    expect(await reparseRun(test.lab, found, { apply: false })).toMatchObject({
      changed: 0,
      versions: { 1: 8 }
    });
  });
});
