import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/cli/arguments.ts';
import { metrics as metricsCommand } from '../../src/cli/commands/metrics.ts';
import { BUILT_IN } from '../../src/lib/metrics/catalogue.ts';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import * as measurements from '../../src/lib/server/db/measurements.ts';
import * as metrics from '../../src/lib/server/db/metrics.ts';
import * as pristineModels from '../../src/lib/server/db/pristine-models.ts';
import { importDataset } from '../../src/lib/server/services/import-dataset.ts';
import { readMosCsv } from '../../src/lib/server/services/import/mos-table.ts';
import { continueMeasurement } from '../../src/lib/server/services/metrics/continue-measurement.ts';
import { startPristine } from '../../src/lib/server/services/metrics/fit-pristine.ts';
import {
  enqueueMeasurement,
  startMeasurement
} from '../../src/lib/server/services/metrics/start-measurement.ts';
import { createSubset } from '../../src/lib/server/services/create-subset.ts';
import { folderSource } from '../../src/lib/server/storage/image-source.ts';
import { openTable } from '../../src/lib/server/tables/read-table.ts';
import { noisePixels } from '../fixtures/made-images.ts';
import { openTestLab, type TestLab } from './support.ts';

const FULL = BUILT_IN.filter((metric) => metric.scenario === 'full-reference').map((metric) => metric.name);
let test: TestLab;
let folder: string;

