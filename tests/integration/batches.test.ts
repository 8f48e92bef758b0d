import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as batches from '../../src/lib/server/db/batches.ts';
import * as budgets from '../../src/lib/server/db/budgets.ts';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as runs from '../../src/lib/server/db/runs.ts';
import * as runSummaries from '../../src/lib/server/db/run-summaries.ts';
import { openAiBatches } from '../../src/lib/server/providers/openai-batches.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { RUN_DEFAULTS, startRun, type RunOptions } from '../../src/lib/server/services/run/start-run.ts';
import { startFakeOpenAi, type FakeOpenAi, type FakeOpenAiOptions } from '../fakes/openai-server.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
let fake: FakeOpenAi;
let count = 0;
beforeAll(async () => {
  test = await openTestLab();
  fake = await startFakeOpenAi();
  await makeDataset(test, 'pictures', { count: 12 });
  await makeStudy(test, 'pictures', 'single', 'single-stimulus');
});
afterAll(async () => {
  await fake.stop();
  await test.remove();
});

async function start(behaviour: FakeOpenAiOptions, more: Partial<RunOptions> = {}) {
  fake.behave({ answer: () => 'Score: 40', ...behaviour });
  const options: RunOptions = {
    ...RUN_DEFAULTS,
    study: 'single',
    model: `model-${++count}`,
    baseUrl: fake.url,
    strategy: 'standard',
    batch: true,
    ...more
  };
  const { sessionId } = await startRun(test.lab, options);
  return sessionId;
}
const answered = () => fake.batches.answered();
const outcomes = (sessionId: number) => runSummaries.outcomeCounts(test.lab.db, sessionId);

describe('a run by batches', () => {
  it('hands everything over as one file, waits, and takes it in by custom ids, at half the price', async () => {
    const before = { answered: answered(), batches: fake.batches.batches.length };
    const sessionId = await start({ batches: { looks: 2 } }, { priceIn: 4, priceOut: 8 });
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    expect(await outcomes(sessionId)).toEqual({ ok: 12 });
    expect(answered() - before.answered).toBe(12);
    expect(fake.batches.batches.length - before.batches).toBe(1);
    const spent = await runSummaries.spent(test.lab.db, sessionId);
    expect(spent.cost).toBeCloseTo((spent.tokensIn * 2 + spent.tokensOut * 4) / 1e6, 12);
    // The answers came back in another order than they went out: each lies with its own pictures.
    const rows = await rowsOf<{ sent: string; shown: string }>(
      test.lab.db,
      sql`select c.image_sha256[1] as sent, s.image_sha256 as shown from completions c
        join presentations p on p.id = c.presentation_id join trial_stimuli t on t.trial_id = p.trial_id
        join stimuli s on s.id = t.stimulus_id where p.session_id = ${sessionId}`
    );
    expect(rows).toHaveLength(12);
    expect(rows.every(({ sent, shown }) => sent === shown)).toBe(true);
    const [batch] = await batches.ofRun(test.lab.db, sessionId);
    expect(batch).toMatchObject({ state: 'collected', requests: 12, remoteState: 'completed' });
  });

  it('asks again for what expired or never came back, and for nothing else', async () => {
    const before = answered();
    const sessionId = await start({ batches: { expireAfter: 8, losesLine: 2 } });
    // 12: seven come back, four expire, one is lost; then 5: four come back, one is lost; then it is lost again.
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    expect((await batches.ofRun(test.lab.db, sessionId)).map(({ requests }) => requests)).toEqual([12, 5, 1]);
    expect(await outcomes(sessionId)).toEqual({ ok: 12 });
    expect(answered() - before).toBe(12);
  });

  it('gives a presentation that expires three times the outcome of that', async () => {
    const sessionId = await start({ batches: { expireAfter: 0 } });
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    expect(await outcomes(sessionId)).toEqual({ timeout: 12 });
    expect(await batches.ofRun(test.lab.db, sessionId)).toHaveLength(3);
  });

  it('keeps the same typed outcomes as single requests', async () => {
    let n = 0;
    const sessionId = await start({
      answer: () =>
        ['Score: 40', 'Score: 400', 'Hm.', "I'm sorry, but I can't assist with that."][n++ % 4] as string,
      faults: [{ kind: 'content-filter', every: 6 }]
    });
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    const found = await outcomes(sessionId);
    expect(found['content-filtered']).toBe(2);
    expect(Object.keys(found).sort()).toEqual([
      'content-filtered',
      'ok',
      'out-of-range',
      'refused',
      'unparseable'
    ]);
    const refused = await start({ faults: [{ kind: 'rejected', every: 3 }] });
    expect(await continueRun(test.lab, refused)).toBe('completed');
    expect(await outcomes(refused)).toEqual({ ok: 8, 'provider-error': 4 });
  });

  it('says why when the endpoint does not take a batch, and blames no presentation', async () => {
    const sessionId = await start({ batches: { invalid: 'The model is not available for batches.' } });
    expect(await continueRun(test.lab, sessionId)).toBe('failed');
    expect((await runs.byId(test.lab.db, sessionId))?.stateReason).toContain('not available for batches');
    expect(await outcomes(sessionId)).toEqual({});
  });
});

