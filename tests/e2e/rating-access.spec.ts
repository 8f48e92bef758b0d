import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { Protocol, StudyDesign } from '../../src/lib/domain/study.ts';
import { answer, begin, open } from './support/rating.ts';
import { expect, test } from './support/test.ts';
import { makeStudy } from './support/world.ts';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Nothing that axe knows of WCAG 2.2 A and AA is broken on the page as it stands. */
async function accessible(page: Page, where: string): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode().withTags(WCAG).analyze();
  expect(passes.length, `${where}: axe looked at something`).toBeGreaterThan(5);
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target.join(' ')}`));
  expect(found, where).toEqual([]);
}

const scales: Record<string, [Protocol, 'nr' | 'fr', Partial<StudyDesign>, keys: string[]]> = {
  'continuous-100': ['single-stimulus', 'nr', {}, ['7', '1']],
  'acr-5': ['single-stimulus', 'nr', { scale: 'acr-5' }, ['4']],
  'acr-9': ['single-stimulus', 'nr', { scale: 'acr-9' }, ['8']],
  'dcr-5': ['single-stimulus', 'fr', { scale: 'dcr-5' }, ['4']],
  pair: ['double-stimulus', 'fr', {}, ['ArrowDown']],
  'ccr-7': ['double-stimulus', 'nr', { scale: 'ccr-7' }, ['6']],
  ranking: ['multiple-stimulus', 'nr', { groupSize: 5, groupsPerImage: 1 }, ['1', '2', '3', '4', '5']]
};

for (const [scale, [protocol, scenario, design, keys]] of Object.entries(scales)) {
  test(`${scale}: consent, trial, keys and end meet WCAG 2.2 AA, and its controls keep their places from right to left`, async ({
    page,
    lab
  }) => {
    const made = await makeStudy(lab, protocol, scenario, {
      count: 5,
      design: { ...design, trialsPerSession: 1 }
    });
    const link = made.links[0] as string;
    await page.goto(`${link}?lang=zh`);
    await accessible(page, 'consent');
    await page.goto(`${link}?lang=en`);
    await page.locator('form button').first().click();
    await page.waitForURL('**/trials');
    await open(page, 1);
    await accessible(page, 'trial');

    // A language that runs from right to left would turn the page, and must not turn what the pictures' places mean.
    const inOrder = () =>
      page.locator('.answer button, .answer [role=slider]').evaluateAll((all) => {
        const boxes = all.map((one) => one.getBoundingClientRect());
        const width = document.documentElement.clientWidth;
        return {
          inside: boxes.every(({ left, right }) => left >= 0 && right <= width),
          order: boxes
            .map(({ left }, index) => [left, index] as const)
            .sort((a, b) => a[0] - b[0] || a[1] - b[1])
        };
      });
    const before = await inOrder();
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    const after = await inOrder();
    expect(after.inside).toBe(true);
    expect(after.order.map(([, index]) => index)).toEqual(before.order.map(([, index]) => index));
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    await page.evaluate(() => (document.documentElement.dir = 'ltr'));

    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
    await accessible(page, 'keys');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    for (const key of keys) await page.keyboard.press(key);
    await accessible(page, 'answered');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/done');
    await accessible(page, 'end');
  });

  // One scale a protocol: buttons are the same component in all.
  if (!['continuous-100', 'pair', 'ranking'].includes(scale)) continue;
  test(`${scale}: by touch on a phone, every control large enough`, async ({ browser, lab }) => {
    const made = await makeStudy(lab, protocol, scenario, {
      count: 5,
      design: { ...design, trialsPerSession: 1 }
    });
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
    const page = await context.newPage();
    await begin(page, made.links[0] as string);
    await open(page, 1);
    const small = await page.locator('button:visible, [role=slider]').evaluateAll((all) =>
      all.flatMap((one) => {
        const { width, height } = one.getBoundingClientRect();
        return width < 24 || height < 24 ? [`${one.textContent} ${width} × ${height}`] : [];
      })
    );
    expect(small).toEqual([]);
    if (scale === 'continuous-100') await page.getByRole('slider').tap();
    else if (scale === 'ranking') {
      for (let place = 1; place <= 5; place++)
        await page
          .locator('.onto')
          .nth(place - 1)
          .tap();
    } else await page.locator('.choice').last().tap();
    await page.getByRole('button', { name: 'Confirm' }).tap();
    await page.waitForURL('**/done');
    await context.close();
  });
}

test('a rater reads the language of their browser, of their choice, or of the study', async ({
  browser,
  lab
}) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 2, links: 2 });
  const context = await browser.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  const [link] = made.links as [string, string];
  await page.goto(link);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await expect(page.getByText('噪声')).toBeVisible();
  await page.getByRole('link', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Judging the quality of pictures' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  // Kept: the address says no more of it.
  await page.goto(made.links[1] as string);
  await page.getByRole('button', { name: 'I agree, begin' }).click();
  await page.waitForURL('**/trials');
  await open(page, 1);
  await expect(page.getByText('How good is the quality of the image?')).toBeVisible();

  const chinese = await makeStudy(lab, 'double-stimulus', 'nr', { count: 3, design: { language: 'zh' } });
  await page.goto(`${chinese.links[0]}?lang=en`);
  await expect(page.getByRole('button', { name: '我同意，开始' })).toBeVisible();
  await expect(page.locator('nav')).toHaveCount(0);
  await page.getByRole('button', { name: '我同意，开始' }).click();
  await page.waitForURL('**/trials');
  await open(page);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await answer(page, ['ArrowLeft']);
  await context.close();
});
