import { startFakeOpenAi } from '../fakes/openai-server.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { fresh, importFolder, makeFolder } from './support/world.ts';

const KEY = 'sk-of-the-registry-0123456789';

test('a model is registered with its key, tested with a real picture, and sits a whole grid under one cap', async ({
  page,
  lab
}) => {
  await signIn(page, lab);
  const name = fresh('grid');
  await importFolder(lab, makeFolder(lab, name, { count: 6 }), name, 'nr');
  for (const protocol of ['single-stimulus', 'double-stimulus', 'multiple-stimulus']) {
    await lab.run(
      'study',
      'create',
      '--name',
      `${name}-${protocol}`,
      '--dataset',
      name,
      '--protocol',
      protocol
    );
  }
  const fake = await startFakeOpenAi({ apiKey: KEY, latencyMs: [5, 20] });
  try {
    await page.goto('/models/new');
    await page.getByLabel('Base URL').fill(fake.url);
    await page.getByRole('textbox', { name: /^Model/ }).fill('fake');
    await page.getByRole('textbox', { name: /^Name/ }).fill(name);
    await page.getByLabel('Or stored here').fill(KEY);
    await page.getByLabel('Price in', { exact: true }).fill('2.5');
    await page.getByLabel('Price out', { exact: true }).fill('10');
    await page.getByLabel('Batch price in').fill('0.5');
    await page.getByRole('button', { name: 'Add the model' }).click();
    await expect(page).toHaveURL(new RegExp(`/models/${name}(#test)?$`));
    await page.getByRole('combobox', { name: 'Study' }).selectOption(`${name}-single-stimulus`);
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(page.getByText('answers, and is understood')).toBeVisible();
    // The key is nowhere on any page again.
    expect(await page.content()).not.toContain(KEY);

    await page.getByRole('link', { name: 'Plan runs' }).click();
    for (const protocol of ['single', 'double', 'multiple']) {
      await page.getByRole('checkbox', { name: `${name}-${protocol}-stimulus` }).check();
    }
    await page.getByRole('checkbox', { name: 'in context' }).uncheck();
    await page.getByLabel('Cap (US dollars)').fill('0.001');
    await page.getByRole('button', { name: 'Estimate' }).click();
    await expect(page.getByText('6 runs', { exact: true })).toBeVisible();
    const money = page.locator('dd', { hasText: 'of at most' });
    const full = Number((await money.innerText()).replace(/^\D*([\d.]+).*$/s, '$1'));
    await page.getByRole('checkbox', { name: 'Batch API' }).check();
    await page.getByRole('button', { name: 'Estimate' }).click();
    await expect(page).toHaveURL(/batch=on/);
    expect(Number((await money.innerText()).replace(/^\D*([\d.]+).*$/s, '$1'))).toBeLessThan(full);
    await page.getByRole('checkbox', { name: 'Batch API' }).uncheck();
    await page.getByRole('button', { name: 'Estimate' }).click();
    await expect(page).not.toHaveURL(/batch=on/);
    await expect(page.getByLabel('the estimate is above the cap')).toBeVisible();
    await page.getByLabel('Cap (US dollars)').fill('5');
    await page.getByRole('button', { name: 'Estimate' }).click();
    await expect(page.getByLabel('the estimate is above the cap')).toBeHidden();
    await page.getByRole('button', { name: 'Start 6 runs' }).click();
    // The page keeps itself up to date; each cell leads to its run.
    await expect(page.locator('#grid').getByText('completed')).toHaveCount(6, { timeout: 30_000 });
    await expect(page.getByRole('button', { name: /^Start/ })).toBeHidden();
    expect(fake.requests.every(({ authorization }) => authorization === `Bearer ${KEY}`)).toBe(true);
    expect(lab.output).not.toContain(KEY);
  } finally {
    await fake.stop();
  }
});