it('says so where an endpoint has no Batch API', async () => {
  const sessionId = await start({ batches: { absent: true } });
  expect(await continueRun(test.lab, sessionId)).toBe('failed');
  expect((await runs.byId(test.lab.db, sessionId))?.stateReason).toContain('has no Batch API');
  expect(await outcomes(sessionId)).toEqual({});
});

describe('a process that dies between two steps', () => {
  /** What a dead process left: its lease ends, and nothing else happens. */
  const die = (sessionId: number) =>
    test.lab.db.execute(
      sql`update runs set lease_owner = null, lease_expires_at = null where session_id = ${sessionId}`
    );

  it('after the endpoint took the batch and before its id was stored: it is found by its token', async () => {
    const before = { answered: answered(), batches: fake.batches.batches.length };
    const sessionId = await start({});
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    // Back to the moment before the id was stored.
    await test.lab.db.execute(
      sql`delete from responses where presentation_id in (select id from presentations where session_id = ${sessionId})`
    );
    await test.lab.db.execute(
      sql`update batches set state = 'preparing', remote_id = null, remote_state = null where session_id = ${sessionId}`
    );
    await test.lab.db.execute(
      sql`update batch_requests set result = null where batch_id in (select id from batches where session_id = ${sessionId})`
    );
    await test.lab.db.execute(sql`update runs set state = 'running' where session_id = ${sessionId}`);
    await die(sessionId);
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    expect(await outcomes(sessionId)).toEqual({ ok: 12 });
    expect(answered() - before.answered).toBe(12);
    expect(fake.batches.batches.length - before.batches).toBe(1);
    expect((await runSummaries.spent(test.lab.db, sessionId)).completions).toBe(12);
  });

  it('between submitting and collecting: the next process collects, nothing is asked twice, the cap counts once', async () => {
    const before = answered();
    const sessionId = await start(
      { batches: { looks: 1_000_000 } },
      { priceIn: 1000, priceOut: 1000, maxTokens: 20, maxCost: 5 }
    );
    const stopping = new AbortController();
    const first = continueRun({ ...test.lab, stopping: stopping.signal }, sessionId);
    await expect
      .poll(async () => (await batches.ofRun(test.lab.db, sessionId))[0]?.state, { timeout: 20_000 })
      .toBe('submitted');
    stopping.abort();
    await first;
    await die(sessionId);
    expect(await outcomes(sessionId)).toEqual({});
    fake.behave({ answer: () => 'Score: 40' });
    expect(await continueRun({ ...test.lab, processId: 'another' }, sessionId)).toBe('completed');
    expect(answered() - before).toBe(12);
    const spent = await runSummaries.spent(test.lab.db, sessionId);
    const counted = await budgets.countedFor(test.lab.db, sessionId);
    expect(counted.cost).toBeCloseTo(spent.cost, 9);
    expect(counted.tokens).toBe(spent.tokensIn + spent.tokensOut);
  });

  it('halfway through collecting: what was taken in is passed over', async () => {
    const before = answered();
    const sessionId = await start({});
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    await test.lab.db.execute(sql`delete from responses where presentation_id in
      (select id from presentations where session_id = ${sessionId} and position >= 5)`);
    await test.lab.db.execute(sql`update batches set state = 'submitted' where session_id = ${sessionId}`);
    await test.lab.db.execute(sql`update runs set state = 'running' where session_id = ${sessionId}`);
    await die(sessionId);
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    expect(await outcomes(sessionId)).toEqual({ ok: 12 });
    expect(answered() - before).toBe(12);
    expect((await runSummaries.spent(test.lab.db, sessionId)).completions).toBe(12);
  });
});

it('stops at the cap with what fits, and goes on when it is raised', async () => {
  const before = answered();
  const prices = { priceIn: 2000, priceOut: 2000, maxTokens: 20, model: 'capped' };
  const sessionId = await start({}, { ...prices, maxCost: 1.5 });
  expect(await continueRun(test.lab, sessionId)).toBe('capped');
  const done = (await outcomes(sessionId))['ok'] ?? 0;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(12);
  expect((await runSummaries.spent(test.lab.db, sessionId)).cost).toBeLessThanOrEqual(1.5);
  expect(answered() - before).toBe(done);
  expect(await start({}, { ...prices, maxCost: 100, resume: true })).toBe(sessionId);
  expect(await continueRun(test.lab, sessionId)).toBe('completed');
  expect(await outcomes(sessionId)).toEqual({ ok: 12 });
  expect(answered() - before).toBe(12);
});

it('a cap over batches needs a bound of each answer', async () => {
  await expect(start({}, { priceIn: 1, priceOut: 1, maxCost: 1 })).rejects.toThrow(
    /most tokens of an answer/
  );
});

it('an error text holds no key', async () => {
  const key = 'sk-a-very-secret-key-0123456789';
  fake.behave({ apiKey: 'sk-other' });
  const provider = openAiBatches({ baseUrl: 'http://127.0.0.1:9/v1', apiKey: key });
  const signal = new AbortController().signal;
  const made = await provider.create('file', 'token', signal);
  expect(JSON.stringify(made)).not.toContain(key);
  expect(made.ok).toBe(false);
});