/** Noise, smoothed a little so that it has structure; a copy is the same with some more noise. */
async function png(seed: number, worse: number, side = 208): Promise<Uint8Array> {
  const base = await sharp(Buffer.from(noisePixels(side * side * 3, seed)), {
    raw: { width: side, height: side, channels: 3 }
  })
    .blur(1.5)
    .raw()
    .toBuffer();
  const noise = noisePixels(base.length, seed + 1000 * worse);
  const data = base.map((value, i) =>
    Math.min(255, Math.max(0, Math.round(value + (worse * (noise[i]! - 128)) / 16)))
  );
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

async function importFolder(name: string, scenario: 'full-reference' | 'no-reference', rows: string[]) {
  const list = path.join(folder, `${name}.csv`);
  writeFileSync(list, `${rows.join('\n')}\n`);
  return importDataset(test.lab, await folderSource(folder, folder), {
    name,
    scenario,
    mos: await readMosCsv(await openTable(list), {}),
    mosRange: { low: 0, high: 100 },
    layout: 'folder',
    ifMissing: false
  });
}

const idOf = async (name: string) => (await datasets.byName(test.lab.db, name))!.id;
const valuesByName = async (dataset: string, metric: string) => {
  const id = await idOf(dataset);
  const names = new Map((await datasets.stimuliOf(test.lab.db, id)).map((row) => [row.id, row.name]));
  const read = await metrics.read(test.lab.db, id, metric);
  return new Map([...read!.values].map(([stimulus, value]) => [names.get(stimulus)!, value]));
};
const measure = async (dataset: string, names: string[], pristine: string | null = null) => {
  const measurement = await startMeasurement(test.lab, { dataset, metrics: names, pristine });
  expect(await continueMeasurement(test.lab, measurement.id)).toBe(true);
  return (await measurements.byId(test.lab.db, measurement.id))!;
};

beforeAll(async () => {
  test = await openTestLab();
  folder = path.join(test.directory, 'pictures');
  mkdirSync(folder, { recursive: true });
  for (const r of [0, 1]) writeFileSync(path.join(folder, `ref${r}.png`), await png(r + 1, 0));
  const rows = ['stimulus,reference,mos,sigma'];
  for (let i = 0; i < 8; i++) {
    writeFileSync(path.join(folder, `d${i}.png`), await png((i % 2) + 1, 1 + i));
    rows.push(`d${i}.png,ref${i % 2}.png,${90 - 10 * i},10`);
  }
  // The same pixels, and another size.
  writeFileSync(path.join(folder, 'same.png'), await png(1, 0));
  rows.push('same.png,ref0.png,99,1');
  writeFileSync(path.join(folder, 'small.png'), await png(1, 1, 100));
  rows.push('small.png,ref0.png,50,1');
  await importFolder('fr', 'full-reference', rows);
  await importFolder('nr', 'no-reference', [
    'stimulus,mos,sigma',
    ...Array.from({ length: 8 }, (_, i) => `d${i}.png,${90 - 10 * i},10`)
  ]);
});
afterAll(() => test.remove());

describe('metrics over a dataset', () => {
  it('are those of `limen metrics` to the last digit, each failure with its kind', async () => {
    const done = await measure('fr', FULL);
    expect(done).toMatchObject({ state: 'done', total: 10, done: 10, found: 0, problem: null });
    const pairs = ['reference,distorted'];
    for (let i = 0; i < 8; i++) pairs.push(`ref${i % 2}.png,d${i}.png`);
    const list = path.join(folder, 'pairs.csv');
    writeFileSync(list, `${pairs.join('\n')}\n`);
    let out = '';
    const silent = { note() {}, progress() {}, out: (text: string) => void (out += text) };
    const args = parseCommand(
      'metrics',
      [list, '--json'],
      metricsCommand.positionals,
      metricsCommand.options
    );
    expect(await metricsCommand.run(args, silent)).toBe(0);
    const { pairs: expected } = JSON.parse(out) as { pairs: Record<string, number | string>[] };
    expect(expected).toHaveLength(8);
    for (const name of FULL) {
      const values = await valuesByName('fr', name);
      const key = name === 'ms-ssim' ? 'msSsim' : name;
      for (const pair of expected) expect(values.get(pair['distorted'] as string), name).toBe(pair[key]);
    }
    const id = await idOf('fr');
    const psnr = (await metrics.byName(test.lab.db, id, 'psnr'))!;
    expect(await metrics.failuresOf(test.lab.db, psnr.id)).toEqual([
      {
        failure: 'different-size',
        stimuli: 1,
        example: 'small.png',
        reason: '100 × 100 beside 208 × 208 pixels'
      },
      { failure: 'identical', stimuli: 1, example: 'same.png', reason: null }
    ]);
    expect((await valuesByName('fr', 'ssim')).get('same.png')).toBe(1);
  });

  it('are computed once: asked again, all is found; a new version recomputes', async () => {
    expect(await measure('fr', ['ssim', 'psnr'])).toMatchObject({ state: 'done', done: 10, found: 10 });
    const id = await idOf('fr');
    const old = await metrics.ask(test.lab.db, {
      datasetId: id,
      name: 'gmsd',
      version: '0',
      origin: 'built-in',
      direction: -1
    });
    expect((await metrics.byName(test.lab.db, id, 'gmsd'))?.id).toBe(old.id);
    // Version 1 is there from before: it is what counts again.
    expect(await measure('fr', ['gmsd'])).toMatchObject({ found: 10 });
    expect((await metrics.byName(test.lab.db, id, 'gmsd'))?.version).toBe('1');
    await rowsOf(test.lab.db, sql`update metrics set version = '0.9' where name = 'gmsd' and version = '1'`);
    expect(await measure('fr', ['gmsd'])).toMatchObject({ found: 0, done: 10 });
  });

  it('refuses what compares where there is nothing to compare with, and what there is not', async () => {
    const ask = (dataset: string, names: string[]) =>
      startMeasurement(test.lab, { dataset, metrics: names, pristine: null });
    await expect(ask('nr', ['ssim'])).rejects.toThrow(/SSIM compares .* nr is a no-reference dataset/);
    await expect(ask('fr', ['vmaf'])).rejects.toThrow(/no metric "vmaf"/);
    await expect(ask('fr', [])).rejects.toThrow(/no metric was asked for/);
    await expect(ask('fr', ['niqe'])).rejects.toThrow(/pristine model/);
    expect(await metrics.list(test.lab.db, await idOf('nr'))).toEqual([]);
  });
});

describe('NIQE', () => {
  it('measures against a model fitted from named pictures, and carries its identity', async () => {
    const fit = async (name: string, of: Parameters<typeof startPristine>[1]['of']) => {
      const measurement = await startPristine(test.lab, { dataset: 'fr', name, of });
      await continueMeasurement(test.lab, measurement.id);
      return (await measurements.byId(test.lab.db, measurement.id))!;
    };
    // Two references of two blocks by two are not enough.
    expect(await fit('few', { what: 'references' })).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/sharp blocks .* more than 36 are needed/)
    });
    await createSubset(test.lab, { dataset: 'fr', name: 'everything', method: 'all' });
    expect(await fit('everything', { what: 'subset', subset: 'everything' })).toMatchObject({
      state: expect.stringMatching(/done|failed/)
    });
    for (let i = 0; i < 12; i++) writeFileSync(path.join(folder, `p${i}.png`), await png(50 + i, 0, 400));
    await importFolder('pristine', 'no-reference', [
      'stimulus,mos',
      ...Array.from({ length: 12 }, (_, i) => `p${i}.png,${i}`)
    ]);
    for (const [name, subset] of [
      ['one', 'first'],
      ['two', 'second']
    ] as const) {
      const stimuli = Array.from({ length: 6 }, (_, i) => `p${name === 'one' ? i : i + 6}.png`);
      await createSubset(test.lab, { dataset: 'pristine', name: subset, method: 'by-hand', stimuli });
      const measurement = await startPristine(test.lab, {
        dataset: 'pristine',
        name,
        of: { what: 'subset', subset }
      });
      await continueMeasurement(test.lab, measurement.id);
    }
    const one = (await pristineModels.byName(test.lab.db, 'one'))!;
    expect(one.provenance).toMatchObject({ dataset: 'pristine', blockPx: 96, version: '1' });
    expect((one.provenance['pictures'] as string[]).length).toBe(6);
    await expect(measure('nr', ['niqe'])).rejects.toThrow(/say which pristine model/);
    await measure('nr', ['niqe', 'sharpness', 'colourfulness', 'contrast'], 'one');
    const first = await valuesByName('nr', 'niqe');
    // Of the twelve pictures in the folder one is too small for two blocks.
    expect(first.size).toBe(11);
    await measure('nr', ['niqe'], 'two');
    const id = await idOf('nr');
    const two = (await pristineModels.byName(test.lab.db, 'two'))!;
    expect(await metrics.byName(test.lab.db, id, 'niqe')).toMatchObject({
      version: `1+${two.sha256.slice(0, 12)}`,
      provenance: { pristineModel: 'two' }
    });
    expect(await valuesByName('nr', 'niqe')).not.toEqual(first);
    // Back to the first: nothing is computed, and its values count again.
    expect(await measure('nr', ['niqe'], 'one')).toMatchObject({ found: 12 });
    expect(await valuesByName('nr', 'niqe')).toEqual(first);
  });
});

