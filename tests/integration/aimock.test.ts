import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as runSummaries from '../../src/lib/server/db/run-summaries.ts';
import * as batches from '../../src/lib/server/db/batches.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { RUN_DEFAULTS, startRun, type RunOptions } from '../../src/lib/server/services/run/start-run.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

// An endpoint that others wrote: what we hold for OpenAI's protocol is not only our own reading of it.

let test: TestLab;
let mock: LLMock;
beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'pictures', { count: 8 });
  await makeStudy(test, 'pictures', 'single', 'single-stimulus');
  await makeStudy(test, 'pictures', 'pairs', 'double-stimulus', { pairsPerImage: 2 });
  mock = new LLMock({ port: 0 });
  mock.onMessage(/comparison result/, { content: 'Score: 0' });
  mock.onMessage(/quality score/, { content: 'Score: 64' });
  await mock.start();
});
afterAll(async () => {
  await mock.stop();
  await test.remove();
});

async function run(study: string, more: Partial<RunOptions> = {}) {
  const { sessionId } = await startRun(test.lab, {
    ...RUN_DEFAULTS,
    study,
    model: 'gpt-4o',
    baseUrl: `${mock.url}/v1`,
    strategy: 'standard',
    ...more
  });
  const state = await continueRun(test.lab, sessionId);
  return { sessionId, state, outcomes: await runSummaries.outcomeCounts(test.lab.db, sessionId) };
}

describe('an independent endpoint', () => {
  it('is asked with pictures and understood', async () => {
    expect(await run('pairs')).toMatchObject({ state: 'completed', outcomes: { ok: 16 } });
    const single = await run('single');
    expect(single).toMatchObject({ state: 'completed', outcomes: { ok: 8 } });
    const summary = await runSummaries.summary(test.lab.db, single.sessionId);
    expect(summary?.last.every(({ answer }) => answer === '64')).toBe(true);
    expect(summary?.tokensIn).toBeGreaterThan(0);
  });

  it('may refuse a request or two before it answers', async () => {
    mock.nextRequestError(429, { message: 'slow down' });
    mock.nextRequestError(500, { message: 'oops' });
    const troubled = await run('single', { model: 'gpt-4.1', concurrency: 1 });
    expect(troubled).toMatchObject({ state: 'completed', outcomes: { ok: 8 } });
    expect((await runSummaries.summary(test.lab.db, troubled.sessionId))?.failures).toBe(2);
  });

  it('takes batches and gives every line back under its id', async () => {
    const { sessionId, state, outcomes } = await run('single', { batch: true, model: 'gpt-4o-mini' });
    expect(state).toBe('completed');
    // It answers every line of a batch with these very words, which are no score.
    expect(outcomes).toEqual({ unparseable: 8 });
    const summary = await runSummaries.summary(test.lab.db, sessionId);
    expect(new Set(summary?.last.map(({ text }) => text))).toEqual(new Set(['Mock batch completion']));
    expect(await batches.ofRun(test.lab.db, sessionId)).toMatchObject([{ state: 'collected', requests: 8 }]);
  });
});
