import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fixed, forgetPeak, peakMiB, quantileOf, table } from '../measure.ts';
import { startEndpoint } from './endpoint.ts';
import { bytesOfRuns, orderRun, runOptions, serverWithStudy, withDatabase } from './lab.ts';

export interface SpeedOptions {
  folder: string;
  count: number;
  atOnce: number;
  /** Share of requests that the endpoint refuses with 429, 0 to 1. */
  refused: number;
  rounds: number;
}

/**
 * Runs and bare loops after one another, alternating, each against a fresh endpoint. A run is timed from its order to its
 * end (every answer stored and read); a loop from its first request to its last answer.
 */
export async function measureSpeed(options: SpeedOptions): Promise<void> {
  const { folder, count, atOnce, refused, rounds } = options;
  const bare: number[] = [];
  const limen: number[] = [];
  let failed = 0;
  const server = await serverWithStudy(folder);
  try {
    const dataDir = path.join(server.directory, 'data');
    // As after a start: what importing needed is not the run's.
    await server.kill();
    await server.up();
    forgetPeak(server.pid);
    const before = peakMiB(server.pid);
    for (let round = 0; round < rounds; round++) {
      const loop = await withEndpoint(refused, (url) => bareLoop(url, folder, count, atOnce));
      bare.push(loop.seconds);
      failed += loop.failed;
      limen.push(
        await withEndpoint(refused, async (url) => {
          const started = performance.now();
          // Another seed each time: another run of the same study.
          const done = await orderRun(server, runOptions(url, { concurrency: atOnce, seed: round }));
          if (done.state !== 'completed' || done.answered !== count)
            throw new Error(
              `the run ended ${done.state} (${done.reason ?? ''}) with ${done.answered} of ${count}`
            );
          return (performance.now() - started) / 1000;
        })
      );
    }
    const peak = peakMiB(server.pid);
    await server.kill();
    const bytes = await withDatabase(server, bytesOfRuns);
    const ratios = limen.map((seconds, i) => seconds / (bare[i] as number));
    table([
      [
        'presentations',
        'at once',
        '429',
        'bare loop s',
        'limen s',
        'ratio',
        'ratios',
        'server peak MiB',
        'before MiB',
        'bytes each',
        'files stored'
      ],
      [
        count,
        atOnce,
        `${Math.round(100 * refused)} %`,
        fixed(quantileOf(bare, 0.5), 2),
        fixed(quantileOf(limen, 0.5), 2),
        fixed(quantileOf(ratios, 0.5), 2),
        ratios.map((ratio) => fixed(ratio, 2)).join(' '),
        fixed(peak, 0),
        fixed(before, 0),
        fixed(bytes / (count * rounds), 0),
        filesIn(path.join(dataDir, 'blobs'))
      ]
    ]);
    if (failed > 0) console.log(`the bare loops gave up ${failed} requests; the runs none`);
  } finally {
    await server.stop();
  }
}

async function withEndpoint<T>(refused: number, work: (url: string) => Promise<T>): Promise<T> {
  const endpoint = await startEndpoint(refused);
  try {
    return await work(endpoint.url);
  } finally {
    endpoint.stop();
  }
}

function bareLoop(
  url: string,
  folder: string,
  count: number,
  atOnce: number
): Promise<{ seconds: number; failed: number }> {
  const script = path.join(import.meta.dirname, '..', 'bare-loop.ts');
  const child = spawn(process.execPath, [script, url, folder, String(count), String(atOnce)], {
    stdio: ['ignore', 'pipe', 'inherit']
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('close', (status) => {
      if (status === 0) resolve(JSON.parse(text) as { seconds: number; failed: number });
      else reject(new Error(`the bare loop ended with ${status}`));
    });
  });
}

function filesIn(folder: string): number {
  return readdirSync(folder, { recursive: true }).filter((name) =>
    statSync(path.join(folder, String(name))).isFile()
  ).length;
}
