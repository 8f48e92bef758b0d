import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeZip } from '../fixtures/made-zip.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { fresh, makeFolder } from './support/world.ts';

test.beforeEach(({ page, lab }) => signIn(page, lab));

test('a folder with a broken picture is imported by page, browsed, and a subset is made of it', async ({
  page,
  lab
}) => {
  const name = fresh('by-folder');
  const { directory, mosFile } = makeFolder(lab, name, { count: 9 });
  writeFileSync(
    path.join(directory, 'cut.png'),
    readFileSync(path.join(directory, 'telltale-0.png')).subarray(0, 300)
  );
  writeFileSync(mosFile, `${readFileSync(mosFile, 'utf8').trimEnd()}\ncut.png,40,9\ngone.png,41,9\n`);
  if (path.dirname(mosFile) !== directory)
    writeFileSync(path.join(directory, 'mos.csv'), readFileSync(mosFile));

  await page.goto('/datasets/import');
  await page.locator('input[name=folder]').setInputFiles(directory);
  await page.getByRole('button', { name: 'Upload the folder' }).click();
  await expect(page.getByText(/The first rows of/)).toBeVisible();
  await expect(page.locator('select[name=column-mos]')).toHaveValue('mos');
  await page.getByLabel('Name of the dataset').fill(name);
  await page.getByLabel('Licence').fill('CC0');
  await page.getByRole('button', { name: 'Import 10 pictures' }).click();

  await expect(page.getByRole('link', { name: `Open ${name}` })).toBeVisible();
  const refused = page.getByRole('region', { name: 'Refused' });
  await expect(refused.getByRole('row', { name: /cut\.png.*truncated/ })).toBeVisible();
  await expect(refused.getByRole('row', { name: /mos.*12.*there is no picture "gone\.png"/ })).toBeVisible();
  await page.getByRole('link', { name: `Open ${name}` }).click();

  await expect(page.getByText('9 stimuli to judge')).toBeVisible();
  await expect(page.getByText('CC0')).toBeVisible();
  await expect(page.getByRole('img', { name: /Histogram of 9 mean opinion scores/ })).toBeVisible();
  await page.locator('select[name=sort]').selectOption('mos-down');
  await page.getByLabel('MOS from', { exact: true }).fill('62');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByText('1–5 of 5 stimuli')).toBeVisible();
  await expect(page.locator('ul.stimuli li').first()).toContainText('62.50 ± 9.00');

  await page.getByRole('link', { name: 'Make a subset of these 5' }).click();
  await expect(page.getByRole('heading', { name: 'Make a subset' })).toBeVisible();
  await page.locator('input[name=name]').fill('upper');
  await expect(page.getByText('5 names')).toBeVisible();
  await page.getByRole('button', { name: 'Make the subset' }).click();
  await expect(page.getByRole('row', { name: /upper 5 by hand/ })).toBeVisible();
  await expect(page.getByText('1–5 of 5 stimuli')).toBeVisible();
});

test('a zip goes by a plain form too', async ({ browser, page, lab }) => {
  const name = fresh('by-zip');
  const { files } = makeFolder(lab, name, { count: 3, references: 1 });
  const list =
    'stimulus,reference,mos\n' + [0, 1, 2].map((i) => `telltale-${i}.png,pristine-0.png,${i + 1}\n`).join('');
  const zip = makeZip([
    ...[...files].map(([file, bytes]) => [`set/${file}`, bytes] as const),
    ['set/list.csv', Buffer.from(list)]
  ]);
  const context = await browser.newContext({
    storageState: await page.context().storageState(),
    javaScriptEnabled: false,
    baseURL: lab.address
  });
  const plain = await context.newPage();
  await plain.goto('/datasets/import');
  await plain
    .getByLabel('Zip archive')
    .setInputFiles({ name: 'set.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) });
  await plain.getByRole('button', { name: 'Upload the zip' }).click();
  await expect(plain.locator('select[name=scenario]')).toHaveValue('full-reference');
  await plain.getByLabel('Name of the dataset').fill(name);
  await Promise.all([
    plain.waitForEvent('load'),
    plain.getByRole('button', { name: 'Import 4 pictures' }).click()
  ]);
  // Without script the page does not follow by itself: one looks again.
  await expect(async () => {
    await plain.reload();
    await expect(plain.getByRole('link', { name: `Open ${name}` })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await plain.getByRole('link', { name: `Open ${name}` }).click();
  await expect(plain.getByText(/3 stimuli to judge · 1 reference/)).toBeVisible();
  await context.close();
});

test('a stimulus flickers with its reference while a key is held', async ({ page, lab }) => {
  const name = fresh('flicker');
  const { directory, mosFile } = makeFolder(lab, name, { count: 2, references: 1 });
  await lab.run('import', directory, '--name', name, '--scenario', 'fr', '--mos', mosFile);
  await page.goto(`/datasets/${name}/telltale-0.png`);
  const shown = page.locator('figure').first();
  const [own, other] = [shown.locator('img').nth(0), shown.locator('img').nth(1)];
  await expect(own).toBeVisible();
  await expect(other).toBeHidden();
  await page.getByRole('button', { name: /Hold to show/ }).focus();
  await page.keyboard.down(' ');
  await expect(own).toBeHidden();
  await expect(other).toBeVisible();
  await page.keyboard.up(' ');
  await expect(own).toBeVisible();
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.getByRole('heading', { name: 'telltale-1.png' })).toBeVisible();
});

test.describe('refusals', () => {
  // A form that is refused is answered with 400, and the browser says so.
  test.use({ allowedComplaints: [/status of 400/] });

  test('a dataset is deleted by its name alone', async ({ page, lab }) => {
    const name = fresh('gone');
    const { directory, mosFile } = makeFolder(lab, name, { count: 2 });
    await lab.run('import', directory, '--name', name, '--scenario', 'nr', '--mos', mosFile);
    await page.goto(`/datasets/${name}/delete`);
    const field = page.getByLabel(/Type its name/);
    await field.fill('another');
    await page.getByRole('button', { name: `Delete ${name}` }).click();
    await expect(page.getByRole('alert')).toContainText('nothing was deleted');
    await field.fill(name);
    await page.getByRole('button', { name: `Delete ${name}` }).click();
    await page.waitForURL('**/datasets');
    await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0);
  });
});
