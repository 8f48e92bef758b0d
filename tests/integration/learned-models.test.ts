import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import * as features from '../../src/lib/server/db/features.ts';
import * as measurements from '../../src/lib/server/db/measurements.ts';
import * as metrics from '../../src/lib/server/db/metrics.ts';
import { importDataset } from '../../src/lib/server/services/import-dataset.ts';
import { readMosCsv } from '../../src/lib/server/services/import/mos-table.ts';
import { addModel } from '../../src/lib/server/services/metrics/add-model.ts';
import { continueMeasurement } from '../../src/lib/server/services/metrics/continue-measurement.ts';
import { startMeasurement } from '../../src/lib/server/services/metrics/start-measurement.ts';
import { folderSource } from '../../src/lib/server/storage/image-source.ts';
import { openTable } from '../../src/lib/server/tables/read-table.ts';
import { channelMeans, meanDifference, meanOfPicture, rootOfMean } from '../fixtures/made-onnx.ts';
import { openTestLab, type TestLab } from './support.ts';

const WIDTH = 40;
const HEIGHT = 24;
let test: TestLab;
let datasetId: number;

/** One colour on the left half, another on the right. */
async function halves(left: number[], right: number[]): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const column = Math.floor(i / 3) % WIDTH;
    return (column < WIDTH / 2 ? left : right)[i % 3] as number;
  });
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .png()
    .toBuffer();
}

const json = (value: unknown) => ({
  label: 'model.json',
  bytes: new TextEncoder().encode(JSON.stringify(value))
});
const add = (name: string, bytes: Uint8Array, description: unknown) =>
  addModel(test.lab, name, { label: 'model.onnx', bytes }, json(description));
const measure = async (...names: string[]) => {
  const { id } = await startMeasurement(test.lab, { dataset: 'set', metrics: names, pristine: null });
  await continueMeasurement(test.lab, id);
  expect(await measurements.byId(test.lab.db, id)).toMatchObject({ state: 'done', problem: null });
};
const valueOf = async (metric: string, stimulus: string) => {
  const ids = await datasets.namesIn(test.lab.db, datasetId);
  return (await metrics.read(test.lab.db, datasetId, metric))?.values.get(ids.get(stimulus)!.id);
};

beforeAll(async () => {
  test = await openTestLab();
  const folder = path.join(test.directory, 'set');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'ref.png'), await halves([100, 100, 100], [200, 200, 200]));
  writeFileSync(path.join(folder, 'a.png'), await halves([110, 100, 100], [200, 200, 200]));
  writeFileSync(path.join(folder, 'b.png'), await halves([255, 0, 51], [255, 0, 51]));
  const list = path.join(folder, 'mos.csv');
  writeFileSync(list, 'stimulus,reference,mos\na.png,ref.png,4\nb.png,ref.png,1\n');
  await importDataset(test.lab, await folderSource(folder, folder), {
    name: 'set',
    scenario: 'full-reference',
    mos: await readMosCsv(await openTable(list), {}),
    mosRange: { low: 1, high: 5 },
    layout: 'folder',
    ifMissing: false
  });
  datasetId = (await datasets.byName(test.lab.db, 'set'))!.id;
});
afterAll(() => test.remove());

