import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHORS_SETTINGS } from '../../src/lib/domain/selection/difficult-subset.ts';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import * as features from '../../src/lib/server/db/features.ts';
import { createSubset } from '../../src/lib/server/services/create-subset.ts';
import { continueMeasurement } from '../../src/lib/server/services/metrics/continue-measurement.ts';
import { startMeasurement } from '../../src/lib/server/services/metrics/start-measurement.ts';
import { planStudy } from '../../src/lib/server/services/plan-study.ts';
import { selectDifficultSamples } from '../../src/lib/server/services/selection/select-difficult.ts';
import { makeFeatures, makeMetric, makeRows, type MadeRow } from '../fixtures/dataset-rows.ts';
import { goldenDir, readGolden } from '../golden/golden.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset } from './world.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
});
afterAll(() => test.remove());

const there = goldenDir() !== null;
const row = (i: number) => String(i).padStart(4, '0');
/** Golden values are scaled already, and their predictions are on that scale. */
const asTheyAre = { sigmaNormalised: true, minMax: false, mapped: false };

interface NrCase {
  names: string[];
  q: number[];
  sigma: number[];
  q_hat: number[];
  features: number[][];
  k: number;
  lambda: number;
  eps: number;
  expected_order: number[];
  objective_at_each_step: number[];
}

interface FrCase {
  contents: {
    content: string;
    items: string[];
    q: number[];
    sigma: number[];
    q_hat: number[];
    feature: number[];
  }[];
  n_contents: number;
  n_distortions: number;
  lambda: number;
  eps: number;
  expected_contents: number[];
  expected_distortions_per_selected_content: number[][];
}

describe.skipIf(!there)('golden selections, through the lab', () => {
  const nr = there
    ? readGolden<{ expected: { cases: NrCase[] } }>('selection_nr_agiqa3k').expected.cases
    : [];
  it.each(nr.map((made, number) => ({ made, number })))(
    'no reference, case $number',
    async ({ made, number }) => {
      const { db } = test.lab;
      const name = `agiqa-case-${number}`;
      const nameOf = (i: number) => `${row(i)}-${made.names[i]}`;
      const rows = made.q.map((mos, i): MadeRow => ({
        name: nameOf(i),
        mos,
        sigma: made.sigma[i] as number
      }));
      const dataset = await makeRows(db, name, rows);
      await makeMetric(
        db,
        dataset,
        'proxy',
        made.q_hat.map((value, i) => [nameOf(i), value] as const)
      );
      await makeFeatures(
        db,
        dataset,
        'features',
        made.features.map((vector, i) => [nameOf(i), vector] as const)
      );
      await createSubset(test.lab, {
        dataset: name,
        name: 'picked',
        method: 'difficult',
        proxies: ['proxy'],
        features: 'features',
        exclude: [],
        counts: { n: made.k },
        settings: { ...asTheyAre, lambda: made.lambda, epsilon: made.eps }
      });
      const subset = (await datasets.subsetByName(db, dataset.dataset.id, 'picked'))!;
      const picked = await datasets.stimuliOfSubset(db, subset.id);
      expect(picked.map((stimulus) => stimulus.name)).toEqual(made.expected_order.map(nameOf));
      // Features are kept as 32-bit floats.
      const { picks } = subset.parameters as { picks: { objective: number }[] };
      picks.forEach(({ objective }, step) => {
        expect(Math.abs(objective - made.objective_at_each_step[step]!)).toBeLessThan(1e-6);
      });
    }
  );

  const fr = there ? readGolden<{ expected: FrCase[] }>('selection_fr_kadid').expected : [];
  it.each(fr.map((made, number) => ({ made, number })))(
    'full reference, case $number',
    async ({ made, number }) => {
      const { db } = test.lab;
      const name = `kadid-case-${number}`;
      const referenceOf = (content: number) => `${row(content)}-${made.contents[content]?.content}`;
      const nameOf = (content: number, i: number) =>
        `${row(content)}-${row(i)}-${made.contents[content]?.items[i]}`;
      const rows = made.contents.flatMap((content, c) =>
        content.q.map((mos, i): MadeRow => ({
          name: nameOf(c, i),
          reference: referenceOf(c),
          mos,
          sigma: content.sigma[i]!
        }))
      );
      const dataset = await makeRows(db, name, rows);
      await makeMetric(
        db,
        dataset,
        'proxy',
        made.contents.flatMap(({ q_hat }, c) => q_hat.map((value, i) => [nameOf(c, i), value] as const))
      );
      await makeFeatures(
        db,
        dataset,
        'features',
        made.contents.map(({ feature }, c) => [referenceOf(c), feature] as const)
      );
      await createSubset(test.lab, {
        dataset: name,
        name: 'picked',
        method: 'difficult',
        proxies: ['proxy'],
        features: 'features',
        exclude: [],
        counts: { references: made.n_contents, perReference: made.n_distortions },
        settings: { ...asTheyAre, lambda: made.lambda, epsilon: made.eps }
      });
      const subset = (await datasets.subsetByName(db, dataset.dataset.id, 'picked'))!;
      const picked = await datasets.stimuliOfSubset(db, subset.id);
      expect(picked.map((stimulus) => stimulus.name)).toEqual(
        made.expected_contents.flatMap((content, k) =>
          made.expected_distortions_per_selected_content[k]!.map((i) => nameOf(content, i))
        )
      );
    }
  );
});