describe('the job', () => {
  it('is one process’s at a time; what a silent one left, another takes', async () => {
    const { id } = await startMeasurement(test.lab, { dataset: 'fr', metrics: ['contrast'], pristine: null });
    expect(await measurements.take(test.lab.db, id, 'other')).not.toBeNull();
    expect(await continueMeasurement(test.lab, id)).toBe(false);
    expect(await measurements.orphans(test.lab.db)).not.toContain(id);
    await rowsOf(
      test.lab.db,
      sql`update measurements set heard_at = heard_at - interval '20 seconds' where id = ${id}`
    );
    expect(await measurements.orphans(test.lab.db)).toContain(id);
    expect(await continueMeasurement(test.lab, id)).toBe(true);
    expect(await measurements.byId(test.lab.db, id)).toMatchObject({ state: 'done', owner: null });
    expect((await valuesByName('fr', 'contrast')).size).toBe(10);
  });

  it('stops when it is asked to, and goes on when it is asked to', async () => {
    const { id } = await startMeasurement(test.lab, {
      dataset: 'fr',
      metrics: ['sharpness'],
      pristine: null
    });
    await measurements.askToStop(test.lab.db, id);
    expect(await measurements.byId(test.lab.db, id)).toMatchObject({ state: 'stopped' });
    await continueMeasurement(test.lab, id);
    expect(await metrics.read(test.lab.db, await idOf('fr'), 'sharpness')).toMatchObject({
      values: new Map()
    });
    expect(await measurements.resume(test.lab.db, id)).toBe(true);
    await continueMeasurement(test.lab, id);
    expect((await valuesByName('fr', 'sharpness')).size).toBe(10);
  });

  it('killed in the middle it goes on: nothing lost, nothing computed twice', async () => {
    const rows = ['stimulus,reference,mos'];
    writeFileSync(path.join(folder, 'big.png'), await png(7, 0));
    for (let i = 0; i < 30; i++) {
      writeFileSync(path.join(folder, `k${i}.png`), await png(7, 1 + (i % 9) + i / 100));
      rows.push(`k${i}.png,big.png,${i}`);
    }
    await importFolder('killed', 'full-reference', rows);
    const { id } = await startMeasurement(test.lab, {
      dataset: 'killed',
      metrics: ['fsim', 'ms-ssim'],
      pristine: null
    });
    await test.lab.close();
    const child = spawn(process.execPath, ['tests/fixtures/measure-process.ts', String(id)], {
      env: {
        ...process.env,
        DATA_DIR: test.config.dataDir,
        DATABASE_URL: test.config.databaseUrl ?? '',
        LOG_LEVEL: 'fatal'
      },
      stdio: ['ignore', 'pipe', 'inherit']
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    for await (const line of createInterface({ input: child.stdout })) {
      if ((JSON.parse(line) as { done: number }).done > 0) break;
    }
    child.kill('SIGKILL');
    await ended;
    await test.reopen();
    const stored = await rowsOf<{ id: number }>(
      test.lab.db,
      sql`update metric_values v set value = -7 from metrics m
        where m.id = v.metric_id and m.dataset_id = ${await idOf('killed')} returning v.stimulus_id as id`
    );
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.length).toBeLessThan(60);
    await measurements.dropOwners(test.lab.db);
    await continueMeasurement(test.lab, id);
    const before = new Set(stored.map((row) => row.id)).size;
    expect(await measurements.byId(test.lab.db, id)).toMatchObject({
      state: 'done',
      total: 30,
      done: 30,
      found: before
    });
    for (const name of ['fsim', 'ms-ssim']) {
      const values = [...(await valuesByName('killed', name)).values()];
      expect(values).toHaveLength(30);
      expect(values.filter((value) => value === -7)).toHaveLength(before);
    }
  }, 180_000);

  it('is taken up by a process that works on jobs', async () => {
    const { id } = await startMeasurement(test.lab, {
      dataset: 'fr',
      metrics: ['colourfulness'],
      pristine: null
    });
    await enqueueMeasurement(test.lab, id);
    await test.lab.queue.work('measure-dataset', 1, async ({ measurement }) => {
      await continueMeasurement(test.lab, measurement);
    });
    while ((await measurements.byId(test.lab.db, id))?.state !== 'done') {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await valuesByName('fr', 'colourfulness')).size).toBe(10);
  });
});
