import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultDesign } from '../../src/lib/domain/study.ts';
import { draftPlan } from '../../src/lib/server/workers/draft-plan.ts';
import { runInWorker, type WorkerOptions } from '../../src/lib/server/workers/run-in-worker.ts';
import {
  analyseAgreement,
  agreementState,
  beginAgreement,
  cancelAgreement
} from '../../src/lib/server/services/analyse-agreement.ts';
import { analyseStudy } from '../../src/lib/server/services/analyse-study.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

const module = new URL('../fixtures/workers/computations.ts', import.meta.url);
const run = (name: 'spin' | 'fail' | 'leave', input: unknown, options: WorkerOptions = {}) =>
  runInWorker(name as never, input as never, { ...options, module }) as Promise<unknown>;

/** Threads that are alive now. */
const threads = () =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;

describe('runInWorker', () => {
  it('computes beside an event loop that goes on ticking', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    const shares: number[] = [];
    await run('spin', 1500, { onProgress: (share) => shares.push(share) });
    clearInterval(timer);
    // 150 if nothing else ran on this machine.
    expect(ticks).toBeGreaterThan(30);
    expect(shares.length).toBeGreaterThan(3);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it('ends the thread at once when aborted, and leaves none behind', async () => {
    const before = threads();
    const controller = new AbortController();
    const endless = run('spin', 3_600_000, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough'))
    });
    await expect(endless).rejects.toThrow('enough');
    expect(threads()).toBe(before);
    await expect(run('spin', 1, { signal: controller.signal })).rejects.toThrow('enough');
    await run('spin', 1);
    expect(threads()).toBe(before);
  });

  it('says what went wrong in the thread', async () => {
    await expect(run('fail', 'no such thing')).rejects.toThrow('no such thing');
    await expect(run('leave', null)).rejects.toThrow(/leave ended with 3/);
  });

  it('lets long ones take turns, and forgets those that gave up waiting', async () => {
    const controller = new AbortController();
    const long = Array.from({ length: 6 }, () =>
      run('spin', 3_600_000, { signal: controller.signal, takesTurns: true })
    );
    const impatient = new AbortController();
    const waiting = run('spin', 1, { signal: impatient.signal, takesTurns: true });
    impatient.abort(new Error('went home'));
    await expect(waiting).rejects.toThrow('went home');
    // Short ones do not wait behind long ones.
    expect(await run('spin', 1)).toBeGreaterThan(0);
    controller.abort(new Error('over'));
    for (const outcome of await Promise.allSettled(long)) expect(outcome.status).toBe('rejected');
    expect(await run('spin', 1, { takesTurns: true })).toBeGreaterThan(0);
  });
});

describe('analyseAgreement', () => {
  let test: TestLab;
  beforeAll(async () => {
    test = await openTestLab();
    await makeDataset(test, 'd', { count: 12 });
  });
  afterAll(() => test.remove());

  it('analyses a study in a thread, once for all who ask, and keeps it', async () => {
    const study = await makeStudy(test, 'd', 'pairs', 'double-stimulus');
    expect(await agreementState(test.lab, study)).toEqual({ state: 'none', share: 0, result: null });
    const [one, other] = await Promise.all([
      analyseAgreement(test.lab, study, { replicates: 10 }),
      analyseAgreement(test.lab, study, { replicates: 10 })
    ]);
    expect(other).toBe(one);
    expect(one).toMatchObject({ study: 'pairs', models: [], people: { value: null } });
    expect(one.noiseFloor.value?.simulations).toBe(200);
    expect(await analyseAgreement(test.lab, study, { replicates: 10 })).toBe(one);
    expect(await agreementState(test.lab, study, { replicates: 10 })).toMatchObject({ state: 'done' });
    // Asked for otherwise, it is another analysis.
    expect(await agreementState(test.lab, study, { replicates: 11 })).toMatchObject({
      state: 'none',
      result: one
    });
    expect((await analyseStudy(test.lab, study)).study).toBe('pairs');
  });

  it('is under way once it was begun, and goes on when somebody who waited for it leaves', async () => {
    const study = await makeStudy(test, 'd', 'begun', 'double-stimulus');
    await beginAgreement(test.lab, study);
    expect((await agreementState(test.lab, study)).state).toBe('running');
    const leaving = new AbortController();
    const wait = analyseAgreement(test.lab, study, { signal: leaving.signal });
    setTimeout(() => leaving.abort(new Error('left')), 20);
    await wait.catch(() => {});
    await expect
      .poll(async () => (await agreementState(test.lab, study)).state, { timeout: 30_000 })
      .toBe('done');
  });

  it('ends for everybody when somebody stops it, and can be asked for again', async () => {
    const study = await makeStudy(test, 'd', 'stopped', 'double-stimulus');
    expect(cancelAgreement(test.lab, study)).toBe(false);
    const waits = [analyseAgreement(test.lab, study), analyseAgreement(test.lab, study)];
    await expect.poll(() => cancelAgreement(test.lab, study)).toBe(true);
    for (const wait of waits) await expect(wait).rejects.toThrow('the computation was stopped');
    expect(await agreementState(test.lab, study)).toMatchObject({ state: 'none', result: null });
    expect(cancelAgreement(test.lab, study)).toBe(false);
    expect((await analyseAgreement(test.lab, study, { replicates: 5 })).study).toBe('stopped');
  });

  it('ends when nobody waits any more', async () => {
    const study = await makeStudy(test, 'd', 'pairs again', 'double-stimulus');
    const controller = new AbortController();
    const given = analyseAgreement(test.lab, study, { signal: controller.signal });
    const other = analyseAgreement(test.lab, study);
    controller.abort(new Error('left'));
    await expect(given).rejects.toThrow('left');
    // The other still waits, and gets it.
    expect((await other).study).toBe('pairs again');
    const late = new AbortController();
    const alone = analyseAgreement(test.lab, study, { seed: 2, signal: late.signal });
    late.abort(new Error('left too'));
    await expect(alone).rejects.toThrow('left too');
    expect((await agreementState(test.lab, study, { seed: 2 })).state).toBe('none');
  });
});

describe('planning in a thread', () => {
  it('gives the trials and the design hash that planning in place gives', async () => {
    const names = Array.from({ length: 400 }, (_, i) => `picture ${i}`);
    const input = {
      design: defaultDesign('double-stimulus', 'no-reference', 7),
      stimuli: names.map((id) => ({ id, referenceId: null })),
      hashes: new Map(names.map((name, i) => [name, i.toString(16).padStart(64, '0')]))
    };
    const inPlace = draftPlan(input);
    if (!inPlace.ok) throw new Error(inPlace.reason);
    expect(inPlace.trials).toHaveLength(2000);
    expect(await runInWorker('draft-plan', input)).toEqual(inPlace);
  });
});