describe('a network that somebody brought', () => {
  it('scores a picture: range, mean and deviation as described', async () => {
    await add('mean', meanOfPicture(), {
      range: [0, 1],
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.25],
      direction: 'higher'
    });
    await measure('mean');
    // (1 − 0.5)/0.5, (0 − 0.5)/0.5, (0.2 − 0.5)/0.25
    expect(await valueOf('mean', 'b.png')).toBeCloseTo((1 - 1 - 1.2) / 3, 5);
    expect(await metrics.byName(test.lab.db, datasetId, 'mean')).toMatchObject({
      origin: 'onnx',
      direction: 1,
      version: expect.stringMatching(/^[0-9a-f]{12}$/)
    });
  });

  it('compares a picture with its reference, by the names of its inputs', async () => {
    await add('difference', meanDifference(), {
      inputs: ['distorted', 'original'],
      range: [0, 255],
      direction: 'lower'
    });
    await measure('difference');
    expect(await valueOf('difference', 'a.png')).toBeCloseTo(10 / 6, 4);
  });

  it('gets the middle of the picture, resized, in the channels’ order and the layout that it wants', async () => {
    // The left half alone, squeezed: no pixel of the right one.
    const common = { range: [0, 255], direction: 'higher', kernel: 'nearest' };
    await add('cropped', meanOfPicture(), { ...common, crop: { width: 2, height: 24 } });
    await add('squeezed', meanOfPicture(), { ...common, resize: { width: 8, height: 8 }, layout: 'NHWC' });
    await add('shorter', meanOfPicture(), {
      ...common,
      resize: { shorterSide: 12 },
      crop: { width: 12, height: 12 },
      channels: 'grey',
      kernel: 'bicubic'
    });
    await add('too large', meanOfPicture(), { ...common, crop: { width: 41, height: 24 } });
    await measure('cropped', 'squeezed', 'shorter', 'too large');
    expect(await valueOf('cropped', 'a.png')).toBeCloseTo((110 + 100 + 100 + 600) / 6, 3);
    expect(await valueOf('squeezed', 'a.png')).toBeCloseTo((110 + 100 + 100 + 600) / 6, 3);
    expect(await valueOf('shorter', 'b.png')).toBe(82);
    const large = (await metrics.byName(test.lab.db, datasetId, 'too large'))!;
    expect(await metrics.failuresOf(test.lab.db, large.id)).toMatchObject([
      { failure: 'too-small', stimuli: 2 }
    ]);
  });

  it('gives features, of references too, from the output that was named', async () => {
    await add('means', channelMeans(), {
      channels: 'BGR',
      range: [0, 255],
      output: { kind: 'features', name: 'channels' }
    });
    await measure('means');
    const read = (await features.read(test.lab.db, datasetId, 'means'))!;
    expect(read).toMatchObject({ dimension: 3, set: { origin: 'onnx', complete: true } });
    expect(read.stimulusIds).toHaveLength(3);
    const ids = await datasets.namesIn(test.lab.db, datasetId);
    const at = read.stimulusIds.indexOf(ids.get('b.png')!.id);
    expect([...read.data.subarray(at * 3, at * 3 + 3)].map(Math.round)).toEqual([51, 0, 255]);
    // And one of the other output's numbers as a score.
    await add('blue', channelMeans(), {
      range: [0, 255],
      output: { index: 1, element: 2 },
      direction: 'higher'
    });
    await measure('blue');
    expect(await valueOf('blue', 'b.png')).toBeCloseTo(51, 3);
  });

  it('is not believed where it gives no number', async () => {
    await add('root', rootOfMean(), { range: [0, 1], mean: [2, 2, 2], direction: 'higher' });
    await measure('root');
    const root = (await metrics.byName(test.lab.db, datasetId, 'root'))!;
    expect(await metrics.failuresOf(test.lab.db, root.id)).toMatchObject([
      { failure: 'not-finite', stimuli: 2 }
    ]);
  });

  it.each([
    [
      'what is no network',
      new TextEncoder().encode('no'),
      { direction: 'higher' },
      /model\.onnx: the ONNX file could not be loaded/
    ],
    [
      'other inputs',
      meanOfPicture(),
      { inputs: 2, direction: 'higher' },
      /inputs are picture; the description says 2/
    ],
    [
      'a name of no input',
      meanOfPicture(),
      { inputs: ['x'], direction: 'higher' },
      /inputs are picture; .*x/
    ],
    [
      'an output that is not there',
      meanOfPicture(),
      { output: { index: 1 }, direction: 'higher' },
      /outputs are mean/
    ],
    ['a score without direction', meanOfPicture(), {}, /model\.json: direction: "higher" or "lower"/],
    ['a part that is unknown', meanOfPicture(), { crops: 2, direction: 'lower' }, /there is no "crops"/],
    ['a deviation of 0', meanOfPicture(), { std: [1, 0, 1], direction: 'lower' }, /std: numbers above 0/]
  ])('is refused for %s, and nothing is kept', async (_, bytes, description, message) => {
    await expect(add('refused', bytes, description)).rejects.toThrow(message);
    await expect(measure('refused')).rejects.toThrow(/no metric "refused"/);
  });
});
