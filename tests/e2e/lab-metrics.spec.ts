import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { fresh, importFolder, makeFolder } from './support/world.ts';

// A form that is refused is answered with its status.
test.use({ allowedComplaints: [/status of 400/] });

test.beforeEach(({ page, lab }) => signIn(page, lab));

test('metrics are computed over a dataset and held against its MOS; scores are brought as a table', async ({
  page,
  lab
}) => {
  const name = fresh('measured');
  const folder = makeFolder(lab, name, { count: 8, references: 2 });
  await importFolder(lab, folder, name, 'fr');

  await page.goto(`/datasets/${name}`);
  await page.getByRole('link', { name: 'Metrics' }).click();
  await expect(page.getByText('No metric has been computed here')).toBeVisible();
  await expect(page.getByRole('checkbox', { name: /NIQE/ })).toBeDisabled();
  await page.getByRole('checkbox', { name: /^PSNR/ }).check();
  await page.getByRole('checkbox', { name: /^CIEDE2000/ }).check();
  await page.getByRole('checkbox', { name: /^MS-SSIM/ }).check();
  await page.getByRole('button', { name: 'Compute', exact: true }).click();

  const table = page.getByRole('region', { name: 'Agreement with MOS' });
  await expect(table.getByRole('row', { name: /PSNR 1 higher 8 0 .*\d\.\d{3}/ })).toBeVisible({
    timeout: 30_000
  });
  await expect(table.getByRole('row', { name: /CIEDE2000 1 lower/ })).toBeVisible();
  // 64 pixels are too few for five scales: a reason, no figure.
  await expect(table.getByRole('row', { name: /MS-SSIM 1 higher 0 8/ })).toBeVisible();
  await expect(table.getByTitle(/MS-SSIM needs 176 pixels/)).toBeVisible();
  await table.getByRole('link', { name: 'PSNR' }).click();
  await expect(page.getByRole('img', { name: 'PSNR against MOS' })).toBeVisible();

  const scores = path.join(lab.directory, `${name}.csv`);
  const bring = async (text: string) => {
    writeFileSync(scores, text);
    await page.locator('summary', { hasText: 'Scores' }).click();
    await page
      .locator('form', { hasText: 'Import scores' })
      .locator('input[type=file]')
      .setInputFiles(scores);
    await page.getByRole('radio', { name: 'Lower, of all of them' }).check();
    await page.getByRole('button', { name: 'Import scores' }).click();
  };
  await bring('stimulus,LPIPS\ntelltale-0.png,0.4\nnobody.png,0.3\n');
  await expect(page.getByRole('alert')).toContainText(/line 3, column "stimulus": .*nobody\.png/);
  await bring(
    `stimulus,LPIPS\n${Array.from({ length: 8 }, (_, i) => `telltale-${i}.png,${i / 10}`).join('\n')}\n`
  );
  await expect(page.getByRole('heading', { name: 'LPIPS' })).toBeVisible();
  // MOS rises with it, and lower was said to be better.
  await expect(page.getByText(/LPIPS goes against its direction here/)).toBeVisible();
});

test('without JavaScript metrics are computed too', async ({ browser, page, lab }) => {
  const name = fresh('plain');
  await importFolder(lab, makeFolder(lab, name, { count: 4 }), name, 'nr');
  const state = await page.context().storageState();
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: state });
  const plain = await context.newPage();
  await plain.goto(`${lab.address}/datasets/${name}/metrics`);
  await expect(plain.getByText(`${name} has no references to compare with.`)).toBeVisible();
  await plain.getByRole('checkbox', { name: /^Contrast/ }).check();
  await plain.getByRole('button', { name: 'Compute', exact: true }).click();
  await expect(async () => {
    await plain.reload();
    await expect(plain.getByRole('row', { name: /Contrast 1 higher 4 0 .*\d\.\d{3}/ })).toBeVisible({
      timeout: 500
    });
  }).toPass({ timeout: 20_000 });
  await context.close();
});
