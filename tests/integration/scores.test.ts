import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import * as features from '../../src/lib/server/db/features.ts';
import * as metrics from '../../src/lib/server/db/metrics.ts';
import { importFeatures } from '../../src/lib/server/services/metrics/import-features.ts';
import { importScores } from '../../src/lib/server/services/metrics/import-scores.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset } from './world.ts';

let test: TestLab;
let datasetId: number;
let ids: Map<string, number>;
const name = (i: number) => `secret-name-${String(i).padStart(4, '0')}.png`;
const table = (text: string, label = 'scores.csv') => ({
  label,
  bytes: (async function* () {
    yield new TextEncoder().encode(text);
  })()
});
const scores = (text: string, lowerIsBetter: readonly string[] | 'all' = []) =>
  importScores(test.lab, table(text), { dataset: 'set', lowerIsBetter });
const vectors = (text: string, set = 'CLIP') =>
  importFeatures(test.lab, table(text, 'features.csv'), { dataset: 'set', name: set });

beforeAll(async () => {
  test = await openTestLab();
  await makeDataset(test, 'set', { count: 6, references: 2 });
  datasetId = (await datasets.byName(test.lab.db, 'set'))!.id;
  ids = new Map([...(await datasets.namesIn(test.lab.db, datasetId))].map(([key, row]) => [key, row.id]));
});
afterAll(() => test.remove());

describe('imported scores', () => {
  it('reads a column a metric, each with its direction; an empty cell is missing', async () => {
    const report = await scores(
      `stimulus,LPIPS,MANIQA\n${name(0)},0.1,0.9\n${name(1)},,0.8\n${name(2)},-3e-2,0.5\n`,
      ['LPIPS']
    );
    expect(report.metrics).toEqual([
      { name: 'LPIPS', direction: -1, values: 2, missing: 4, alreadyThere: false },
      { name: 'MANIQA', direction: 1, values: 3, missing: 3, alreadyThere: false }
    ]);
    const read = await metrics.read(test.lab.db, datasetId, 'LPIPS');
    expect(read?.metric).toMatchObject({ direction: -1, origin: 'imported' });
    expect(read?.values).toEqual(
      new Map([
        [ids.get(name(0)), 0.1],
        [ids.get(name(2)), -0.03]
      ])
    );
  });

  it('reads stimulus, metric, value', async () => {
    await scores(
      `metric,value,stimulus\nDISTS,1,${name(0)}\nBRISQUE,40,${name(0)}\nDISTS,2,${name(1)}\n`,
      'all'
    );
    const read = await metrics.read(test.lab.db, datasetId, 'DISTS');
    expect([...read!.values.values()]).toEqual([1, 2]);
    expect(read?.metric.direction).toBe(-1);
  });

  it('a second file of a name stands for the first; the first again goes before it', async () => {
    const first = `stimulus,LIQE\n${name(0)},1\n`;
    const second = `stimulus,LIQE\n${name(0)},2\n${name(1)},3\n`;
    const value = async () =>
      (await metrics.read(test.lab.db, datasetId, 'LIQE'))!.values.get(ids.get(name(0))!);
    await scores(first);
    await scores(second);
    expect(await value()).toBe(2);
    expect((await scores(second)).metrics[0]?.alreadyThere).toBe(true);
    await scores(first);
    expect(await value()).toBe(1);
    expect((await metrics.list(test.lab.db, datasetId)).filter((m) => m.name === 'LIQE')).toHaveLength(1);
  });

  it.each([
    [
      'an unknown stimulus',
      `stimulus,Q\n${name(0)},1\nnobody.png,2\n`,
      /line 3, column "stimulus": .*nobody/
    ],
    ['text', `stimulus,Q\n${name(0)},good\n`, /line 2, column "Q": "good" is not a finite number/],
    ['NaN', `stimulus,Q\n${name(0)},nan\n`, /line 2, column "Q"/],
    ['a stimulus twice', `stimulus,Q\n${name(0)},1\n${name(0)},2\n`, /line 3, column "Q": .*line 2 already/],
    ['a built-in name', `stimulus,SSIM\n${name(0)},1\n`, /column "SSIM": .*built-in/],
    ['no values at all', `stimulus,Q\n${name(0)},\n`, /column "Q": has no value/],
    ['no column of values', `stimulus\n${name(0)}\n`, /no column of values/],
    ['no stimulus', `image,Q\n${name(0)},1\n`, /column "stimulus": this column is missing/],
    ['a short row', `stimulus,Q\n${name(0)}\n`, /line 2/]
  ])('refuses %s and keeps nothing', async (_, text, message) => {
    await expect(scores(text)).rejects.toThrow(message);
    expect(await metrics.byName(test.lab.db, datasetId, 'Q')).toBeNull();
  });

  it('refuses a direction for a metric that is not there', async () => {
    await expect(scores(`stimulus,Q\n${name(0)},1\n`, ['R'])).rejects.toThrow(/no metric "R"/);
    expect(await metrics.byName(test.lab.db, datasetId, 'Q')).toBeNull();
  });
});

