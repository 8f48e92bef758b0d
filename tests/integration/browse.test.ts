import { afterAll, beforeAll, expect, it } from 'vitest';
import * as activity from '../../src/lib/server/db/activity.ts';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import * as stimuli from '../../src/lib/server/db/stimuli.ts';
import { createSubset } from '../../src/lib/server/services/create-subset.ts';
import { describeDataset } from '../../src/lib/server/services/describe-dataset.ts';
import { describeLab } from '../../src/lib/server/services/describe-lab.ts';
import { planStudy } from '../../src/lib/server/services/plan-study.ts';
import { removeDataset } from '../../src/lib/server/services/remove-dataset.ts';
import { openTestLab, type TestLab } from './support.ts';

let test: TestLab;
let dataset: datasets.Dataset;

/** 10,000 stimuli of 50 references, as rows alone: nothing here looks at pixels. */
beforeAll(async () => {
  test = await openTestLab();
  const { db } = test.lab;
  const made = await datasets.create(db, {
    name: 'large',
    scenario: 'full-reference',
    layout: 'folder',
    mosLow: 0,
    mosHigh: 100
  });
  dataset = made as datasets.Dataset;
  await datasets.update(db, dataset.id, { state: 'ready' });
  const sha = (i: number) => i.toString(16).padStart(64, '0');
  const image = (i: number): datasets.NewImage => ({
    sha256: sha(i),
    byteLength: 1000 + i,
    mediaType: i % 2 === 0 ? 'image/png' : 'image/jpeg',
    widthPx: 100 + (i % 10),
    heightPx: 80,
    channels: 3,
    bitDepth: 8,
    hasAlpha: false,
    telling: i % 100 === 0 ? ['exif'] : [],
    ...(i % 100 === 0
      ? { shownSha256: sha(i + 90_000), shownMediaType: 'image/png', shownWhy: 'metadata-removed' }
      : {})
  });
  const row = (i: number, referenceId: number | null): datasets.NewStimulus => ({
    datasetId: dataset.id,
    name: `${referenceId === null ? 'ref' : 'img'}/${String(i).padStart(5, '0')}.png`,
    imageSha256: sha(i),
    kind: referenceId === null ? 'reference' : 'distorted',
    referenceId,
    mos: referenceId === null ? null : (i % 1000) / 10,
    sigma: referenceId === null ? null : 5 + (i % 7),
    distortion: referenceId === null ? null : `kind ${i % 5}`,
    level: referenceId === null ? null : 1 + (i % 3)
  });
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  for (let from = 0; from < 10_050; from += 1000) {
    await datasets.insertImages(db, range(from, Math.min(from + 1000, 10_050)).map(image));
  }
  const references = await datasets.insertStimuli(
    db,
    range(10_000, 10_050).map((i) => row(i, null))
  );
  for (let from = 0; from < 10_000; from += 1000) {
    await datasets.insertStimuli(
      db,
      range(from, from + 1000).map((i) => row(i, references[i % 50]?.id as number))
    );
  }
});
afterAll(() => test.remove());

it('pages, filters and sorts ten thousand rows, quickly', async () => {
  const { db } = test.lab;
  const started = performance.now();
  const all = await datasets.page(db, dataset.id, { kind: 'distorted' }, 'sigma-down', 120, 60);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(all.total).toBe(10_000);
  expect(all.stimuli.length).toBe(60);
  expect(all.stimuli.every(({ sigma }) => sigma === 11)).toBe(true);

  const spread = await datasets.page(
    db,
    dataset.id,
    { kind: 'distorted', sigmaFrom: 6, sigmaTo: 7 },
    'sigma-up',
    0,
    60
  );
  // σ is 5 + i mod 7.
  expect(spread.total).toBe([...Array(10_000).keys()].filter((i) => i % 7 === 1 || i % 7 === 2).length);
  expect(spread.stimuli.every(({ sigma }) => sigma === 6)).toBe(true);

  const some = await datasets.page(
    db,
    dataset.id,
    { kind: 'distorted', distortion: 'kind 2', level: 1, mosFrom: 10, mosTo: 20, text: 'IMG/0' },
    'mos-up',
    0,
    5
  );
  const expected = Array.from({ length: 10_000 }, (_, i) => i).filter(
    (i) => i % 5 === 2 && i % 3 === 0 && i % 1000 >= 100 && i % 1000 <= 200
  );
  expect(some.total).toBe(expected.length);
  expect(some.stimuli.map(({ mos }) => mos)).toEqual(
    [...some.stimuli.map(({ mos }) => mos)].sort((a, b) => (a ?? 0) - (b ?? 0))
  );
  expect(await datasets.namesMatching(db, dataset.id, { text: '_' })).toEqual([]);
});

