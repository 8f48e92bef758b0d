import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyseStudy } from '../../src/lib/server/services/analyse-study.ts';
import * as sessions from '../../src/lib/server/db/sessions.ts';
import { studyNamed } from '../../src/lib/server/services/find.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { findRun } from '../../src/lib/server/services/run/find-run.ts';
import { showTranscripts } from '../../src/lib/server/services/run/show-transcripts.ts';
import { RUN_DEFAULTS, startRun } from '../../src/lib/server/services/run/start-run.ts';
import { showThumbnail } from '../../src/lib/server/services/show-image.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
import { recordResponse } from '../../src/lib/server/services/sitting/record-response.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
let fake: FakeOpenAi;
beforeAll(async () => {
  test = await openTestLab();
  fake = await startFakeOpenAi();
  await makeDataset(test, 'pictures', { count: 8 });
  await makeStudy(test, 'pictures', 'groups', 'multiple-stimulus', { groupsPerImage: 1 });
  await makeStudy(test, 'pictures', 'small', 'single-stimulus', { maxSidePx: 16 });
});
afterAll(async () => {
  await fake.stop();
  await test.remove();
});

async function transcriptsOf(study: string, more: { readout?: 'text' | 'logprobs' } = {}) {
  const { sessionId } = await startRun(test.lab, {
    ...RUN_DEFAULTS,
    study,
    model: 'fake',
    baseUrl: fake.url,
    strategy: 'standard',
    concurrency: 1,
    ...more
  });
  expect(await continueRun(test.lab, sessionId)).toBe('completed');
  const found = await findRun(test.lab, String(sessionId));
  return (filter: Partial<Parameters<typeof showTranscripts>[2]>) =>
    showTranscripts(test.lab, found, { outcome: null, position: null, ...filter }, 0, 100);
}

it('tells how far a ranking is from people’s, whatever the order shown', async () => {
  const study = await studyNamed(test.lab.db, 'groups');
  const [token] = await invite(test.lab, { study: 'groups', count: 1, kind: 'personal' });
  const opened = await openSession(test.lab, token as string, { version: '1', device: null });
  if (!opened.ok) throw new Error(opened.reason);
  const ranksOf = (ids: readonly number[]) => {
    const sorted = [...ids].sort((a, b) => a - b);
    return ids.map((id) => sorted.indexOf(id));
  };
  for (const { position, stimuli } of await sessions.nextPending(test.lab.db, opened.session.id, 1000)) {
    await recordResponse(test.lab, opened.session, study, {
      position,
      answer: { kind: 'ranking', ranks: ranksOf(stimuli) },
      responseTimeMs: null,
      presentedAt: null
    });
  }
  const { stimuli } = await analyseStudy(test.lab, study);
  // As people see it in truth; then the model that turns everything round.
  fake.behave({ truth: new Map(stimuli.map((one) => [one.sha256, one.mos as number])) });
  const same = await transcriptsOf('groups');
  const { rows } = await same({});
  expect(rows.map((row) => row.disagreement)).toEqual(rows.map(() => 0));
  fake.behave({ truth: new Map(stimuli.map((one) => [one.sha256, 100 - (one.mos as number)])) });
  const opposite = await transcriptsOf('groups');
  // |3−0|, |2−1|, |1−2|, |0−3| over 3, on average.
  for (const { disagreement } of (await opposite({})).rows) expect(disagreement).toBeCloseTo(2 / 3, 9);
  expect((await opposite({ disagreement: 0.7 })).total).toBe(0);
});

it('shows the small copy that was sent where a study makes pictures smaller', async () => {
  fake.behave({ answer: () => 'Score: 50' });
  const before = fake.requests.length;
  const of = await transcriptsOf('small');
  const { rows } = await of({});
  const sent = fake.requests.slice(before).map((request) => request.imageSha256);
  expect(rows.map((row) => row.judged.map((picture) => picture.sha256))).toEqual(sent);
  const [first] = sent.flat();
  expect((await showThumbnail(test.lab, first as string))?.mediaType).toBe('image/webp');
});

it('filters and orders by how sure the model was', async () => {
  let n = 0;
  fake.behave({ truth: () => [100, 90, 60, 12][n++ % 4] });
  const of = await transcriptsOf('small', { readout: 'logprobs' });
  const { rows } = await of({ by: 'confidence' });
  const sure = rows.map((row) => row.confidence as number);
  expect(sure).toEqual([...sure].sort((a, b) => a - b));
  expect(new Set(sure.map((one) => one.toFixed(2))).size).toBeGreaterThan(1);
  expect((await of({ confidence: 0.75 })).total).toBe(sure.filter((one) => one <= 0.75).length);
  expect(rows.every((row) => Math.abs((row.capturedMass as number) - 0.95) < 0.01)).toBe(true);
});
