import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { answer, begin, open } from './support/rating.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { fresh, importFolder, makeFolder, makeStudy } from './support/world.ts';

/** Some tests go on without script, where a click is a whole page. */
async function download(page: Page, act: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test('a study is planned while its trial, report and prompts follow the form', async ({ page, lab }) => {
  const dataset = fresh('plan');
  await importFolder(lab, makeFolder(lab, dataset, { count: 10, references: 2 }), dataset, 'fr');
  await signIn(page, lab);
  await page.goto(`/studies/new?dataset=${dataset}`);
  await expect(page.getByRole('button', { name: 'Plan this study: 10 test trials' })).toBeVisible();

  await page.getByRole('radio', { name: 'double stimulus' }).check();
  // 5 stimuli within each of two references: all 10 pairs of each, since 5·5 are more than there are.
  await expect(page.getByRole('button', { name: 'Plan this study: 20 test trials' })).toBeVisible();
  await expect(page.getByText('every possible pair')).toBeVisible();
  await expect(page.getByText('yes, within each reference')).toBeVisible();

  await page.getByRole('checkbox', { name: /telltale-0/ }).check();
  await expect(page.getByRole('alert')).toContainText('takes 2 exemplars, not 1');
  await page.getByRole('checkbox', { name: /telltale-4/ }).check();
  // 3 left of one reference, 5 of the other: 3 + 10 pairs, and a training trial.
  await expect(page.getByRole('button', { name: 'Plan this study: 13 test trials' })).toBeVisible();
  await page.locator('summary', { hasText: 'in-context' }).click();
  await expect(page.locator('details[open] .prompt')).toContainText(
    'the human perceptual quality comparison result is that the'
  );

  // The trial is the rating room's own: it can be answered by keyboard, and nothing is kept.
  await expect(page.locator('.trial:not(.waits)')).toBeVisible();
  await page.getByRole('button', { name: 'Second' }).focus();
  await answer(page, ['ArrowRight']);
  await expect(page.getByText('nothing was kept')).toBeVisible();

  const name = fresh('planned');
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('textbox', { name: 'Name' }).press('Enter');
  await page.waitForURL(`**/studies/${name}`);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByText('14 trials')).toBeVisible();

  await page.getByRole('link', { name: 'Plan', exact: true }).click();
  const file = await download(page, () =>
    page.getByRole('link', { name: 'Download the text behind it' }).click()
  );
  const hash = await page.locator('dd code').textContent();
  expect(createHash('sha256').update(file.bytes).digest('hex')).toBe(hash);
  await expect(page.getByRole('row', { name: /training/ })).toHaveCount(1);

  await page.goto('/studies/new');
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: /Plan this study/ }).click();
  await expect(page.getByRole('alert')).toContainText('exists already');
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue(name);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('the form previews by its address, refuses in words and plans', async ({ page, lab }) => {
    const dataset = fresh('plain');
    await importFolder(lab, makeFolder(lab, dataset, { count: 6 }), dataset, 'nr');
    await signIn(page, lab);
    await page.goto(`/studies/new?dataset=${dataset}`);
    await page.getByRole('radio', { name: 'multiple stimulus' }).check();
    await page.getByRole('button', { name: 'Preview' }).click();
    await expect(page.getByRole('button', { name: 'Plan this study: 12 test trials' })).toBeVisible();
    await page.getByLabel('Groups per image').fill('0');
    await page.getByRole('button', { name: 'Preview' }).click();
    await expect(page.getByRole('alert')).toContainText('Groups per image is a whole number from 1, not 0.');
    await page.getByLabel('Groups per image').fill('1');
    await page.getByRole('button', { name: 'Preview' }).click();
    const name = fresh('plainly');
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.getByRole('button', { name: 'Plan this study: 6 test trials' }).click();
    await page.waitForURL(`**/studies/${name}`);

    await page.getByRole('link', { name: 'New version' }).click();
    await expect(page.getByLabel('Groups per image')).toHaveValue('1');
    await page.getByLabel('Groups per image').fill('2');
    await page.getByRole('button', { name: /Plan this study/ }).click();
    await page.waitForURL(`**/studies/${name}@2`);
    await expect(page.getByRole('link', { name, exact: true })).toHaveAttribute('href', `/studies/${name}`);
  });
});

