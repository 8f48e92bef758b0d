import type { Page } from '@playwright/test';
import { answer, begin, open } from './support/rating.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { exportedRows, makeStudy } from './support/world.ts';

/** The pictures that a trial shows, in their order: where they stand, how large they are, and a digest of their pixels. */
async function picturesIn(page: Page, stage: string) {
  const seen = page.locator(`${stage} img:not(.unseen)`);
  await expect(seen).toHaveCount(3);
  return seen.evaluateAll(async (images) =>
    Promise.all(
      (images as HTMLImageElement[]).map(async (image) => {
        await image.decode();
        const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
        const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
        const { left, width, height } = image.style;
        return { left, width, height, pixels: Array.from(digest).join() };
      })
    )
  );
}

test('a sitting is replayed as its rater saw it, by keyboard, and nothing of it changes', async ({
  page,
  lab,
  browser
}) => {
  const { study, links } = await makeStudy(lab, 'double-stimulus', 'fr', {
    count: 4,
    widthPx: 120,
    heightPx: 90
  });
  const context = await browser.newContext({ viewport: { width: 1100, height: 700 }, locale: 'en-GB' });
  const rater = await context.newPage();
  await begin(rater, links[0] as string);
  const seen = [];
  for (const keys of [['ArrowRight'], ['ArrowLeft']]) {
    await open(rater);
    seen.push(await picturesIn(rater, '.stage'));
    const stored = rater.waitForResponse((response) => response.url().endsWith('/responses'));
    await answer(rater, keys);
    expect((await stored).ok()).toBe(true);
  }
  await context.close();
  const before = await exportedRows(lab, study);

  await signIn(page, lab);
  await page.goto(`/studies/${study}/people`);
  const row = page.getByRole('row', { name: /rater/ });
  await expect(row).toContainText('2 of 6');
  await row.getByRole('link', { name: 'Replay' }).click();

  await expect(page.getByText('the second is better')).toBeVisible();
  await expect(page.getByText(/window of 1100 × 700 CSS px/)).toBeVisible();
  await expect(page.locator('dt:text-is("Answered by") + dd')).toHaveText('keyboard');
  for (const at of [0, 1]) {
    await expect(page.getByText(at === 0 ? 'the second is better' : 'the first is better')).toBeVisible();
    await expect(page.locator('.window .stage img')).toHaveCount(5);
    const shown = await picturesIn(page, '.window .stage');
    // The same files on the same sides at the same sizes, and as far apart as they were.
    const first = (one: typeof shown) => one.map(({ width, height, pixels }) => ({ width, height, pixels }));
    expect(first(shown)).toEqual(first(seen[at] as typeof shown));
    const apart = (one: typeof shown) =>
      one.map(({ left }) => Math.round(parseFloat(left) - parseFloat(one[0]?.left ?? '0')));
    expect(apart(shown)).toEqual(apart(seen[at] as typeof shown));
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('spinbutton', { name: /Trial/ })).toHaveValue(String(at + 2));
  }
  await expect(page.getByText('none yet')).toBeVisible();
  // Its controls are dead: keys and clicks answer nothing.
  await page.locator('.window button').first().click({ force: true });
  await page.keyboard.press('Enter');
  await expect(page.getByText('none yet')).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByRole('spinbutton', { name: /Trial/ })).toHaveValue('6');
  await page.keyboard.press('Home');
  await expect(page.getByText('the second is better')).toBeVisible();

  expect(await exportedRows(lab, study)).toEqual(before);
  // A picture that the sitting does not show, and a stranger, get nothing.
  const replay = new URL(page.url()).pathname;
  expect((await page.request.get(`${replay}/stimuli/999999`)).status()).toBe(404);
  const stranger = await browser.newContext();
  const source = await page.locator('.window .stage img').first().getAttribute('src');
  const refused = await stranger.request.get(`${lab.address}${source}`, { maxRedirects: 0 });
  expect(refused.status()).toBe(303);
  await stranger.close();
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('people are watched, covered and screened', async ({ page, lab, browser }) => {
    const { study, links } = await makeStudy(lab, 'single-stimulus', 'nr', { count: 3, links: 2 });
    for (const [person, link] of links.entries()) {
      const context = await browser.newContext({ javaScriptEnabled: true, locale: 'en-GB' });
      const rater = await context.newPage();
      await begin(rater, link);
      for (const key of ['2', '5', '9']) {
        await open(rater);
        await answer(rater, [key, String(person)]);
      }
      await rater.waitForURL('**/done');
      await context.close();
    }
    await signIn(page, lab);
    await page.goto(`/studies/${study}/people`);
    await expect(page.getByText('2 joined: 2 done, 0 here now')).toBeVisible();
    await page.getByRole('link', { name: 'Coverage and intervals' }).click();
    await expect(
      page.getByRole('img', { name: '3 stimuli, each with 2 answers or more; the best covered cell has 2' })
    ).toBeVisible();
    await expect(page.locator('p').filter({ hasText: 'after 6 answers' })).toBeVisible();
    await page.getByRole('radio', { name: 'trials' }).check();
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page.getByRole('img', { name: /^3 trials, each/ })).toBeVisible();
    await page.getByRole('link', { name: 'Screening' }).click();
    await expect(page.getByRole('row', { name: /^everybody/ })).toContainText('6');
    await expect(page.getByRole('row', { name: /rater/ })).toHaveCount(2);
    await page
      .getByRole('link', { name: /Replay/ })
      .first()
      .click();
    await expect(page.getByText('Answer', { exact: true })).toBeVisible();
    await page.getByRole('link', { name: 'Next' }).click();
    await expect(page).toHaveURL(/trial=2/);
  });
});
