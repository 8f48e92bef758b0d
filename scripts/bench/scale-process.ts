import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { WinTable } from '#lib/domain/scaling/votes.ts';
import { inverseMillsRatio } from '#lib/stats/normal.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { peer } from './peers/peer.ts';
import { drawVotes, writeTable } from './votes.ts';

/**
 * `limen scale` as a person runs it: a whole process from the CSV to the JSON, standard errors included. The gradient
 * is computed here, from the values that were printed.
 */
export async function benchScale(
  folder: string,
  items: number,
  votes: number,
  compare: boolean
): Promise<void> {
  const file = path.join(folder, 'votes.csv');
  const table = writeVotes(file, items, votes);
  const ours = await scaleInProcess(file);
  const printed = new Map(ours.items.map(({ stimulus, scale }) => [stimulus, scale]));
  const s = Float64Array.from({ length: items }, (_, i) => printed.get(nameOf(i)) ?? 0);
  const own =
    `limen scale, ${items} items, ${votes} votes, whole process: ${ours.seconds.toFixed(2)} s, ` +
    `${ours.megabytes === null ? 'memory unknown' : `${ours.megabytes.toFixed(0)} MB at most`}, ` +
    `largest gradient ${largestGradient(table, s).toExponential(1)}`;
  if (!compare) {
    console.log(own);
    return;
  }
  writeTable(folder, table);
  const theirs = await peer('thurstone.py', [folder, String(items), 'se']);
  console.log(
    `${own}; SciPy L-BFGS-B and dense inverse, counts already in memory: ${theirs.seconds.toFixed(2)} s ` +
      `(${(theirs.seconds / ours.seconds).toFixed(1)} times ours), ${theirs.megabytes?.toFixed(0)} MB, ` +
      `largest gradient ${theirs.gradient?.toExponential(1)}`
  );
}

function nameOf(item: number): string {
  return `stimuli/${String(item).padStart(5, '0')}.png`;
}

function writeVotes(file: string, items: number, votes: number): WinTable {
  const out = openSync(file, 'w');
  let text = 'observer,first,second,choice\n';
  let count = 0;
  const collector = drawVotes(items, votes, seededRandom(`${items}/${votes}`), (first, second, choice) => {
    text += `r${count++ % 50},${nameOf(first)},${nameOf(second)},${choice}\n`;
    if (text.length < 1 << 20) return;
    writeSync(out, text);
    text = '';
  });
  writeSync(out, text);
  closeSync(out);
  return collector.finish(items);
}

interface ScaleRun {
  seconds: number;
  /** The most that the process held, from /proc; null where there is none. */
  megabytes: number | null;
  items: { stimulus: string; scale: number }[];
}

function scaleInProcess(file: string): Promise<ScaleRun> {
  const start = performance.now();
  const cli = path.join(import.meta.dirname, '../../src/cli.ts');
  const child = spawn(process.execPath, [cli, 'scale', file, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore']
  });
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  let kilobytes: number | null = null;
  const look = () => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      kilobytes = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? kilobytes);
    } catch {
      // Gone, or not Linux.
    }
  };
  const timer = setInterval(look, 20);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      if (code !== 0) reject(new Error(`limen scale ended with ${code}`));
      const seconds = (performance.now() - start) / 1000;
      const { items } = JSON.parse(Buffer.concat(pieces).toString()) as Pick<ScaleRun, 'items'>;
      resolve({ seconds, megabytes: kilobytes === null ? null : kilobytes / 1024, items });
    });
  });
}

/** max |∂/∂s| of the log-posterior, ties split. */
function largestGradient(table: WinTable, s: Float64Array): number {
  const gradient = s.map((value) => -value);
  table.first.forEach((first, pair) => {
    const second = table.second[pair] as number;
    const z = (s[first] as number) - (s[second] as number);
    const half = (table.ties[pair] as number) / 2;
    const slope =
      ((table.winsFirst[pair] as number) + half) * inverseMillsRatio(z) -
      ((table.winsSecond[pair] as number) + half) * inverseMillsRatio(-z);
    gradient[first] = (gradient[first] as number) + slope;
    gradient[second] = (gradient[second] as number) - slope;
  });
  return gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
