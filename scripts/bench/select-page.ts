import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { seededRandom } from '../../src/lib/stats/random.ts';
import { signIn } from '../../tests/e2e/support/researcher.ts';
import { LabServer } from '../../tests/e2e/support/server.ts';
import { findBrowser } from '../ensure-browser.ts';
import { fixed, machine, quantileOf, table } from './measure.ts';
import { makeFolder } from './pictures.ts';

const ROWS = 11_125;
const DIMENSIONS = 512;
const N = 150;
const MOVES = [
  ...[0.012, 0.015, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5, 1].map((lambda) => ({ lambda, epsilon: 1 })),
  ...[0.5, 0.1, 0.01, 0.001, 1].map((epsilon) => ({ lambda: 0.1, epsilon }))
];

/** From a λ or ε typed to the frame that shows what enters and leaves. */
function move({ lambda, epsilon }: { lambda: number; epsilon: number }): Promise<number> {
  const started = performance.now();
  for (const [name, value] of Object.entries({ lambda, epsilon })) {
    const field = document.querySelector<HTMLInputElement>(`input[type=number][name=${name}]`);
    if (!field) throw new Error(`the page has no field ${name}`);
    field.value = String(value);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }
  return new Promise((resolve, reject) => {
    const look = () => {
      const asked = new URLSearchParams(location.search);
      if (Number(asked.get('lambda')) === lambda && Number(asked.get('epsilon')) === epsilon) {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)));
      } else if (performance.now() - started > 30_000) reject(new Error(`λ ${lambda} was not shown`));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/**
 * select-page [N]: difficult samples of N pictures (11,125) with 512 features, in a real browser: how long until the page
 * shows what enters and leaves after λ or ε moved.
 */
export async function run(args: string[]): Promise<void> {
  const rows = Number(args[0] ?? ROWS);
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  console.log(`${machine()}; server, browser and this program share it\nmaking ${rows} pictures …`);
  const server = await LabServer.start();
  const browser = await chromium.launch({
    executablePath: findBrowser() ?? undefined,
    args: ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  });
  try {
    const folder = path.join(directory, 'pictures');
    await makeFolder(folder, rows, 64, 48);
    const { scores, features } = await writeTables(directory, rows);
    await server.run('import', folder, '--name', 'bench', '--scenario', 'nr');
    await server.run('scores', 'bench', scores, '--higher-is-better');
    await server.run('features', 'bench', features, '--name', 'clustered');
    const context = await browser.newContext({ baseURL: server.address });
    const page = await context.newPage();
    await signIn(page, server);
    const first = performance.now();
    await page.goto(
      `/datasets/bench/select?sent=1&proxy=guess&features=clustered&lambda=0.01&epsilon=1&n=${N}&sigma=on`
    );
    await page.locator('ol.strip li').nth(5).waitFor();
    const cold = performance.now() - first;
    const times: number[] = [];
    const lines: (string | null)[][] = [
      ['', 'ms'],
      ['first page, from cold', fixed(cold)]
    ];
    for (const one of MOVES) {
      const ms = await page.evaluate(move, one);
      times.push(ms);
      lines.push([`λ ${one.lambda}, ε ${one.epsilon}`, fixed(ms)]);
    }
    lines.push(['median', fixed(quantileOf(times, 0.5))], ['slowest', fixed(Math.max(...times))]);
    table(lines);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A proxy that follows the MOS with noise, and features round 40 centres, as an encoder's are. */
async function writeTables(directory: string, rows: number): Promise<{ scores: string; features: string }> {
  const random = seededRandom('bench select page');
  const centres = Array.from({ length: 40 }, () => Array.from({ length: DIMENSIONS }, () => random.normal()));
  const scores = path.join(directory, 'scores.csv');
  const features = path.join(directory, 'features.csv');
  const scoresOut = createWriteStream(scores);
  const featuresOut = createWriteStream(features);
  scoresOut.write('stimulus,guess\n');
  featuresOut.write(`stimulus,${Array.from({ length: DIMENSIONS }, (_, d) => `f${d}`).join(',')}\n`);
  for (let row = 0; row < rows; row++) {
    const name = `p${String(row).padStart(6, '0')}.jpg`;
    scoresOut.write(`${name},${((row * 37) % 1000) / 10 + 12 * random.normal()}\n`);
    const centre = centres[random.integer(40)] as number[];
    const values = centre.map((value) => (value + 0.5 * random.normal()).toFixed(4));
    if (!featuresOut.write(`${name},${values.join(',')}\n`)) await once(featuresOut, 'drain');
  }
  scoresOut.end();
  featuresOut.end();
  await Promise.all([once(scoresOut, 'close'), once(featuresOut, 'close')]);
  return { scores, features };
}