describe('imported features', () => {
  it('keeps vectors as 32-bit floats by stimulus, references too', async () => {
    const report = await vectors(`b,stimulus,a\n0.1,${name(3)},2\n-1,ref0.png,1e-3\n`);
    expect(report).toEqual({
      dataset: 'set',
      name: 'CLIP',
      dimension: 2,
      vectors: 2,
      missing: 6,
      alreadyThere: false
    });
    const read = await features.read(test.lab.db, datasetId, 'CLIP');
    expect(read?.dimension).toBe(2);
    const at = read!.stimulusIds.indexOf(ids.get(name(3))!);
    expect([...read!.data.subarray(at * 2, at * 2 + 2)]).toEqual([Math.fround(0.1), 2]);
    const other = read!.stimulusIds.indexOf(ids.get('ref0.png')!);
    expect([...read!.data.subarray(other * 2, other * 2 + 2)]).toEqual([-1, Math.fround(0.001)]);
  });

  it.each([
    ['an unknown stimulus', `stimulus,a\nnobody.png,2\n`, /line 2, column "stimulus"/],
    ['an empty cell', `stimulus,a,b\n${name(0)},1,\n`, /line 2, column "b": is empty/],
    ['a number beyond 32 bits', `stimulus,a\n${name(0)},1e39\n`, /line 2, column "a": .*32-bit/],
    ['a stimulus twice', `stimulus,a\n${name(0)},1\n${name(0)},1\n`, /line 3, .*line 2 already/]
  ])('refuses %s and keeps nothing', async (_, text, message) => {
    await expect(vectors(text, 'broken')).rejects.toThrow(message);
    expect(await features.list(test.lab.db, datasetId)).not.toContainEqual(
      expect.objectContaining({ name: 'broken' })
    );
  });

  it('goes on where it was cut off, and is not read before it is whole', async () => {
    const text = `stimulus,a\n${name(0)},1\n${name(1)},2\n`;
    await vectors(text, 'cut');
    const set = (await features.byName(test.lab.db, datasetId, 'cut'))!;
    await features.change(test.lab.db, set.id, { complete: false });
    expect(await features.read(test.lab.db, datasetId, 'cut')).toBeNull();
    await vectors(text, 'cut');
    expect((await features.read(test.lab.db, datasetId, 'cut'))?.stimulusIds).toHaveLength(2);
  });

  it('goes with its dataset', async () => {
    await makeDataset(test, 'gone', { count: 2 });
    const gone = (await datasets.byName(test.lab.db, 'gone'))!;
    await importFeatures(test.lab, table(`stimulus,a\n${name(0)},1\n`), { dataset: 'gone', name: 'f' });
    await importScores(test.lab, table(`stimulus,Q\n${name(0)},1\n`), { dataset: 'gone', lowerIsBetter: [] });
    expect(await datasets.remove(test.lab.db, gone.id)).toBe(true);
    expect(await metrics.list(test.lab.db, gone.id)).toEqual([]);
    expect(await features.list(test.lab.db, gone.id)).toEqual([]);
  });
});
