import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  minMaxScaled,
  selectDifficult,
  selectDifficultByReference,
  sigmaNormalisedError
} from '../../src/lib/domain/selection/difficult.ts';
import { selectionOverlap } from '../../src/lib/domain/selection/overlap.ts';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import { createSubset } from '../../src/lib/server/services/create-subset.ts';
import { importFeatures } from '../../src/lib/server/services/metrics/import-features.ts';
import { importScores } from '../../src/lib/server/services/metrics/import-scores.ts';
import { planStudy } from '../../src/lib/server/services/plan-study.ts';
import { readNameList } from '../../src/lib/server/services/selection/read-name-list.ts';
import { shellCommands } from '../../src/lib/server/services/shell/shell-commands.ts';
import {
  makeListFolder,
  readRealList,
  syntheticFeatures,
  syntheticProxy,
  type ListRow
} from '../fixtures/real-lists.ts';
import { goldenDir, readGoldenText } from '../golden/golden.ts';
import { openTestLab, type TestLab } from './support.ts';

/**
 * The published lists of MOS and σ through the whole of it: import, a proxy and features as tables, 150 difficult samples by
 * the authors' settings, the authors' own 150 held against them, a study. Pictures are tiny and ours, proxy and features
 * simulated: which images are picked says nothing, that they are the ones the equations pick does.
 */
const there = goldenDir() !== null;
const DIMENSIONS = 16;
/** FULL_LISTS=1 takes every image; else the authors' picks and a part of the others, for the time that it takes. */
const FULL = process.env['FULL_LISTS'] === '1';
const REFERENCES = FULL ? 81 : 18;
const EVERY = FULL ? 1 : 6;

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
});
afterAll(() => test.remove());

const table = (label: string, lines: readonly string[]) => ({
  label,
  bytes: (async function* () {
    yield new TextEncoder().encode(`${lines.join('\n')}\n`);
  })()
});

async function takeIn(name: string, listName: string, rows: readonly ListRow[], scenario: 'nr' | 'fr') {
  const directory = path.join(test.directory, name);
  await makeListFolder(directory, listName, rows);
  const report = await shellCommands.import(
    test.lab,
    {
      directory,
      directoryLabel: name,
      mosFile: null,
      mosLabel: null,
      columns: null,
      mosRange: null,
      scenario: scenario === 'fr' ? 'full-reference' : 'no-reference',
      layout: null,
      seed: 1,
      ifMissing: false,
      name
    },
    () => {}
  );
  const proxy = syntheticProxy(rows, 0.5, name);
  await importScores(
    test.lab,
    table('scores.csv', ['stimulus,guess', ...rows.map((row, i) => `${row.name},${proxy[i]}`)]),
    {
      dataset: name,
      lowerIsBetter: []
    }
  );
  const owners =
    scenario === 'fr'
      ? [...new Set(rows.map((row) => row.reference as string))]
      : rows.map((row) => row.name);
  const features = syntheticFeatures(owners.length, DIMENSIONS, name);
  const vectors = owners.map((owner, i) =>
    [owner, ...features.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS)].join(',')
  );
  const header = ['stimulus', ...Array.from({ length: DIMENSIONS }, (_, d) => `f${d}`)].join(',');
  await importFeatures(test.lab, table('features.csv', [header, ...vectors]), {
    dataset: name,
    name: 'made up'
  });
  return { report, proxy, features, owners };
}

const authors = { lambda: 0.01, epsilon: 1, sigmaNormalised: true, minMax: true, mapped: false };

/** The errors as the equation has them, over the list as it is published. */
function errorsOf(rows: readonly ListRow[], proxy: readonly number[]): number[] {
  const mos = minMaxScaled(rows.map((row) => row.mos));
  const sigma = minMaxScaled(rows.map((row) => row.sigma));
  return rows.map((_, i) =>
    sigmaNormalisedError({ mos: mos[i]!, sigma: sigma[i]!, prediction: proxy[i]! }, authors.epsilon)
  );
}

async function subsetNames(dataset: datasets.Dataset, name: string): Promise<string[]> {
  const subset = (await datasets.subsetByName(test.lab.db, dataset.id, name))!;
  return (await datasets.stimuliOfSubset(test.lab.db, subset.id)).map((row) => row.name);
}

