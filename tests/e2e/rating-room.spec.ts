import { begin, open } from './support/rating.ts';
import { expect, test } from './support/test.ts';
import { exportedRows, makeStudy } from './support/world.ts';

test('controls and pictures are worked by mouse, and nothing moves between trials', async ({ page, lab }) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 2 });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  const places = () =>
    page.locator('.desk button, .desk [role=slider]').evaluateAll((all) =>
      all.map((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        return [left, top, width, height];
      })
    );
  const before = await places();
  const track = await page.locator('.track').boundingBox();
  if (track === null) throw new Error('no slider');
  await expect(page.locator('.thumb')).toHaveCount(0);
  await page.mouse.click(track.x + track.width * 0.25, track.y + track.height / 2);
  await expect(page.getByRole('slider')).toHaveAttribute('aria-valuenow', '25');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.thumb')).toHaveCount(0);
  // Dragged past its end it stays at the end.
  await page.mouse.move(track.x + track.width * 0.5, track.y + track.height / 2);
  await page.mouse.down();
  await page.mouse.move(track.x + track.width + 60, track.y, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Confirm' }).click();
  await open(page, 2);
  expect(await places()).toEqual(before);
  const [row] = await exportedRows(lab, made.study);
  expect(row?.score).toBe(100);
});

test('four pictures are ordered by dragging, and by picking and placing', async ({ page, lab }) => {
  const made = await makeStudy(lab, 'multiple-stimulus', 'nr', {
    count: 8,
    design: { groupsPerImage: 1, trialsPerSession: 1, allowTies: false }
  });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  const drag = async (letter: string, place: number) => {
    const picture = await page.getByAltText(`Image ${letter}`).boundingBox();
    const onto = await page.locator(`[data-place="${place}"]`).boundingBox();
    if (picture === null || onto === null) throw new Error('nothing to drag');
    await page.mouse.move(picture.x + 20, picture.y + 20);
    await page.mouse.down();
    await page.mouse.move(onto.x + onto.width / 2, onto.y + 15, { steps: 5 });
    await page.mouse.up();
  };
  await drag('C', 0);
  await drag('A', 3);
  // Picked, then the place: B takes C's, and C, which may not share it, has none again.
  await page.getByAltText('Image B').locator('..').getByRole('presentation').nth(1).click();
  await page.getByRole('button', { name: /^1.*: put image B here$/ }).click();
  await page.getByRole('button', { name: 'Image C', exact: true }).click();
  await page.getByRole('button', { name: /^2.*: put image C here$/ }).click();
  await expect(page.getByRole('button', { name: 'Confirm' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: /^3.*: put image D here$/ }).click();
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.waitForURL('**/done');
  const [row] = await exportedRows(lab, made.study);
  expect(row?.ranking).toEqual([3, 0, 1, 2]);
});

test('a touch on a picture chooses it; without ties there is no same', async ({ browser, lab }) => {
  const made = await makeStudy(lab, 'double-stimulus', 'nr', {
    count: 2,
    design: { allowTies: false, pairsPerImage: 1, trialsPerSession: 1 }
  });
  const context = await browser.newContext({ hasTouch: true, viewport: { width: 768, height: 1024 } });
  const page = await context.newPage();
  await begin(page, made.links[0] as string);
  await open(page, 1);
  await expect(page.getByRole('button', { name: 'Same' })).toHaveCount(0);
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('.choice[aria-pressed=true]')).toHaveCount(0);
  const second = await page.getByAltText('Second image').boundingBox();
  if (second === null) throw new Error('no picture');
  await page.touchscreen.tap(second.x + 10, second.y + 10);
  await page.getByRole('button', { name: 'Confirm' }).tap();
  await page.waitForURL('**/done');
  const [row] = await exportedRows(lab, made.study);
  expect(row?.choice).toBe('second');
  await context.close();
});

test('an answer waits for the shortest viewing time; after the longest the pictures are gone, the answer is not', async ({
  page,
  lab
}) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', {
    count: 1,
    design: { shortestViewMs: 1500, longestViewMs: 2500 }
  });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  await page.keyboard.press('4');
  await page.keyboard.press('2');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Trial 1 of 1')).toBeAttached();
  await expect(page.getByAltText('The image')).toBeVisible();
  await expect(page.getByAltText('The image')).toBeHidden();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/done');
  const [row] = await exportedRows(lab, made.study);
  expect(row?.score).toBe(42);
  expect(row?.responseTimeMs).toBeGreaterThan(2400);
});

test('a window too small is told what it needs, and the study goes on once it has that', async ({
  page,
  lab
}) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 1, widthPx: 700, heightPx: 300 });
  await page.setViewportSize({ width: 600, height: 500 });
  await begin(page, made.links[0] as string);
  const said = page.getByText(/They need a window whose inside is at least/);
  await expect(said).toBeVisible();
  await page.keyboard.press('5');
  const [, width, height] =
    /at least (\d+) × (\d+)/.exec((await said.innerText()).replace(/\s+/g, ' ')) ?? [];
  await page.setViewportSize({ width: Number(width), height: Number(height) });
  await expect(said).toBeHidden();
  await open(page, 1);
  await expect(page.getByRole('slider')).toHaveAttribute('aria-valuetext', 'not set yet');
  const shown = await page.getByAltText('The image').boundingBox();
  expect([shown?.width, shown?.height]).toEqual([700, 300]);
});

test('scroll keeps 1:1 and scale makes smaller, and what was done is sent with the answer', async ({
  page,
  lab
}) => {
  await page.setViewportSize({ width: 600, height: 500 });
  for (const [policy, scale] of [
    ['scroll', 1],
    ['scale', 0.81]
  ] as const) {
    const made = await makeStudy(lab, 'single-stimulus', 'nr', {
      count: 1,
      widthPx: 700,
      heightPx: 100,
      design: { fitPolicy: policy }
    });
    await begin(page, made.links[0] as string);
    await open(page, 1);
    const shown = await page.getByAltText('The image').boundingBox();
    expect(shown?.width).toBe(policy === 'scroll' ? 700 : 567);
    await page.keyboard.press('5');
    const sent = page.waitForRequest('**/responses');
    await page.keyboard.press('Enter');
    const { facts } = (await sent).postDataJSON() as { facts: Record<string, unknown> };
    expect(facts['fit']).toBe(policy);
    expect(facts['scale']).toBeCloseTo(scale, 2);
    expect(facts).toMatchObject({ dpr: 1, viewportWidth: 600, input: 'keyboard', blurs: 0, hides: 0 });
    await page.waitForURL('**/done');
  }
});

test('without JavaScript one reads and consents, and is told in one line what the trials need', async ({
  browser,
  lab
}) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 1 });
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(made.links[0] as string);
  await expect(page).toHaveTitle('Judging the quality of pictures');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.getByRole('button', { name: 'I agree, begin' }).click();
  await page.waitForURL('**/trials');
  // Playwright reads no text inside noscript, so the line is looked for by its place on the page.
  expect(await page.content()).toContain('The trials need JavaScript');
  expect((await page.locator('noscript .needs').boundingBox())?.height).toBeGreaterThan(20);
  await context.close();
});

test.describe('a link that is none', () => {
  test.use({ allowedComplaints: [/status of 404/] });
  test('gets a calm page', async ({ page, lab }) => {
    await page.goto(`${lab.address}/r/${'x'.repeat(22)}`);
    await expect(page.getByRole('heading', { name: 'This link leads nowhere' })).toBeVisible();
  });
});