it('describes what a dataset holds', async () => {
  const description = await describeDataset(test.lab, dataset);
  expect(description).toMatchObject({
    references: 50,
    distorted: 10_000,
    withMos: 10_000,
    withSigma: 10_000,
    widths: [100, 109],
    heights: [80, 80],
    telling: 101,
    levels: [1, 2, 3]
  });
  expect(description.distortions).toEqual(['kind 0', 'kind 1', 'kind 2', 'kind 3', 'kind 4']);
  expect(description.shownOtherwise).toEqual([{ why: 'metadata-removed', pictures: 101 }]);
  const { opinions } = description;
  expect(opinions?.histogram.reduce((sum, n) => sum + n, 0)).toBe(10_000);
  expect(opinions?.dots.length).toBeLessThanOrEqual(7 * 501);
  expect(opinions?.sos).toBeGreaterThan(0);
});

it('finds a stimulus by its name, with its neighbours', async () => {
  const { db } = test.lab;
  const found = await stimuli.byName(db, dataset.id, 'img/00007.png');
  expect(found).toMatchObject({ mos: 0.7, referenceName: 'ref/10007.png', mediaType: 'image/jpeg' });
  expect(await stimuli.neighbours(db, dataset.id, 'distorted', 'img/00000.png')).toEqual({
    before: null,
    after: 'img/00001.png'
  });
  expect(await stimuli.byName(db, dataset.id, 'img/nothing.png')).toBeNull();
});

it('shows a subset alone, and keeps a dataset that a study uses', async () => {
  const { lab } = test;
  await createSubset(lab, { dataset: 'large', name: 'few', method: 'uniform', n: 12 });
  const subset = await datasets.subsetByName(lab.db, dataset.id, 'few');
  const page = await datasets.page(lab.db, dataset.id, { subsetId: subset?.id as number }, 'mos-up', 0, 60);
  expect(page.total).toBe(12);
  expect(page.stimuli[0]?.mos).toBe(0);

  const order = await datasets.stimuliOfSubset(lab.db, subset?.id as number);
  const ranked = await datasets.page(lab.db, dataset.id, { subsetId: subset?.id as number }, 'rank', 0, 60);
  expect(ranked.stimuli.map(({ name }) => name)).toEqual(order.map(({ name }) => name));

  await expect(removeDataset(lab, 'large', 'Large')).rejects.toThrow(/nothing was deleted/);
  const other = await datasets.create(lab.db, { name: 'unused', scenario: 'no-reference', layout: 'folder' });
  await datasets.insertStimuli(lab.db, [
    {
      datasetId: other?.id as number,
      name: 'a.png',
      imageSha256: '1'.padStart(64, '0'),
      kind: 'distorted',
      mos: 3
    }
  ]);
  await createSubset(lab, { dataset: 'unused', name: 'all', method: 'all' });
  await removeDataset(lab, 'unused', ' unused ');
  expect(await datasets.byName(lab.db, 'unused')).toBeNull();

  await planStudy(lab, {
    name: 'uses it',
    dataset: 'large',
    subset: 'few',
    protocol: 'single-stimulus',
    seed: 1,
    exemplars: [],
    design: {}
  });
  await expect(removeDataset(lab, 'large', 'large')).rejects.toThrow(/uses it uses it/);
  expect((await datasets.list(lab.db))[0]).toMatchObject({ name: 'large', distorted: 10_000, studies: 1 });
});

it('says what goes on and what runs here', async () => {
  const since = new Date(Date.now() - 1000);
  expect(await activity.runsUnderWay(test.lab.db)).toEqual([]);
  expect(await activity.sittingsSince(test.lab.db, since, since)).toEqual([]);
  const facts = await describeLab(test.lab);
  expect(facts).toMatchObject({ pictures: 10_050, responses: 0 });
  expect(facts.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(facts.databaseBytes).toBeGreaterThan(0);
});
