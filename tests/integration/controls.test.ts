import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chanceFloor } from '../../src/lib/domain/results/chance-floor.ts';
import { headline } from '../../src/lib/domain/results/headline.ts';
import * as runs from '../../src/lib/server/db/runs.ts';
import * as runSummaries from '../../src/lib/server/db/run-summaries.ts';
import { analyseStudy } from '../../src/lib/server/services/analyse-study.ts';
import { studyNamed } from '../../src/lib/server/services/find.ts';
import { continueRun } from '../../src/lib/server/services/run/continue-run.ts';
import { findRun } from '../../src/lib/server/services/run/find-run.ts';
import { showTranscripts } from '../../src/lib/server/services/run/show-transcripts.ts';
import { RUN_DEFAULTS, startRun, type RunOptions } from '../../src/lib/server/services/run/start-run.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset, makeStudy } from './world.ts';

let test: TestLab;
let fake: FakeOpenAi;
beforeAll(async () => {
  test = await openTestLab();
  fake = await startFakeOpenAi();
  await makeDataset(test, 'pictures', { count: 30 });
  await makeDataset(test, 'with-references', { count: 12, references: 3 });
  await makeStudy(test, 'pictures', 'pairs', 'double-stimulus', { pairsPerImage: 3 });
  await makeStudy(test, 'pictures', 'single', 'single-stimulus');
  await makeStudy(test, 'with-references', 'groups', 'multiple-stimulus', { groupsPerImage: 2 });
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
  ...more
});

describe('random answers', () => {
  it('sit a study of every protocol like a model, ask nobody, and are labelled', async () => {
    for (const study of ['single', 'pairs', 'groups']) {
      const before = fake.requests.length;
      const started = await startRun(
        test.lab,
        options(study, { control: 'random-answers', model: '', baseUrl: '', maxCost: 1 })
      );
      expect(started.observer).toBe('random answers (control)');
      expect(await continueRun(test.lab, started.sessionId)).toBe('completed');
      expect(fake.requests.length).toBe(before);
      const summary = await runSummaries.summary(test.lab.db, started.sessionId);
      expect(summary?.outcomes).toEqual({ ok: summary?.total });
      const spent = await runSummaries.spent(test.lab.db, started.sessionId);
      expect(spent).toMatchObject({ completions: summary?.total, cost: 0, tokensIn: 0 });
      const results = await analyseStudy(test.lab, await studyNamed(test.lab.db, study));
      const [one] = results.observers;
      expect(one).toMatchObject({ kind: 'synthetic', simulated: true, control: 'random-answers' });
      // A control is no candidate for the sentence, and stands with the floor.
      expect(headline(results).sentence).not.toContain('random answers');
      const floor = chanceFloor(results);
      expect(floor.controls).toMatchObject([{ observer: 'random answers (control)', srcc: one?.srcc }]);
      expect(floor.srcc95).toBeGreaterThan(0.3);
    }
  });

  it('go on from the session’s seed: taken up again, they answer as they would have', async () => {
    const started = await startRun(test.lab, options('pairs', { control: 'random-answers', repeats: 2 }));
    await continueRun(test.lab, started.sessionId);
    const found = await findRun(test.lab, String(started.sessionId));
    const { rows } = await showTranscripts(test.lab, found, { outcome: null, position: null }, 0, 500);
    const half = rows.length / 2;
    const said = rows.map((row) => row.content);
    expect(said.slice(0, half)).not.toEqual(said.slice(half));
    expect(new Set(said).size).toBe(3);
  });
});

describe('shuffled images', () => {
  it('show every stimulus in another’s place, the prompt unchanged, and say so in the transcript', async () => {
    fake.behave({ answer: () => 'Score: 1' });
    const honest = await startRun(test.lab, options('pairs'));
    await continueRun(test.lab, honest.sessionId);
    const texts = new Set(fake.requests.map((request) => request.text));
    const before = fake.requests.length;
    const started = await startRun(
      test.lab,
      options('pairs', { control: 'shuffled-images', concurrency: 1 })
    );
    expect(started.observer).toBe('fake · standard · shuffled images (control)');
    await continueRun(test.lab, started.sessionId);
    const sent = fake.requests.slice(before);
    expect(new Set([...texts, ...sent.map((request) => request.text)]).size).toBe(texts.size);
    const run = await runs.byId(test.lab.db, started.sessionId);
    const shown = run?.shownInstead as Record<string, number>;
    expect(Object.keys(shown)).toHaveLength(30);
    expect(Object.entries(shown).every(([judged, instead]) => Number(judged) !== instead)).toBe(true);
    const found = await findRun(test.lab, String(started.sessionId));
    const { rows } = await showTranscripts(test.lab, found, { outcome: null, position: null }, 0, 500);
    for (const [i, row] of rows.entries()) {
      const images = row.sent?.flatMap((part) => (part.type === 'image' ? [part] : [])) ?? [];
      expect(images.map((picture) => picture.sha256)).toEqual(sent[i]?.imageSha256);
      for (const [place, picture] of images.entries()) {
        expect(picture.name).not.toBe(row.judged[place]?.name);
        expect(picture.role).toContain('in place of');
      }
    }
  });

  it('lose what an ideal observer would have found', async () => {
    const { stimuli } = await analyseStudy(test.lab, await studyNamed(test.lab.db, 'pairs'));
    const truth = new Map(stimuli.map((one) => [one.sha256, one.mos as number]));
    fake.behave({ truth });
    const honest = await startRun(test.lab, options('pairs', { model: 'ideal' }));
    await continueRun(test.lab, honest.sessionId);
    const control = await startRun(
      test.lab,
      options('pairs', { model: 'ideal', control: 'shuffled-images' })
    );
    await continueRun(test.lab, control.sessionId);
    const results = await analyseStudy(test.lab, await studyNamed(test.lab.db, 'pairs'));
    const srcc = (id: number) => results.observers.find((one) => one.sessionId === id)?.srcc as number;
    expect(srcc(honest.sessionId)).toBeGreaterThan(0.9);
    expect(Math.abs(srcc(control.sessionId))).toBeLessThan(0.6);
    expect(headline(results).sentence).toContain('ideal · standard orders');
  });

  it('change places only within a reference', async () => {
    fake.behave({ answer: () => 'Score: [first: 0, second: 1, third: 2, fourth: 3]' });
    const started = await startRun(test.lab, options('groups', { control: 'shuffled-images' }));
    const study = await studyNamed(test.lab.db, 'groups');
    const { stimuli } = await analyseStudy(test.lab, study);
    const reference = new Map(stimuli.map((one) => [one.id, one.reference]));
    const run = await runs.byId(test.lab.db, started.sessionId);
    for (const [judged, instead] of Object.entries(run?.shownInstead ?? {})) {
      expect(reference.get(instead)).toBe(reference.get(Number(judged)));
    }
    expect(await continueRun(test.lab, started.sessionId)).toBe('completed');
  });
});