describe.skipIf(!there)('the published lists', () => {
  it('AGIQA-3K: 150 difficult ones as the equation picks them', async () => {
    const theirs = readGoldenText('data/AGIQA3K_sampled_difficult.txt');
    const whole = readRealList(readGoldenText('data/AGIQA3K_mos_std.txt'));
    expect(whole).toHaveLength(2982);
    const rows = whole.filter(({ name }, i) => i % EVERY === 0 || theirs.includes(name));
    const { report, proxy, features } = await takeIn('agiqa', 'AGIQA3K_mos_std.txt', rows, 'nr');
    expect(report).toMatchObject({ layout: 'agiqa3k', imported: rows.length, refused: [] });
    const dataset = (await datasets.byName(test.lab.db, 'agiqa'))!;
    await createSubset(test.lab, {
      dataset: 'agiqa',
      name: 'difficult',
      method: 'difficult',
      proxies: ['guess'],
      features: 'made up',
      exclude: [],
      counts: {},
      settings: authors
    });
    // The lab's rows stand in name order; so do the list's, for the same ties.
    const order = rows.map((_, i) => i).sort((a, b) => (rows[a]!.name < rows[b]!.name ? -1 : 1));
    const errors = errorsOf(rows, proxy);
    const expected = selectDifficult(
      order.map((i) => errors[i]!),
      150,
      {
        lambda: authors.lambda,
        features: {
          dimensions: DIMENSIONS,
          values: Float32Array.from(
            order.flatMap((i) => [...features.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS)])
          )
        }
      }
    ).map(({ index }) => rows[order[index]!]!.name);
    const picked = await subsetNames(dataset, 'difficult');
    expect(picked).toEqual(expected);

    // The authors' own 150, from the list as they publish it.
    const stimuli = await readNameList(test.lab, dataset, theirs, 'AGIQA3K_sampled_difficult.txt');
    expect(stimuli).toHaveLength(150);
    await createSubset(test.lab, { dataset: 'agiqa', name: 'theirs', method: 'by-hand', stimuli });
    const overlap = selectionOverlap(picked, await subsetNames(dataset, 'theirs'), rows.length);
    expect(overlap.expectedByChance).toBeCloseTo((150 * 150) / rows.length, 12);
    expect(overlap.shared.length + overlap.onlyFirst).toBe(150);

    const study = await planStudy(test.lab, {
      name: 'agiqa-difficult',
      dataset: 'agiqa',
      subset: 'difficult',
      protocol: 'double-stimulus',
      seed: 1,
      exemplars: [],
      design: {}
    });
    expect(study.planReport).toMatchObject({ stimuli: 150, trials: 750, components: 1 });
  });

  it('KADID-10k: 15 references, 10 images of each, as the two equations pick them', async () => {
    const all = readRealList(readGoldenText('data/FR_KADID_mos_std.txt'));
    expect(all).toHaveLength(10_125);
    const theirs = readRealListNames(readGoldenText('data/FR_KADID_sampled_difficult.txt'));
    const chosen = new Set(theirs.map(([reference]) => reference));
    for (const row of all) if (chosen.size < REFERENCES) chosen.add(row.reference as string);
    const picked = new Set(theirs.map(([, name]) => name));
    const rows = all.filter(
      ({ reference, name }, i) =>
        chosen.has(reference as string) && (i % Math.min(EVERY, 3) === 0 || picked.has(name))
    );
    const { report, proxy, features, owners } = await takeIn('kadid', 'FR_KADID_mos_std.txt', rows, 'fr');
    expect(report).toMatchObject({ layout: 'kadid10k', imported: REFERENCES + rows.length, refused: [] });
    const dataset = (await datasets.byName(test.lab.db, 'kadid'))!;
    await createSubset(test.lab, {
      dataset: 'kadid',
      name: 'difficult',
      method: 'difficult',
      proxies: ['guess'],
      features: 'made up',
      exclude: [],
      counts: { n: 150 },
      settings: authors
    });
    const errors = errorsOf(rows, proxy);
    const groups = owners.map((owner) => rows.flatMap((row, i) => (row.reference === owner ? [i] : [])));
    const expected = selectDifficultByReference(
      groups.map((group) => group.map((i) => errors[i]!)),
      15,
      10,
      { lambda: authors.lambda, features: { dimensions: DIMENSIONS, values: features } }
    ).selected.map(({ reference, index }) => rows[groups[reference]![index]!]!.name);
    expect(await subsetNames(dataset, 'difficult')).toEqual(expected);

    const list = readGoldenText('data/FR_KADID_sampled_difficult.txt');
    const stimuli = await readNameList(test.lab, dataset, list, 'FR_KADID_sampled_difficult.txt');
    expect(stimuli).toEqual(theirs.map(([, name]) => name));
    const study = await planStudy(test.lab, {
      name: 'kadid-difficult',
      dataset: 'kadid',
      subset: 'difficult',
      protocol: 'multiple-stimulus',
      seed: 1,
      exemplars: [],
      design: {}
    });
    expect(study.planReport).toMatchObject({ stimuli: 150, references: 15, trials: 300 });
  });
});

function readRealListNames(text: string): [string, string][] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/).slice(0, 2) as [string, string]);
}