test('people are invited, watched while they sit, withdrawn, and shut out of a closed study', async ({
  page,
  lab,
  context,
  browser
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { study } = await makeStudy(lab, 'double-stimulus', 'nr', { count: 4, links: 1 });
  await signIn(page, lab);
  await page.goto(`/studies/${study}/people`);
  await page.getByLabel('How many').fill('2');
  await page.getByRole('button', { name: 'Make links' }).click();
  await expect(page.getByText('2 links made')).toBeVisible();
  await expect(page.getByText('1–3 of 3 links')).toBeVisible();

  await page.getByRole('button', { name: 'Copy link 3' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Copied: link 3' })).toBeAttached();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(new RegExp(`^${lab.address}/r/[A-Za-z0-9_-]{22}$`));
  const csv = await download(page, () =>
    page.getByRole('link', { name: 'Download all links as CSV' }).click()
  );
  expect(csv.name).toBe(`${study}-links.csv`);
  expect(csv.bytes.toString().trim().split('\n')).toHaveLength(4);
  expect(csv.bytes.toString()).toContain(`${link},personal,unused,0,`);

  const theirs = await browser.newContext({ baseURL: lab.address });
  const rater = await theirs.newPage();
  await begin(rater, link);
  for (const trial of [1, 2]) {
    await open(rater, trial);
    await answer(rater, ['ArrowLeft']);
  }
  // The page looks again by itself.
  const row = page.getByRole('row', { name: /rater/ });
  await expect(row).toContainText('2 of 6', { timeout: 15_000 });
  await expect(row).toContainText('here');
  await expect(row).toContainText('100 %');
  await expect(page.getByRole('row', { name: link })).toContainText('sitting');

  await page.getByRole('link', { name: /Withdraw rater/ }).click();
  await expect(page.getByText('2 answers, the order')).toBeVisible();
  await page.getByRole('button', { name: 'Delete their data' }).click();
  await page.waitForURL('**/people');
  await expect(page.getByRole('row', { name: /rater/ })).toContainText('withdrawn');
  await expect(
    page.locator('p', { hasText: '0 joined: 0 done, 0 here now, 0 away, 0 left; 1 withdrawn. 0 answers.' })
  ).toBeVisible();
  expect((await rater.goto(link))?.status()).toBe(404);

  await page.goto(`/studies/${study}`);
  await page.getByText('Close this study').click();
  await page.getByRole('button', { name: 'Close it' }).click();
  await expect(page.locator('.page-head')).toContainText('closed');
  await page.goto(`/studies/${study}/people`);
  await expect(page.getByText('its links let nobody begin')).toBeVisible();
  await page.goto(`/studies/${study}`);
  await page.getByText('Open this study').click();
  await page.getByRole('button', { name: 'Open it' }).click();
  await expect(page.locator('.page-head')).toContainText('open');
  await theirs.close();
});

test('what is exported has every row, and a study that is not there says so', async ({
  page,
  lab,
  browser
}) => {
  const { study, links } = await makeStudy(lab, 'single-stimulus', 'nr', { count: 3 });
  const theirs = await browser.newContext({ baseURL: lab.address });
  const rater = await theirs.newPage();
  await begin(rater, links[0] as string);
  await open(rater, 1);
  await answer(rater, ['7', '0']);
  await open(rater, 2);
  await theirs.close();
  await signIn(page, lab);
  await page.goto(`/studies/${study}/export`);
  const csv = await download(page, () => page.getByRole('link', { name: 'responses as CSV' }).click());
  expect(csv.name).toBe(`${study}-responses.csv`);
  const lines = csv.bytes.toString().trim().split('\n');
  expect(lines).toHaveLength(1 + 3);
  expect(lines.filter((line) => line.includes(',ok,70,'))).toHaveLength(1);
  const json = await download(page, () =>
    page.getByRole('link', { name: 'responses as JSON', exact: true }).click()
  );
  expect(JSON.parse(json.bytes.toString())).toHaveLength(3);
  for (const what of ['scores', 'agreement']) {
    const file = await download(page, () =>
      page.getByRole('link', { name: `${what} as JSON`, exact: true }).click()
    );
    expect(Array.isArray(JSON.parse(file.bytes.toString()))).toBe(true);
  }
  const asked = await page.request.get(`/studies/${study}/export/passwords.csv`);
  expect(asked.status()).toBe(404);
  expect((await page.request.get('/studies/no-such-study/plan/design.json')).status()).toBe(404);
  const stranger = await browser.newContext({ baseURL: lab.address });
  expect((await stranger.request.get(`/studies/${study}/export/responses.csv`)).url()).toContain('/sign-in');
  expect((await stranger.request.get(`/studies/${study}/people/links.csv`)).url()).toContain('/sign-in');
  await stranger.close();
});
