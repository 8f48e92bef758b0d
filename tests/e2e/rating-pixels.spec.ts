import sharp from 'sharp';
import { chromium, type Locator, type Page } from '@playwright/test';
import { begin, open } from './support/rating.ts';
import { expect, test } from './support/test.ts';
import { exportedRows, makeStudy, type MadeStudy } from './support/world.ts';

interface Pixels {
  data: Buffer;
  width: number;
  height: number;
}

async function decoded(bytes: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The device pixels that an element covers in a screenshot; fails unless it stands on whole ones. */
async function covered(page: Page, element: Locator, ratio: number): Promise<Pixels> {
  const box = await element.boundingBox();
  if (box === null) throw new Error('the picture is not on the page');
  const device = [box.x, box.y, box.width, box.height].map((css) => css * ratio);
  for (const value of device) expect(Math.abs(value - Math.round(value))).toBeLessThan(0.05);
  const [left, top, width, height] = device.map(Math.round) as [number, number, number, number];
  const { data, info } = await sharp(await page.screenshot())
    .removeAlpha()
    .extract({ left, top, width, height })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function fileOf(made: MadeStudy, name: string): Uint8Array {
  const bytes = made.folder.files.get(name);
  if (!bytes) throw new Error(`no file ${name}`);
  return bytes;
}

/*
 * A browser that is told its screen's scale when it starts, as a real one is. The one that a test emulates in an open
 * page lays out in whole CSS pixels, which no screen does.
 */
for (const ratio of [1, 1.25, 1.5, 2]) {
  test(`at ${ratio} device pixels per CSS pixel the screen shows the file's pixels, each of them`, async ({
    launchOptions,
    lab
  }) => {
    const browser = await chromium.launch({
      ...launchOptions,
      args: [...(launchOptions.args ?? []), `--force-device-scale-factor=${ratio}`, '--window-size=1281,901']
    });
    const page = await (await browser.newContext({ viewport: null })).newPage();
    for (const [protocol, shown] of [
      ['single-stimulus', 1],
      ['double-stimulus', 2],
      ['multiple-stimulus', 4]
    ] as const) {
      const made = await makeStudy(lab, protocol, 'fr', {
        count: 8,
        widthPx: 151,
        heightPx: 97,
        design: { trialsPerSession: 1 }
      });
      await begin(page, made.links[0] as string);
      await open(page, 1);
      expect(await page.evaluate(() => devicePixelRatio)).toBe(ratio);
      const [row] = await exportedRows(lab, made.study);
      expect(row?.stimuli).toHaveLength(shown);
      const names =
        protocol === 'single-stimulus'
          ? ['The image']
          : protocol === 'double-stimulus'
            ? ['First image', 'Second image']
            : ['A', 'B', 'C', 'D'].map((letter) => `Image ${letter}`);
      const expected = [
        ...names.map((name, index) => [name, fileOf(made, row?.stimuli[index] as string)] as const),
        ['Reference', fileOf(made, 'pristine-0.png')] as const
      ];
      for (const [name, bytes] of expected) {
        const file = await decoded(bytes);
        const screen = await covered(page, page.getByAltText(name, { exact: true }), ratio);
        expect([screen.width, screen.height]).toEqual([file.width, file.height]);
        expect(screen.data.equals(file.data), `${name} of ${protocol}`).toBe(true);
      }

      // Held, the key puts the reference in the very place of what is judged.
      await page.keyboard.down('r');
      const reference = await decoded(fileOf(made, 'pristine-0.png'));
      const place = await covered(page, page.getByAltText(names[0] as string, { exact: true }), ratio);
      expect(place.data.equals(reference.data)).toBe(true);
      await page.keyboard.up('r');
      const back = await covered(page, page.getByAltText(names[0] as string, { exact: true }), ratio);
      expect(back.data.equals((await decoded(expected[0]?.[1] as Uint8Array)).data)).toBe(true);
    }
    await browser.close();
  });
}

test('round the pictures there is one grey and nothing else for 64 px', async ({ page, lab }) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 2, widthPx: 301, heightPx: 199 });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  const box = await page.getByAltText('The image').boundingBox();
  if (box === null) throw new Error('no picture');
  const [left, top] = [Math.round(box.x), Math.round(box.y)];
  const { data, info } = await sharp(await page.screenshot())
    .removeAlpha()
    .extract({ left: left - 64, top: top - 64, width: 301 + 128, height: 199 + 128 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  let other = 0;
  for (let y = 0; y < info.height; y++) {
    for (let x = 0; x < info.width; x++) {
      if (x >= 64 && x < 64 + 301 && y >= 64 && y < 64 + 199) continue;
      const at = 3 * (y * info.width + x);
      if (data[at] !== 108 || data[at + 1] !== 108 || data[at + 2] !== 108) other++;
    }
  }
  expect(other).toBe(0);
});

test('nothing that reaches the browser says what is shown', async ({ page, lab }) => {
  const made = await makeStudy(lab, 'double-stimulus', 'fr', { count: 4, design: { pairsPerImage: 1 } });
  const told: string[] = [];
  const pictures: Buffer[] = [];
  // Read on the way: a body is gone once its page has been left.
  await page.route('**/*', async (route) => {
    const response = await route.fetch({ maxRedirects: 0 }).catch(() => null);
    const body = (await response?.body().catch(() => null)) ?? null;
    // Its page was left before it came.
    if (response === null || body === null) return route.abort().catch(() => {});
    const url = route.request().url();
    told.push(url, JSON.stringify(response.headers()));
    if (url.includes('/stimuli/')) pictures.push(body);
    if (!url.includes('/_app/')) told.push(body.toString('latin1'));
    await route.fulfill({ response, body });
  });
  await begin(page, made.links[0] as string);
  for (let trial = 1; trial <= 4; trial++) {
    await open(page, trial);
    told.push(await page.content());
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
  }
  await page.waitForURL('**/done');
  told.push(await page.content());
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  const all = told.join('\n');
  for (const secret of ['telltale', 'pristine', made.dataset, made.study, 'hush', '"mos"', '"sigma"']) {
    expect(all.includes(secret), secret).toBe(false);
  }
  // The MOS of this dataset are 61.5, 61.625, 61.75 and 61.875.
  expect(all).not.toMatch(/\b61\.(5|625|75|875)\b/);
  // What is shown is exactly what was imported, byte for byte.
  expect(pictures.length).toBeGreaterThan(0);
  const files = [...made.folder.files.values()].map((bytes) => Buffer.from(bytes));
  for (const picture of pictures) expect(files.some((file) => file.equals(picture))).toBe(true);
});
