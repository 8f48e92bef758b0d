import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openLab } from '../../src/lib/server/lab.ts';
import * as budgets from '../../src/lib/server/db/budgets.ts';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as runs from '../../src/lib/server/db/runs.ts';
import * as runSummaries from '../../src/lib/server/db/run-summaries.ts';
import type { Lab } from '../../src/lib/server/services/lab.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { resumeRun } from '../../src/lib/server/services/run/control-run.ts';
import { openPaceStore, type PaceStore } from '../../src/lib/server/services/run/pace-store.ts';
import { paceKey } from '../../src/lib/server/services/run/prepare-run.ts';
import { RUN_DEFAULTS, startRun, type RunOptions } from '../../src/lib/server/services/run/start-run.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
/** A further process: on PostgreSQL with everything of its own; on the embedded database there can be only one. */
let other: Lab & { close?: () => Promise<void> };
let fake: FakeOpenAi;
beforeAll(async () => {
  test = await openTestLab();
  other =
    test.config.databaseUrl === null
      ? { ...test.lab, processId: 'other' }
      : await openLab(test.config, { works: false });
  await makeDataset(test, 'pictures', { count: 12 });
  await makeStudy(test, 'pictures', 'pairs', 'double-stimulus', { pairsPerImage: 4 });
});
afterAll(async () => {
  if (test.config.databaseUrl !== null) await other.close?.();
  await test.remove();
});
beforeEach(async () => {
  fake = await startFakeOpenAi();
  return () => fake.stop();
});

const TRIALS = 48;
let names = 0;
function options(more: Partial<RunOptions> = {}): RunOptions {
  return {
    ...RUN_DEFAULTS,
    study: 'pairs',
    model: 'fake',
    // Another observer each time, by a parameter that the fake passes over.
    seed: names++,
    baseUrl: fake.url,
    strategy: 'standard',
    concurrency: 4,
    ...more
  };
}

async function start(more: Partial<RunOptions> = {}): Promise<number> {
  return (await startRun(test.lab, options(more))).sessionId;
}

async function paid(...sessionIds: number[]): Promise<number> {
  const each = await Promise.all(sessionIds.map((id) => runSummaries.spent(test.lab.db, id)));
  return each.reduce((sum, one) => sum + one.cost, 0);
}

describe('pace', () => {
  it('is one for all runs and processes that ask a model at an endpoint', async () => {
    const limits = { requestsPerMinute: 1200, concurrency: 16 };
    const [one, two] = [await start(limits), await start(limits)];
    const arrivals: number[] = [];
    fake.behave({
      answer: () => {
        arrivals.push(performance.now());
        return 'Score: 1';
      }
    });
    expect(await Promise.all([continueRun(test.lab, one), continueRun(other, two)])).toEqual([
      'completed',
      'completed'
    ]);
    expect(arrivals).toHaveLength(2 * TRIALS);
    // 50 ms apart. What one process lost it may make up for, by half a second.
    const took = Math.max(...arrivals) - Math.min(...arrivals);
    expect(took).toBeGreaterThan((2 * TRIALS - 1) * 50 - 600);
  });

  it('counts tokens by what answers needed, not by what was guessed', async () => {
    const each = { tokensPerMinute: 0, concurrency: 8 };
    // The fake's own usage, found with a first run; the limit is then ten requests a second.
    const first = await start();
    await continueRun(test.lab, first);
    const { tokensIn, tokensOut } = await runSummaries.spent(test.lab.db, first);
    each.tokensPerMinute = ((tokensIn + tokensOut) / TRIALS) * 600;
    const [one, two] = [await start(each), await start(each)];
    const arrivals: number[] = [];
    fake.behave({
      answer: () => {
        arrivals.push(performance.now());
        return 'Score: 1';
      }
    });
    await Promise.all([continueRun(test.lab, one), continueRun(other, two)]);
    const took = Math.max(...arrivals) - Math.min(...arrivals);
    expect(took).toBeGreaterThan((2 * TRIALS - 1) * 100 - 1000);
  });

  it('keeps everybody silent for as long as an endpoint asked', async () => {
    let refusedAt = 0;
    const arrivals: number[] = [];
    fake.behave({ faults: [{ kind: 'rate-limit', first: 1, retryAfterSeconds: 3 }], latencyMs: [5, 20] });
    const [one, two] = [await start({ concurrency: 1 }), await start({ concurrency: 2 })];
    const watch = setInterval(() => {
      const now = performance.now();
      if (refusedAt === 0 && (fake.counts()['rate-limit'] ?? 0) > 0) refusedAt = now;
      arrivals.push(fake.requests.length);
    }, 100);
    await Promise.all([continueRun(test.lab, one), continueRun(other, two)]);
    clearInterval(watch);
    // A second after the refusal everybody has heard of it, and for more than a second nothing came.
    const longest = longestPlateau(arrivals);
    expect(longest).toBeGreaterThanOrEqual(12);
    expect(fake.counts().answered).toBe(2 * TRIALS);
  });
});

