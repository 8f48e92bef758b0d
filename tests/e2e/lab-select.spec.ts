import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { fresh, makeFolder } from './support/world.ts';

test.beforeEach(({ page, lab }) => signIn(page, lab));

/** Two kinds of pictures: the worst errors are all of the first, so that diversity brings in the second. */
test('difficult samples by keyboard: λ moves picks in and out, a list is held against them, the subset says how', async ({
  page,
  lab
}) => {
  const name = fresh('difficult');
  const { directory, mosFile } = makeFolder(lab, name, { count: 12 });
  await lab.run('import', directory, '--name', name, '--scenario', 'nr', '--mos', mosFile);
  await page.goto(`/datasets/${name}/select`);
  await expect(page.getByText('Nothing says yet what is difficult')).toBeVisible();

  const all = Array.from({ length: 12 }, (_, i) => i);
  const table = (file: string, lines: readonly string[]) => {
    const where = path.join(lab.directory, `${name}-${file}`);
    writeFileSync(where, `${lines.join('\n')}\n`);
    return where;
  };
  // The MOS rises by 1/8 a picture from 61.5; the proxy errs by 12 − i.
  const scores = table('scores.csv', [
    'stimulus,guess',
    ...all.map((i) => `telltale-${i}.png,${61.5 + i / 8 + 12 - i}`)
  ]);
  const vectors = table('features.csv', [
    'stimulus,a,b',
    ...all.map((i) => `telltale-${i}.png,${i < 6 ? '1,0' : '0,1'}`)
  ]);
  await lab.run('scores', name, scores, '--higher-is-better');
  await lab.run('features', name, vectors, '--name', 'kinds');

  await page.goto(
    `/datasets/${name}/select?sent=1&proxy=guess&features=kinds&lambda=0&epsilon=1&n=3&sigma=on`
  );
  const strip = page.locator('ol.strip li');
  const names = () =>
    strip.locator('img').evaluateAll((images) => images.map((image) => (image as HTMLImageElement).alt));
  await expect(strip).toHaveCount(3);
  expect(await names()).toEqual(['1: telltale-0.png', '2: telltale-1.png', '3: telltale-2.png']);
  await expect(page.getByRole('status')).toContainText('The same picks');

  const slider = page.getByRole('slider', { name: /λ/ });
  await slider.focus();
  await page.keyboard.press('End');
  await expect(page.getByRole('status')).toContainText('Against λ 0, ε 1: 1 enters, 1 leaves.');
  await expect(page.getByRole('group', { name: 'Enters' }).getByRole('link')).toHaveAttribute(
    'title',
    'telltale-6.png'
  );
  await expect(page.getByRole('group', { name: 'Leaves' }).getByRole('link')).toHaveAttribute(
    'title',
    'telltale-2.png'
  );
  await expect(page.getByRole('spinbutton', { name: /λ/ })).toHaveValue('10');
  expect(page.url()).toContain('lambda=10');

  // A published list: a score beside each name.
  const list = table('picks.txt', ['telltale-6.png 0.9', 'telltale-11.png 0.2']);
  await page.getByText('Hold against a list').click();
  await page.locator('input[type=file]').setInputFiles(list);
  await page.getByLabel('Name of the subset').fill('theirs');
  await page.getByRole('button', { name: 'Hold against it' }).click();
  await expect(page.getByText('1 of 3 are in theirs (of 2) too; chance would share 0.5.')).toBeVisible();

  await page.getByLabel('Save as').fill('hard');
  await page.getByRole('button', { name: 'Make the subset of 3' }).click();
  const shown = page.getByRole('region', { name: 'hard', exact: true });
  await expect(shown).toContainText('difficult by guess, λ 10, ε 1, kinds');
  await expect(shown).toContainText('SRCC −1.000 with MOS');
  await expect(page.getByText('1–3 of 3 stimuli')).toBeVisible();
  await shown.getByRole('link', { name: 'Plan a study on it' }).click();
  await expect(page.locator('select[name=subset]')).toHaveValue('hard');
});
