import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as runs from '../../src/lib/server/db/runs.ts';
import { studyNamed } from '../../src/lib/server/services/find.ts';
import { splitStudy } from '../../src/lib/server/services/split-study.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { RUN_DEFAULTS, startRun, type RunOptions } from '../../src/lib/server/services/run/start-run.ts';
import { startFakeOpenAi, type FakeOpenAi, type FakeOpenAiOptions } from '../fakes/openai-server.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
let fake: FakeOpenAi;
let truth: Map<string, number>;
beforeAll(async () => {
  test = await openTestLab();
  fake = await startFakeOpenAi();
  await makeDataset(test, 'pictures', { count: 12 });
  await makeStudy(test, 'pictures', 'single', 'single-stimulus');
  await makeStudy(test, 'pictures', 'pairs', 'double-stimulus', { pairsPerImage: 3 });
  const rows = await rowsOf<{ sha256: string; mos: number }>(
    test.lab.db,
    sql`select image_sha256 as sha256, mos from stimuli`
  );
  truth = new Map(rows.map(({ sha256, mos }) => [sha256, mos]));
});
afterAll(async () => {
  await fake.stop();
  await test.remove();
});

async function run(study: string, behaviour: FakeOpenAiOptions, more: Partial<RunOptions>) {
  fake.behave({ truth, ...behaviour });
  const from = fake.requests.length;
  const { sessionId } = await startRun(test.lab, {
    ...RUN_DEFAULTS,
    study,
    model: 'fake',
    baseUrl: fake.url,
    strategy: 'standard',
    concurrency: 2,
    ...more
  });
  const state = await continueRun(test.lab, sessionId);
  const row = await runs.byId(test.lab.db, sessionId);
  const responses = await rowsOf<{
    outcome: string;
    facts: { capturedMass: number } | null;
    reason: string | null;
  }>(
    test.lab.db,
    sql`select r.outcome, r.facts, r.reason from responses r join presentations p on p.id = r.presentation_id
      where p.session_id = ${sessionId}`
  );
  return {
    sessionId,
    state,
    notes: row?.notes,
    reason: row?.stateReason,
    requests: fake.requests.slice(from),
    responses
  };
}

describe('json', () => {
  it('asks for the schema; an endpoint that refuses it is asked in words, and the run says so', async () => {
    const plain = await run('single', {}, { readout: 'json' });
    expect(plain).toMatchObject({ state: 'completed', notes: [] });
    expect(plain.requests.every((request) => request.readout === 'json')).toBe(true);
    const refused = await run(
      'single',
      { structuredOutputs: 'reject' },
      { readout: 'json', model: 'refuses' }
    );
    expect(refused.state).toBe('completed');
    expect(refused.notes).toEqual([expect.stringContaining('refuses structured output')]);
    expect(refused.responses.every(({ outcome }) => outcome === 'ok')).toBe(true);
    // Those that were out together found out together; nobody asked for the schema again.
    expect(refused.requests.filter((request) => request.readout === 'json').length).toBeLessThanOrEqual(2);
    expect(refused.requests.filter((request) => request.status === 200)).toHaveLength(12);
  });

  it('notes an endpoint that takes the schema and answers in prose', async () => {
    const ignored = await run(
      'single',
      { structuredOutputs: 'ignore' },
      { readout: 'json', model: 'ignores' }
    );
    expect(ignored.notes).toEqual([expect.stringContaining('does not keep to it')]);
    expect(ignored.responses.every(({ outcome }) => outcome === 'ok')).toBe(true);
  });
});

describe('logprobs', () => {
  it('keep the captured mass, also of answers that it is too little for', async () => {
    const enough = await run('single', {}, { readout: 'logprobs' });
    expect(enough.responses.every(({ facts }) => Math.abs((facts?.capturedMass ?? 0) - 0.95) < 0.01)).toBe(
      true
    );
    const strict = await run('single', {}, { readout: 'logprobs', massThreshold: 0.97 });
    expect(strict.state).toBe('completed');
    for (const { outcome, facts, reason } of strict.responses) {
      expect(outcome).toBe('unparseable');
      expect(facts?.capturedMass).toBeCloseTo(0.95, 2);
      expect(reason).toContain('97 % are needed');
    }
  });

  it('are missing, and said to be, where the endpoint sends none', async () => {
    const none = await run('single', { logprobs: false }, { readout: 'logprobs', model: 'silent' });
    expect(none.notes).toEqual([expect.stringContaining('no token probabilities')]);
    expect(none.responses.every(({ outcome }) => outcome === 'unparseable')).toBe(true);
  });
});

describe('results taken apart', () => {
  it('by repeat, order and temperature, from the options of the runs', async () => {
    const options = { repeats: 2, bothOrders: true, model: 'swept' };
    for (const temperature of [0, 1]) await run('pairs', {}, { ...options, temperature });
    const study = await studyNamed(test.lab.db, 'pairs');
    const levels = async (by: 'repeat' | 'order' | 'temperature') =>
      (await splitStudy(test.lab, study, by)).rows.map(({ level, usable, srcc }) => [
        level,
        usable,
        (srcc ?? 0) > 0.9
      ]);
    expect(await levels('repeat')).toEqual([
      ['repeat 1', 72, true],
      ['repeat 2', 72, true],
      ['repeat 1', 72, true],
      ['repeat 2', 72, true]
    ]);
    expect((await levels('order')).map(([level]) => level)).toEqual([
      'as planned',
      'swapped',
      'as planned',
      'swapped'
    ]);
    expect(await levels('temperature')).toEqual([
      ['T 0', 144, true],
      ['T 1', 144, true]
    ]);
  });
});
