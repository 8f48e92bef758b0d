import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cachedResults } from '../../src/lib/server/services/cached-results.ts';
import { studyNamed } from '../../src/lib/server/services/find.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { findRun } from '../../src/lib/server/services/run/find-run.ts';
import { planRun } from '../../src/lib/server/services/run/plan-run.ts';
import { showTranscripts } from '../../src/lib/server/services/run/show-transcripts.ts';
import { RUN_DEFAULTS, startRun, type RunOptions } from '../../src/lib/server/services/run/start-run.ts';
import { testConnection } from '../../src/lib/server/services/run/test-connection.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
import { recordResponse } from '../../src/lib/server/services/sitting/record-response.ts';
import * as sessions from '../../src/lib/server/db/sessions.ts';
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
});
afterAll(async () => {
  await fake.stop();
  await test.remove();
});

const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  ...RUN_DEFAULTS,
  study: 'pairs',
  model: 'fake',
  baseUrl: fake.url,
  strategy: 'standard',
  ...more
});

describe('testing a connection', () => {
  it('sends one real trial, says what came back and how it is read, and stores nothing', async () => {
    fake.behave({ answer: () => 'Score: 1' });
    const before = fake.requests.length;
    const said = await testConnection(test.lab, options());
    expect(said).toMatchObject({
      ok: true,
      reportedModel: 'fake',
      said: 'Score: 1',
      judgment: { outcome: 'ok', answer: { kind: 'choice', choice: 'first' } }
    });
    expect(fake.requests.slice(before).map((request) => request.imageSha256)).toEqual([
      said.pictures.map((picture) => picture.sha256)
    ]);
    expect((await studyNamed(test.lab.db, 'pairs')).lockedAt).toBeNull();
  });

  it('says what is wrong, and what to do about it', async () => {
    fake.behave({ apiKey: 'sk-right' });
    expect(await testConnection(test.lab, options())).toMatchObject({
      ok: false,
      status: 401,
      advice: expect.stringContaining('wants a key') as string
    });
    fake.behave({ answer: () => 'Hm.' });
    expect(await testConnection(test.lab, options())).toMatchObject({
      ok: true,
      judgment: { outcome: 'unparseable' }
    });
    expect(await testConnection(test.lab, options({ baseUrl: 'http://127.0.0.1:9/v1' }))).toMatchObject({
      ok: false,
      status: null,
      kind: 'connection'
    });
    await expect(testConnection(test.lab, options({ model: ' ' }))).rejects.toThrow(/needs a name/);
  });
});

describe('an estimate', () => {
  it('speaks of the trials that a run then asks', async () => {
    const estimate = await planRun(test.lab, options({ bothOrders: true, repeats: 2 }));
    fake.behave({ answer: () => 'Score: 2' });
    const { sessionId } = await startRun(test.lab, options({ model: 'twice', bothOrders: true, repeats: 2 }));
    expect(estimate.requests).toBe((await sessions.progress(test.lab.db, sessionId)).total);
    expect(estimate.pictures).toBe(2 * estimate.requests);
    await expect(planRun(test.lab, options({ strategy: 'in-context' }))).rejects.toThrow(/demonstration/);
  });
});

describe('transcripts', () => {
  it('show what was sent in order, what came back, and what people said of the same trial', async () => {
    let n = 0;
    fake.behave({ answer: () => (n++ % 4 === 3 ? "I'm sorry, but I can't assist with that." : 'Score: 0') });
    const before = fake.requests.length;
    const { sessionId } = await startRun(test.lab, options({ model: 'told', concurrency: 1 }));
    const first = await cachedResults(test.lab, await studyNamed(test.lab.db, 'pairs'));
    expect(await continueRun(test.lab, sessionId)).toBe('completed');

    const study = await studyNamed(test.lab.db, 'pairs');
    const second = await cachedResults(test.lab, study);
    expect(second).not.toBe(first);
    expect(await cachedResults(test.lab, study)).toBe(second);

    // One person, who always finds the stimulus better whose MOS is higher (names rise with it).
    const [token] = await invite(test.lab, { study: 'pairs', count: 1, kind: 'personal' });
    const opened = await openSession(test.lab, token as string, { version: '1', device: null });
    if (!opened.ok) throw new Error(opened.reason);
    for (const { position, stimuli } of await sessions.nextPending(test.lab.db, opened.session.id, 1000)) {
      const [a, b] = stimuli as [number, number];
      const answer = { kind: 'choice', choice: a > b ? 'first' : 'second' };
      await recordResponse(test.lab, opened.session, study, {
        position,
        answer,
        responseTimeMs: null,
        presentedAt: null
      });
    }

    const found = await findRun(test.lab, String(sessionId));
    const all = await showTranscripts(test.lab, found, { outcome: null, position: null }, 0, 100);
    const sent = fake.requests.slice(before);
    expect(all.total).toBe(sent.length);
    for (const [i, row] of all.rows.entries()) {
      expect(row.sent?.flatMap((part) => (part.type === 'image' ? [part.sha256] : []))).toEqual(
        sent[i]?.imageSha256
      );
      const [a, b] = row.judged.map((picture) => picture.mos as number) as [number, number];
      expect(row.people).toEqual({
        kind: 'choices',
        n: 1,
        first: a > b ? 1 : 0,
        second: a > b ? 0 : 1,
        same: 0
      });
      expect(JSON.parse(row.corpusCase)).toMatchObject({ protocol: 'double-stimulus', text: row.content });
    }
    // Told first 1, same ½, second 0 in the trial's order: "0" is second, people were all of one mind.
    const ok = all.rows.filter((row) => row.outcome === 'ok');
    expect(
      ok.every(
        (row) => row.disagreement === (row.people.kind === 'choices' && row.people.second === 1 ? 0 : 1)
      )
    ).toBe(true);
    const against = await showTranscripts(
      test.lab,
      found,
      { outcome: null, position: null, disagreement: 0.5 },
      0,
      100
    );
    expect(against.total).toBe(ok.filter((row) => row.disagreement === 1).length);
    expect(against.rows.every((row) => row.disagreement === 1)).toBe(true);
    const sorted = await showTranscripts(
      test.lab,
      found,
      { outcome: null, position: null, by: 'disagreement' },
      0,
      100
    );
    const told = sorted.rows.map((row) => row.disagreement ?? -1);
    expect(told).toEqual([...told].sort((a, b) => b - a));

    const missing = await showTranscripts(test.lab, found, { outcome: 'missing', position: null }, 0, 2);
    expect(missing.total).toBe(Math.floor(sent.length / 4));
    expect(missing.rows.every((row) => row.outcome === 'refused')).toBe(true);
    const one = await showTranscripts(test.lab, found, { outcome: null, position: 5 }, 0, 1);
    expect(one.rows.map((row) => row.position)).toEqual([5]);
  });
});
