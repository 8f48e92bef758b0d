import { begin, open } from './support/rating.ts';
import { expect, test } from './support/test.ts';
import { exportedRows, makeStudy } from './support/world.ts';

interface Watched {
  held: number;
  mostHeld: number;
  trials: number;
  /** Trials that were open to an answer while a picture of theirs was not there. */
  blank: number;
  /** How often the page said that pictures are late. */
  late: number;
}

declare global {
  interface Window {
    watched: Watched;
    goOn: boolean;
  }
}

/** Counts the pictures that the page holds, and answers every trial in the frame in which it opens. */
function watch(): void {
  const watched = { held: 0, mostHeld: 0, trials: 0, blank: 0, late: 0 };
  window.watched = watched;
  window.goOn = false;
  const make = URL.createObjectURL.bind(URL);
  const revoke = URL.revokeObjectURL.bind(URL);
  URL.createObjectURL = (object) => {
    watched.mostHeld = Math.max(watched.mostHeld, ++watched.held);
    return make(object);
  };
  URL.revokeObjectURL = (url) => {
    watched.held--;
    revoke(url);
  };
  let answered = '';
  let said = false;
  const look = () => {
    requestAnimationFrame(look);
    if (!window.goOn) return;
    const now = document.querySelector('.notice')?.textContent?.includes('have not arrived yet') ?? false;
    if (now && !said) watched.late++;
    said = now;
    if (!document.querySelector('.trial:not(.waits)')) return;
    const pictures = [...document.querySelectorAll<HTMLImageElement>('.stage img:not(.unseen)')];
    const key = pictures.map(({ src }) => src).join();
    if (key === answered) return;
    answered = key;
    watched.trials++;
    const there = pictures.length > 0 && pictures.every((one) => one.complete && one.naturalWidth > 0);
    if (!there) watched.blank++;
    for (const pressed of ['5', 'Enter'])
      window.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true }));
  };
  requestAnimationFrame(look);
}

/** Each costs about half a second of waiting: 500 of them, the size of a published study, by SLOW_PICTURES=500. */
const PICTURES = Number(process.env['SLOW_PICTURES'] ?? 120);

test('a long study over a slow link: none is blank at its onset, few are held, who waits is told and it is recorded', async ({
  page,
  lab
}) => {
  test.setTimeout(120_000 + 600 * PICTURES);
  // 18 kB each.
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: PICTURES, design: { intervalMs: 0 } });
  await page.addInitScript(watch);
  const waited: number[] = [];
  page.on('request', (request) => {
    if (!request.url().endsWith('/responses')) return;
    waited.push((request.postDataJSON() as { facts: { waitedMs?: number } }).facts.waitedMs ?? 0);
  });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  // Slower than the answers, which take two frames: nearly every trial has to wait for its picture.
  const devtools = await page.context().newCDPSession(page);
  const link = { offline: false, latency: 20, uploadThroughput: 60_000 };
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', { ...link, downloadThroughput: 300_000 });
  await page.evaluate(() => (window.goOn = true));
  await expect
    .poll(() => page.evaluate(() => window.watched.trials), { timeout: 90_000 })
    .toBeGreaterThan(40);
  // For a while nearly nothing comes.
  await devtools.send('Network.emulateNetworkConditions', { ...link, downloadThroughput: 2_000 });
  await expect.poll(() => page.evaluate(() => window.watched.late)).toBeGreaterThan(0);
  await devtools.send('Network.emulateNetworkConditions', { ...link, downloadThroughput: 400_000 });
  let watched: Watched | null = null;
  await expect
    .poll(
      async () => {
        watched = (await page.evaluate(() => window.watched).catch(() => null)) ?? watched;
        return new URL(page.url()).pathname.endsWith('/done');
      },
      { timeout: 600 * PICTURES }
    )
    .toBe(true);
  const seen = (await page.evaluate(() => window.watched)) as Watched;
  expect(seen.trials).toBe(PICTURES);
  expect(seen.blank).toBe(0);
  // The window ahead is eight trials; one more may be on its way out.
  expect(seen.mostHeld).toBeLessThanOrEqual(10);

  const rows = await exportedRows(lab, made.study);
  expect(rows.filter(({ score }) => score === 5)).toHaveLength(PICTURES);
  // How long somebody waited for pictures goes with the answer.
  expect(waited.filter((ms) => ms > 0).length).toBeGreaterThan(PICTURES / 2);
  expect(Math.max(...waited)).toBeGreaterThanOrEqual(1500);
});
