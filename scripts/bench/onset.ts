import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { LabServer } from '../../tests/e2e/support/server.ts';
import { findBrowser } from '../ensure-browser.ts';
import { machine, quantileOf, table } from './measure.ts';
import { makeFolder } from './pictures.ts';

const TRIALS = 60;
const ROUND_TRIP_MS = 50;
const SIZE = { widthPx: 640, heightPx: 480 };

/** Answers each trial a while after it opened, and notes how long it took from the answer to the next onset. */
function drive(): void {
  const times: number[] = [];
  const state = { times, done: false };
  (window as unknown as { onsets: typeof state }).onsets = state;
  let answeredAt: number | null = null;
  let answered = '';
  const look = () => {
    if (location.pathname.endsWith('/done')) {
      state.done = true;
      return;
    }
    requestAnimationFrame(look);
    if (!document.querySelector('.trial:not(.waits)')) return;
    const key = [...document.querySelectorAll<HTMLImageElement>('.stage img')].map(({ src }) => src).join();
    if (key === answered) return;
    answered = key;
    if (answeredAt !== null) times.push(performance.now() - answeredAt);
    setTimeout(() => {
      for (const pressed of ['ArrowLeft', 'Enter']) {
        if (pressed === 'Enter') answeredAt = performance.now();
        window.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true }));
      }
    }, 300);
  };
  requestAnimationFrame(look);
}

/**
 * onset: from an answer to the onset of the next trial, in a real browser on a connection with 50 ms there and back, pairs of
 * pictures, loaded ahead. "Onset" is the frame after which a trial is open to an answer; the study's grey interval (none,
 * then the default) is part of the time.
 */
export async function run(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'limen-bench-'));
  console.log(`${machine()}; server, browser and this program share it`);
  const server = await LabServer.start();
  const browser = await chromium.launch({
    executablePath: findBrowser() ?? undefined,
    args: ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  });
  try {
    const folder = path.join(directory, 'pictures');
    await makeFolder(folder, TRIALS, SIZE.widthPx, SIZE.heightPx);
    await server.run('import', folder, '--name', 'bench', '--scenario', 'nr');
    const rows: (string | number | null)[][] = [
      ['grey interval ms', 'onsets', 'median ms', 'p95 ms', 'longest ms']
    ];
    for (const intervalMs of [0, null]) {
      const study = `onset-${intervalMs ?? 'default'}`;
      await server.call('study-create', {
        name: study,
        dataset: 'bench',
        subset: null,
        protocol: 'double-stimulus',
        seed: 1,
        exemplars: [],
        design: {
          trialsPerSession: TRIALS,
          fitPolicy: 'scroll',
          ...(intervalMs === null ? {} : { intervalMs })
        },
        ifMissing: false
      });
      const [token] = await server.call<string[]>('invite', { study, count: 1, open: false });
      const page = await (await browser.newContext({ viewport: { width: 1600, height: 1000 } })).newPage();
      const times = (await sit(page, `${server.address}/r/${token}`)).sort((a, b) => a - b);
      const at = (q: number) => Math.round(quantileOf(times, q));
      rows.push([intervalMs ?? 'default', times.length, at(0.5), at(0.95), at(1)]);
      await page.context().close();
    }
    table(rows);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function sit(page: Page, link: string): Promise<number[]> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: ROUND_TRIP_MS,
    downloadThroughput: -1,
    uploadThroughput: -1
  });
  await page.goto(link);
  await page.getByRole('button', { name: 'I agree, begin' }).click();
  await page.waitForURL('**/trials');
  await page.evaluate(drive);
  await page.waitForFunction(() => (window as unknown as { onsets: { done: boolean } }).onsets.done, null, {
    timeout: 180_000
  });
  return page.evaluate(() => (window as unknown as { onsets: { times: number[] } }).onsets.times);
}
