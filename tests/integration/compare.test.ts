import { afterAll, beforeAll, expect, it } from 'vitest';
import { positionsOf } from '../../src/lib/server/db/transcripts.ts';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import type { Study } from '../../src/lib/server/db/studies.ts';
import { cachedResults } from '../../src/lib/server/services/cached-results.ts';
import { compareObservers } from '../../src/lib/server/services/compare-observers.ts';
import { importScores } from '../../src/lib/server/services/metrics/import-scores.ts';
import { spearman } from '../../src/lib/stats/correlation.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { satStudy } from './sat-study.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset } from './world.ts';

let test: TestLab;
let endpoint: FakeOpenAi;
let scores: Study;
let pairs: Study;
beforeAll(async () => {
  endpoint = await startFakeOpenAi({});
  test = await openTestLab();
  await makeDataset(test, 'plain', { count: 10 });
  const made = (name: string, protocol: 'single-stimulus' | 'double-stimulus') =>
    satStudy(test, { dataset: 'plain', name, protocol, people: 3, endpoint: endpoint.url });
  scores = await made('scores', 'single-stimulus');
  pairs = await made('pairs', 'double-stimulus');
});
afterAll(async () => {
  await test.remove();
  await endpoint.stop();
});

it('people of one study stand beside people of another on the stimuli that both judged', async () => {
  expect(await datasets.byName(test.lab.db, 'plain')).not.toBeNull();
  const { observers, two, plot } = await compareObservers(test.lab, scores, {
    a: 'people',
    b: 'people (pairs)',
    other: pairs
  });
  expect(observers.map(({ observer }) => observer)).toContain('people (pairs)');
  expect(two?.n).toBe(10);
  expect(two?.test?.family).toContain('people (pairs)');
  expect(plot?.plot?.table.rows).toHaveLength(10);
});

it('the transcript of a stimulus is found in the run', async () => {
  const { observers, two } = await compareObservers(test.lab, scores, { a: null, b: null, other: null });
  const run = observers.find(({ kind }) => kind === 'run')?.run as number;
  const ids = two?.differences.map(({ stimulus }) => stimulus.id) ?? [];
  const positions = await positionsOf(test.lab.db, run, ids);
  expect(positions.size).toBe(ids.length);
  expect(new Set(positions.values()).size).toBe(ids.length);
  expect(await positionsOf(test.lab.db, run, [])).toEqual(new Map());
});

it('a metric for which lower is better stands beside people, turned, on the stimuli that it knows', async () => {
  // As good as the MOS itself, upside down; of two pictures nothing is known.
  const rows = Array.from(
    { length: 8 },
    (_, i) => `secret-name-${String(i).padStart(4, '0')}.png,${50 - 3 * i}\n`
  );
  const bytes = (async function* () {
    yield new TextEncoder().encode(`stimulus,Blur\n${rows.join('')}`);
  })();
  await importScores(test.lab, { label: 'scores.csv', bytes }, { dataset: 'plain', lowerIsBetter: ['Blur'] });
  const { stimuli } = await cachedResults(test.lab, scores);
  const known = stimuli.filter(({ stimulus }) => Number(/(\d+)\.png$/.exec(stimulus)?.[1]) < 8);
  expect(known).toHaveLength(8);
  const expected = spearman(
    known.map(({ mos }) => mos as number),
    known.map(({ values }) => values['people']?.value as number)
  );
  const { b, two, plot } = await compareObservers(test.lab, scores, {
    a: 'people',
    b: 'metric Blur',
    other: null
  });
  expect(b).toMatchObject({ kind: 'metric', unit: 'value, turned', run: null });
  expect(two?.n).toBe(8);
  expect(two?.srcc).toBeCloseTo(expected as number, 12);
  expect(two?.test?.family).toEqual(expect.arrayContaining(['people', 'metric Blur']));
  // Turned: the better picture has the higher value.
  const worst = two?.points.find(({ name }) => name.includes('0000'));
  const best = two?.points.find(({ name }) => name.includes('0007'));
  expect([worst?.b, best?.b]).toEqual([-50, -29]);
  expect(plot?.plot?.table.rows).toHaveLength(8);
});