/** The longest row of equal numbers. */
function longestPlateau(values: readonly number[]): number {
  let longest = 0;
  let length = 0;
  values.forEach((value, i) => {
    length = i > 0 && values[i - 1] === value ? length + 1 : 0;
    longest = Math.max(longest, length);
  });
  return longest;
}

const breakerOf = (store: PaceStore) => store.change((state) => ({ state, result: state.breaker }));

describe('a silent endpoint', () => {
  it('pauses a run with the reason, and blames no presentation', async () => {
    const { port } = new URL(fake.url);
    await fake.stop();
    const sessionId = await start({ baseUrl: `http://127.0.0.1:${port}/v1` });
    const run = (await runs.byId(test.lab.db, sessionId)) as runs.Run;
    const store = await openPaceStore(test.lab, paceKey(run));
    const working = continueRun(test.lab, sessionId);
    while (store.view().breaker === null) await new Promise((resolve) => setTimeout(resolve, 20));
    // The tries that take half a minute are passed over, except the last.
    await store.change((state, now) => ({
      state: {
        ...state,
        breaker: { openUntil: now, probesFailed: 4, probeUntil: 0, reason: 'no connection' }
      },
      result: null
    }));
    expect(await working).toBe('paused');
    const summary = await runSummaries.summary(test.lab.db, sessionId);
    expect(summary?.done).toBe(0);
    expect(summary?.stateReason).toMatch(/does not answer \(no connection: ECONNREFUSED\); resume/);
    expect(summary?.failures).toBeLessThan(30);
    // Somebody lets it go on: one request finds out, and nothing has changed.
    await resumeRun(test.lab, sessionId);
    const failures = summary?.failures ?? 0;
    const again = continueRun(test.lab, sessionId);
    while (((await runSummaries.summary(test.lab.db, sessionId))?.failures ?? 0) === failures) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await breakerOf(store))?.probesFailed).toBeLessThanOrEqual(2);
    await store.change((state) => ({ state: { ...state, breaker: null }, result: null }));
    await runs.transition(test.lab.db, sessionId, ['running'], 'cancelled', null);
    await again;
    store.close();
  });

  it('is asked by one request at a time until it answers, and then by all', async () => {
    const sessionId = await start();
    const run = (await runs.byId(test.lab.db, sessionId)) as runs.Run;
    const store = await openPaceStore(test.lab, paceKey(run));
    await store.change((state, now) => ({
      state: { ...state, breaker: { openUntil: now, probesFailed: 1, probeUntil: 0, reason: 'gone' } },
      result: null
    }));
    expect(await continueRun(test.lab, sessionId)).toBe('completed');
    expect(await breakerOf(store)).toBeNull();
    expect(fake.requests).toHaveLength(TRIALS);
    store.close();
  });
});

