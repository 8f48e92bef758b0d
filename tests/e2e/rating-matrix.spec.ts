import type { Browser, BrowserContextOptions } from '@playwright/test';
import type { Protocol, StudyDesign } from '../../src/lib/domain/study.ts';
import { answer, begin, open } from './support/rating.ts';
import { expect, listen, test } from './support/test.ts';
import { exportedRows, makeStudy } from './support/world.ts';

/** An answer: the keys that give it, and what has to be stored. */
type Given = [keys: string[], stored: object];

const scales: Record<string, [Protocol, 'nr' | 'fr', Partial<StudyDesign>, one: Given, other: Given]> = {
  'continuous-100': ['single-stimulus', 'fr', {}, [['7', '1'], { score: 71 }], [['End'], { score: 100 }]],
  'acr-5': ['single-stimulus', 'nr', { scale: 'acr-5' }, [['2'], { raw: 2 }], [['5'], { raw: 5 }]],
  'acr-9': ['single-stimulus', 'nr', { scale: 'acr-9' }, [['8'], { raw: 8 }], [['1'], { raw: 1 }]],
  'dcr-5': [
    'single-stimulus',
    'fr',
    { scale: 'dcr-5', referencePlace: 'in-place' },
    [['4'], { raw: 4 }],
    [['1'], { raw: 1 }]
  ],
  'a pair': [
    'double-stimulus',
    'fr',
    { pairsPerImage: 1 },
    [['ArrowDown'], { choice: 'same' }],
    [['ArrowRight'], { choice: 'second' }]
  ],
  'a pair without ties': [
    'double-stimulus',
    'nr',
    { pairsPerImage: 1, allowTies: false },
    [['ArrowLeft'], { choice: 'first' }],
    [['ArrowRight'], { choice: 'second' }]
  ],
  'ccr-7': [
    'double-stimulus',
    'nr',
    { scale: 'ccr-7', pairsPerImage: 1 },
    [['6'], { raw: 2 }],
    [['1'], { raw: -3 }]
  ],
  'a ranking of two': [
    'multiple-stimulus',
    'nr',
    { groupSize: 2, groupsPerImage: 1 },
    [['2', '1'], { ranking: [1, 0] }],
    [['1', '2'], { ranking: [0, 1] }]
  ],
  'a ranking of six': [
    'multiple-stimulus',
    'nr',
    { groupSize: 6, groupsPerImage: 1 },
    [['6', '5', '4', '3', '2', '1'], { ranking: [5, 4, 3, 2, 1, 0] }],
    [['1', '2', '3', '4', '5', '6'], { ranking: [0, 1, 2, 3, 4, 5] }]
  ]
};

const devices: Record<string, BrowserContextOptions> = {
  'a desk’s screen': { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
  'a tablet at two device pixels': {
    viewport: { width: 1180, height: 820 },
    deviceScaleFactor: 2,
    hasTouch: true
  }
};

const TRIALS = 7;
const KILLED = ['dcr-5', 'ccr-7', 'a ranking of six'];

/** One for each control that answers are given with; the others share theirs (EVERY_SCALE=1 takes all). */
const EACH_CONTROL = ['continuous-100', 'dcr-5', 'a pair', 'ccr-7', 'a ranking of six'];
const taken = Object.entries(scales).filter(
  ([scale]) => process.env['EVERY_SCALE'] || EACH_CONTROL.includes(scale)
);

// Every other scale on the other device: what devices paint is compared byte for byte in rating-pixels.
for (const [index, [scale, [protocol, scenario, design, one, other]]] of taken.entries()) {
  const [device, options] = Object.entries(devices)[index % 2] as [string, BrowserContextOptions];
  test(`${scale} on ${device}: no network, a reload, the back button, a second tab, keys held down, a killed server`, async ({
    browser,
    lab
  }) => {
    const given = [one, other, other, one, other, one, other];
    const keysOf = (trial: number) => (given[trial - 1] as Given)[0];
    const made = await makeStudy(lab, protocol, scenario, { count: TRIALS, design });
    const { page, context, complaints } = await openDevice(browser, lab.address, options);

    await begin(page, made.links[0] as string);
    await open(page, 1);
    await answer(page, keysOf(1));
    for (let i = 0; i < 4; i++) await page.keyboard.press('Enter');

    await open(page, 2);
    await page.waitForLoadState('networkidle');
    await context.setOffline(true);
    await answer(page, keysOf(2));
    await open(page, 3);
    await answer(page, keysOf(3));
    await open(page, 4);
    await expect(page.getByText('No connection. Your answers are kept')).toBeVisible();
    await context.setOffline(false);
    await expect(page.getByText('No connection.')).toBeHidden();

    // Given and not confirmed is no answer.
    for (const key of (given[4] as Given)[0]) await page.keyboard.press(key);
    await page.reload();
    await open(page, 4);
    await answer(page, keysOf(4));

    await open(page, 5);
    await page.goBack();
    await page.goto(`${made.links[0]}/trials`);
    await open(page, 5);
    for (const key of keysOf(5)) await page.keyboard.press(key);
    await page.getByRole('button', { name: 'Confirm' }).dblclick();

    await open(page, 6);
    const tab = await context.newPage();
    await tab.goto(made.links[0] as string);
    await open(tab, 6);
    await answer(tab, keysOf(6));
    await open(tab, 7);
    await tab.close();
    await page.bringToFront();
    await open(page, 7);

    // What waits is the same for every scale: once a protocol.
    const killed = KILLED.includes(scale);
    if (killed) await lab.kill();
    await answer(page, keysOf(7));
    if (killed) {
      await expect(page.getByText('Waiting for the connection: 1 answer is kept here')).toBeVisible();
      await lab.up();
    }
    await page.waitForURL('**/done', { timeout: 30_000 });

    const rows = await exportedRows(lab, made.study);
    expect(rows).toHaveLength(TRIALS);
    expect(rows).toMatchObject(given.map(([, stored], position) => ({ position, outcome: 'ok', ...stored })));
    await context.close();
    expect(complaints.filter((text) => !text.includes('Failed to load resource: net::ERR_'))).toEqual([]);
  });
}

async function openDevice(browser: Browser, baseURL: string, options: BrowserContextOptions) {
  const context = await browser.newContext({ ...options, baseURL, reducedMotion: 'reduce' });
  const complaints: string[] = [];
  context.on('page', (page) => listen(page, complaints));
  return { page: await context.newPage(), context, complaints };
}
