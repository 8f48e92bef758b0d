import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BUILT_IN } from '../../src/lib/metrics/catalogue.ts';
import type { PixelImage } from '../../src/lib/metrics/image.ts';
import { measureAlone, measurePair, prepared } from '../../src/lib/metrics/measure.ts';
import { fitPristineModel, type PristineModel } from '../../src/lib/metrics/niqe.ts';
import { luma } from '../../src/lib/metrics/image.ts';
import { decodePixels } from '../../src/lib/server/images/decode.ts';
import { measurePictures } from '../../src/lib/server/services/metrics/measure-pictures.ts';
import { measuringThreads } from '../../src/lib/server/workers/measuring-pool.ts';
import type { Target } from '../../src/lib/server/workers/measuring.ts';
import { LabServer } from '../../tests/e2e/support/server.ts';
import { fixed, machine, peakMiB, quantileOf, table } from './measure.ts';
import { makePairs } from './pairs.ts';

const WIDTH = 512;
const HEIGHT = 384;
const MEGAPIXELS = (WIDTH * HEIGHT) / 1e6;
/** Pairs that the figures of one metric are taken from. */
const SAMPLE = 16;

/**
 * Each built-in metric in megapixels a second on one thread and on all, decoding apart; then N pairs of 512 × 384 through the
 * job of a server with every metric, and how long requests wait meanwhile.
 */
export async function run(args: string[]): Promise<void> {
  const pairs = Number(args[0] ?? 10_125);
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  console.log(machine());
  try {
    await singly(path.join(directory, 'sample'));
    await wholeDataset(path.join(directory, 'pairs'), pairs);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function singly(folder: string): Promise<void> {
  await makePairs(folder, SAMPLE, WIDTH, HEIGHT);
  const list = readFileSync(path.join(folder, 'mos.csv'), 'utf8').trim().split('\n').slice(1);
  const files = list.map((line) => line.split(',').slice(0, 2) as [string, string]);
  const bytes = new Map(files.flat().map((name) => [name, readFileSync(path.join(folder, name))]));
  const rows: (string | null)[][] = [
    ['512 × 384', 'Mpx/s, one thread', `Mpx/s, ${measuringThreads()} threads`]
  ];
  const started = performance.now();
  const decoded = new Map<string, PixelImage>();
  for (const [name, data] of bytes) {
    const pixels = await decodePixels(data);
    if (pixels.ok) decoded.set(name, pixels);
  }
  rows.push(['decoding PNG', fixed((bytes.size * MEGAPIXELS * 1000) / (performance.now() - started)), null]);
  const pristine = fitPristineModel([...decoded.values()].map(luma)) as PristineModel;
  for (const { name, label, scenario } of BUILT_IN) {
    const full = scenario === 'full-reference';
    const once = () => {
      for (const [stimulus, reference] of files) {
        const x = prepared(decoded.get(reference) as PixelImage);
        const y = prepared(decoded.get(stimulus) as PixelImage);
        if (full) measurePair([name], x, y);
        else measureAlone([name], y, pristine);
      }
    };
    once();
    const from = performance.now();
    once();
    const one = (files.length * MEGAPIXELS * 1000) / (performance.now() - from);
    const target: Target = full ? { kind: 'pair', metric: name } : { kind: 'alone', metric: name };
    const repeated = Array.from({ length: 8 }, () => files).flat();
    // Threads take a second to start: they are timed from the first outcome.
    let first = 0;
    let counted = 0;
    await measurePictures(
      async (key) => bytes.get(key) as Uint8Array,
      { targets: { it: target }, pristine },
      repeated.map(([stimulus, reference]) => ({
        of: null,
        sha256: stimulus,
        referenceSha256: full ? reference : null,
        wanted: ['it']
      })),
      new AbortController().signal,
      async () => {
        if (first === 0) first = performance.now();
        else counted++;
      }
    );
    const all = (counted * MEGAPIXELS * 1000) / (performance.now() - first);
    rows.push([label, fixed(one), fixed(all)]);
  }
  table(rows);
  console.log('On all threads decoding is in it, as in the job.');
}

async function wholeDataset(folder: string, pairs: number): Promise<void> {
  console.log(`\nmaking ${pairs} pairs …`);
  await makePairs(folder, pairs, WIDTH, HEIGHT);
  const server = await LabServer.start();
  try {
    await server.run(
      ...['import', folder, '--name', 'pairs', '--scenario', 'fr', '--mos', path.join(folder, 'mos.csv')]
    );
    await server.run('pristine', 'natural', '--dataset', 'pairs');
    const quiet = await latencies(server, 3000);
    const started = performance.now();
    const job = server.run('measure', 'pairs', '--metrics', 'all').then(() => true);
    let done = false;
    void job.finally(() => (done = true));
    const busy: number[] = [];
    while (!done) busy.push(...(await latencies(server, 500)));
    await job;
    const seconds = (performance.now() - started) / 1000;
    table([
      [
        'pairs',
        'metrics',
        's',
        'pairs/s',
        'server peak MiB',
        'request p50/p95/p99 ms, idle',
        'while measuring'
      ],
      [
        pairs,
        BUILT_IN.length,
        fixed(seconds),
        fixed(pairs / seconds),
        fixed(peakMiB(server.pid), 0),
        quantiles(quiet),
        quantiles(busy)
      ]
    ]);
  } finally {
    await server.stop();
  }
}

const quantiles = (values: number[]) =>
  [0.5, 0.95, 0.99].map((p) => fixed(quantileOf(values, p))).join(' / ');

/** How long a page that reads the database takes, asked one after another. */
async function latencies(server: LabServer, ms: number): Promise<number[]> {
  const found: number[] = [];
  for (const until = performance.now() + ms; performance.now() < until;) {
    const from = performance.now();
    await fetch(`${server.address}/r/nobody`).then((response) => response.text());
    found.push(performance.now() - from);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return found;
}