describe('a difficult subset', () => {
  const rows: MadeRow[] = Array.from({ length: 24 }, (_, i) => ({
    name: `img-${row(i)}.png`,
    reference: `ref-${i % 4}.png`,
    mos: 4 * i,
    sigma: 5 + (i % 3)
  }));
  const ground = { proxies: ['m'], features: 'f', exclude: [] as string[] };
  const how = { ...asTheyAre, lambda: 0.01, epsilon: 1 };
  let made: Awaited<ReturnType<typeof makeRows>>;
  beforeAll(async () => {
    const { db } = test.lab;
    made = await makeRows(db, 'fr', rows);
    await makeMetric(
      db,
      made,
      'm',
      rows.map(({ name, mos }, i) => [name, mos! + ((i * 7) % 11)] as const)
    );
    await makeFeatures(
      db,
      made,
      'f',
      [0, 1, 2, 3].map((k) => [`ref-${k}.png`, [1, k, k * k]] as const)
    );
  });

  it('keeps how it was chosen, and the same again gives the same', async () => {
    const { db } = test.lab;
    const options = { dataset: 'fr', method: 'difficult', ...ground, settings: how } as const;
    const counts = { references: 2, perReference: 3 };
    await createSubset(test.lab, { ...options, counts, name: 'one' });
    await createSubset(test.lab, { ...options, counts, name: 'two' });
    const [one, two] = await datasets.subsetsOf(db, made.dataset.id);
    expect(one).toMatchObject({ method: 'difficult', size: 6 });
    expect(two?.parameters).toEqual(one?.parameters);
    expect(one?.parameters).toMatchObject({
      lambda: 0.01,
      epsilon: 1,
      references: 2,
      perReference: 3,
      sigmaNormalised: true,
      minMax: false,
      mapped: false,
      proxies: [{ name: 'm', version: '1' }],
      features: { name: 'f', version: '1', dimension: 3 },
      pool: 24
    });
    const { inputs } = one?.parameters as { inputs: Record<string, string> };
    expect(Object.keys(inputs).sort()).toEqual(['features', 'metric m', 'mos', 'sigma', 'stimuli']);
    for (const hash of Object.values(inputs)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const study = await planStudy(test.lab, {
      name: 'on-difficult',
      dataset: 'fr',
      subset: 'one',
      protocol: 'double-stimulus',
      seed: 1,
      exemplars: [],
      design: {}
    });
    expect(study.planReport).toMatchObject({ stimuli: 6, references: 2 });
  });

  it('leaves out exemplars, and says what is not there', async () => {
    const settings = { ...AUTHORS_SETTINGS, ...how, referenceCount: 4, perReference: 6 };
    const all = await selectDifficultSamples(test.lab, made.dataset, ground, settings);
    expect(all.samples).toHaveLength(24);
    const worst = all.samples[0]!.name;
    const rest = await selectDifficultSamples(
      test.lab,
      made.dataset,
      { ...ground, exclude: [worst] },
      settings
    );
    expect(rest.samples).toHaveLength(23);
    expect(rest.samples.some(({ name }) => name === worst)).toBe(false);
    const subset = await createSubset(test.lab, {
      dataset: made.dataset.name,
      name: 'taken',
      method: 'by-hand',
      stimuli: all.samples.slice(0, 3).map(({ name }) => name)
    });
    expect(subset.size).toBe(3);
    const others = await selectDifficultSamples(
      test.lab,
      made.dataset,
      { ...ground, exclude: [all.samples[3]!.name, worst], without: 'taken' },
      settings
    );
    const left = new Set(all.samples.slice(0, 4).map(({ name }) => name));
    expect(others.samples.filter(({ name }) => left.has(name))).toEqual([]);
    expect([others.samples.length, others.used.exclude.length]).toEqual([20, 4]);
    const refused = (more: Partial<typeof ground> & { without?: string }) =>
      selectDifficultSamples(test.lab, made.dataset, { ...ground, ...more }, settings);
    await expect(refused({ proxies: [] })).rejects.toThrow(/say which: it has m \(--proxy/);
    await expect(refused({ proxies: ['ssim'] })).rejects.toThrow(
      /"fr" has no values of a metric "ssim"; it has m/
    );
    await expect(refused({ without: 'nothing' })).rejects.toThrow(/no subset "nothing" to leave out/);
    await expect(refused({ features: 'clip' })).rejects.toThrow(
      /no complete feature set "clip".*diversity is 0/
    );
    await expect(refused({ exclude: ['gone.png'] })).rejects.toThrow(/no stimulus "gone.png" to leave out/);
    const difficult = { dataset: 'fr', name: 'none', method: 'difficult', ...ground, settings: how } as const;
    await expect(createSubset(test.lab, { ...difficult, counts: { n: 15 } })).rejects.toThrow(
      /15 stimuli are no whole number of references with 10 each/
    );
    await expect(
      createSubset(test.lab, { ...difficult, counts: { references: 5, perReference: 6 } })
    ).rejects.toThrow(/30 stimuli were asked for, and 24 can be picked/);
    expect(await datasets.subsetByName(test.lab.db, made.dataset.id, 'none')).toBeNull();
  });

  it('is refused on difference scores with the reason, and without MOS or σ', async () => {
    const { db } = test.lab;
    const differences = await makeRows(db, 'differences', rows, { mosDirection: -1 });
    await makeMetric(
      db,
      differences,
      'm',
      rows.map(({ name, mos }) => [name, mos!] as const)
    );
    const settings = { ...AUTHORS_SETTINGS, ...how };
    const alone = { proxies: ['m'], features: null, exclude: [] };
    await expect(selectDifficultSamples(test.lab, differences.dataset, alone, settings)).rejects.toThrow(
      /scores of "differences" are differences between two pictures/
    );
    const accepted = { ...alone, differenceAsQuality: true };
    const some = await selectDifficultSamples(test.lab, differences.dataset, accepted, settings);
    expect(some.samples.length).toBeGreaterThan(0);

    const spreadless = await makeRows(
      db,
      'spreadless',
      rows.map((one) => ({ ...one, sigma: null }))
    );
    await makeMetric(
      db,
      spreadless,
      'm',
      rows.map(({ name, mos }) => [name, mos!] as const)
    );
    await expect(selectDifficultSamples(test.lab, spreadless.dataset, alone, settings)).rejects.toThrow(
      /no σ are known in "spreadless".*--no-sigma/
    );
    const plain = { ...settings, sigmaNormalised: false };
    expect((await selectDifficultSamples(test.lab, spreadless.dataset, alone, plain)).pool).toBe(24);
  });

  it('sees a value that comes in afterwards', async () => {
    const { db } = test.lab;
    const late = await makeRows(db, 'late', rows);
    const [first, ...others] = rows.map(({ name, mos }) => [name, mos!] as const);
    await makeMetric(db, late, 'm', others);
    const alone = { proxies: ['m'], features: null, exclude: [] };
    const settings = { ...AUTHORS_SETTINGS, ...how };
    const before = await selectDifficultSamples(test.lab, late.dataset, alone, settings);
    expect(before.leftOut.prediction).toBe(1);
    await makeMetric(db, late, 'm', [[first![0], 500]]);
    const after = await selectDifficultSamples(test.lab, late.dataset, alone, settings);
    expect(after.leftOut.prediction).toBe(0);
    expect(after.samples[0]?.name).toBe(first![0]);
  });

  it('evenly, with references kept together', async () => {
    await createSubset(test.lab, {
      dataset: 'fr',
      name: 'even',
      method: 'uniform',
      references: 2,
      perReference: 3,
      exclude: ['img-0000.png']
    });
    const subset = (await datasets.subsetByName(test.lab.db, made.dataset.id, 'even'))!;
    const picked = await datasets.stimuliOfSubset(test.lab.db, subset.id);
    expect(picked).toHaveLength(6);
    expect(new Set(picked.map((one) => one.referenceId)).size).toBe(2);
    expect(picked.some((one) => one.name === 'img-0000.png')).toBe(false);
    await expect(
      createSubset(test.lab, {
        dataset: 'fr',
        name: 'odd',
        method: 'uniform',
        references: 2,
        perReference: 7
      })
    ).rejects.toThrow(/2 references with 7 stimuli each were asked for, and 0 have so many/);
  });
});

it('the built-in descriptor is a feature set like any other: of stimuli and references, computed once', async () => {
  await makeDataset(test, 'described', { count: 8, references: 2 });
  const dataset = (await datasets.byName(test.lab.db, 'described'))!;
  const describe = async () => {
    const { id } = await startMeasurement(test.lab, {
      dataset: 'described',
      metrics: ['descriptor', 'contrast'],
      pristine: null
    });
    await continueMeasurement(test.lab, id);
  };
  await describe();
  const set = await features.read(test.lab.db, dataset.id, 'descriptor');
  expect(set).toMatchObject({ dimension: 256, set: { origin: 'built-in', version: '1', complete: true } });
  expect(set?.stimulusIds).toHaveLength(10);
  await describe();
  expect((await features.read(test.lab.db, dataset.id, 'descriptor'))?.set.id).toBe(set?.set.id);
  const ground = { proxies: ['contrast'], features: 'descriptor', exclude: [] };
  const chosen = await selectDifficultSamples(test.lab, dataset, ground, {
    ...AUTHORS_SETTINGS,
    referenceCount: 2,
    perReference: 3
  });
  expect(chosen.used.features).toMatchObject({ name: 'descriptor', origin: 'built-in' });
  const [first, second] = chosen.references!;
  expect(first?.diversity).toBe(0);
  expect(second?.diversity).toBeGreaterThan(0.01);
});