describe('a cap', () => {
  // The fake counts its own tokens: at these prices each is a thousandth of a dollar or so.
  const prices = { priceIn: 1000, priceOut: 2000 };

  it('shared by runs of two processes is not passed by a cent, and what is counted are the rows', async () => {
    const free = await start(prices);
    await continueRun(test.lab, free);
    const whole = await paid(free);
    const maxCost = Math.round(whole * 100) / 100;
    const budgetId = await budgets.create(test.lab.db, { maxCost, maxTokens: null });
    const [one, two] = [await start({ ...prices, budgetId }), await start({ ...prices, budgetId })];
    const states = await Promise.all([continueRun(test.lab, one), continueRun(other, two)]);
    expect(states).toContain('capped');
    const cost = await paid(one, two);
    expect(cost).toBeLessThanOrEqual(maxCost);
    // A request or two short of it, not more: held money is given back.
    expect(cost).toBeGreaterThan(maxCost * 0.75);
    expect((await budgets.byId(test.lab.db, budgetId))?.countedCost).toBeCloseTo(cost, 8);

    for (const id of [one, two]) {
      const run = await runs.byId(test.lab.db, id);
      if (run?.state === 'capped') await resumeRun(test.lab, id, { maxCost: 3 * whole });
    }
    for (const id of [one, two]) await continueRun(test.lab, id);
    expect(await paid(one, two)).toBeCloseTo(2 * whole, 8);
    expect((await budgets.byId(test.lab.db, budgetId))?.countedCost).toBeCloseTo(2 * whole, 8);
    expect(fake.counts().answered).toBe(3 * TRIALS);
  });

  it('in tokens stops a run as well', async () => {
    const maxTotalTokens = 2000;
    const sessionId = await start({ maxTotalTokens });
    expect(await continueRun(test.lab, sessionId)).toBe('capped');
    const { tokensIn, tokensOut } = await runSummaries.spent(test.lab.db, sessionId);
    expect(tokensIn + tokensOut).toBeLessThanOrEqual(maxTotalTokens);
    expect(tokensIn + tokensOut).toBeGreaterThan(maxTotalTokens / 2);
    expect((await runs.byId(test.lab.db, sessionId))?.stateReason).toContain('2000 tokens');
  });

  it('counts as paid what a killed process held', async () => {
    const free = await start(prices);
    await continueRun(test.lab, free);
    const whole = await paid(free);
    const sessionId = await start({ ...prices, maxCost: whole * 1.2 });
    const { budgetId } = (await runs.byId(test.lab.db, sessionId)) as runs.Run;
    // As a process leaves it that had half of the cap in its hands when it was killed.
    const held = { cost: whole * 0.6, tokens: 1 };
    expect(await budgets.count(test.lab.db, budgetId as number, sessionId, held)).toBe(true);
    expect(await continueRun(test.lab, sessionId)).toBe('capped');
    expect(await paid(sessionId)).toBeLessThanOrEqual(whole * 0.6 + 1e-9);
    expect((await budgets.byId(test.lab.db, budgetId as number))?.countedCost).toBeLessThanOrEqual(
      whole * 1.2 + 1e-9
    );
    // Nobody else can count beyond it either.
    expect(await budgets.count(test.lab.db, budgetId as number, sessionId, { cost: whole, tokens: 0 })).toBe(
      false
    );
  });

  it('holds when requests of many are counted at the same moment', async () => {
    const sessionId = await start({ ...prices, maxCost: 1 });
    const { budgetId } = (await runs.byId(test.lab.db, sessionId)) as runs.Run;
    const counted = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        budgets.count((i % 2 ? test.lab : other).db, budgetId as number, sessionId, { cost: 0.03, tokens: 0 })
      )
    );
    expect(counted.filter(Boolean)).toHaveLength(33);
    const [row] = await rowsOf<{ cost: number }>(
      test.lab.db,
      sql`select counted_cost as cost from runs where session_id = ${sessionId}`
    );
    expect(row?.cost).toBeCloseTo(0.99, 10);
  });
});
