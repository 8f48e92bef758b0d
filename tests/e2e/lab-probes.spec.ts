import { startFakeOpenAi } from '../fakes/openai-server.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { fresh, importFolder, makeFolder } from './support/world.ts';

test('a probe is put to two models, side by side, and to a third', async ({ page, lab }) => {
  await signIn(page, lab);
  const name = fresh('probed');
  await importFolder(lab, makeFolder(lab, name, { count: 4 }), name, 'nr');
  const fake = await startFakeOpenAi({
    structuredOutputs: 'obey',
    latencyMs: [50, 100],
    answer: () => 'A cat.'
  });
  try {
    // Somebody is quicker than the page's code: what was ticked before it came stays.
    const late: (() => void)[] = [];
    await page.route('**/_app/**/*.js', async (route) => {
      await new Promise<void>((go) => late.push(go));
      await route.continue().catch(() => {});
    });
    await page.goto(`/probes/new?preset=main-objects&dataset=${name}`, { waitUntil: 'commit' });
    await page.locator('input[name=stimulus]').nth(0).check();
    await page.locator('input[name=each][value=each]').check();
    await page.unroute('**/_app/**/*.js');
    for (const go of late) go();
    await page.waitForLoadState('networkidle');
    await expect(page.locator('input[name=stimulus]').nth(0)).toBeChecked();
    await expect(page.locator('input[name=each][value=each]')).toBeChecked();
    await page.locator('input[name=each][value=together]').check();
    await page
      .getByRole('textbox', { name: 'Models' })
      .or(page.getByRole('textbox', { name: 'Others' }))
      .fill(`one ${fake.url}\ntwo ${fake.url}`);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await expect(page.getByText('The prompt speaks of 2 pictures')).toBeVisible();
    await page.locator('input[name=stimulus]').nth(2).check();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await expect(page).toHaveURL(/\/probes\/\d+$/);
    await expect(page.getByRole('columnheader', { name: /one/ })).toBeVisible();
    await expect(page.getByText('A cat.')).toHaveCount(2, { timeout: 15_000 });
    await page.getByText('Ask further models, or the same again').click();
    await page.locator('textarea[name=models]').fill(`three ${fake.url}`);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await expect(page.getByText('A cat.')).toHaveCount(3, { timeout: 15_000 });
    await page.goto('/probes');
    await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('one, three, two');
  } finally {
    await fake.stop();
  }
});

test('a control is run by a click, stands beside every result, and its transcripts can be reported', async ({
  page,
  lab
}) => {
  await signIn(page, lab);
  const name = fresh('controlled');
  await importFolder(lab, makeFolder(lab, name, { count: 12 }), name, 'nr');
  await lab.run('study', 'create', '--name', name, '--dataset', name, '--protocol', 'single-stimulus');
  await page.goto(`/studies/${name}/runs`);
  await page.getByRole('button', { name: 'Run random answers' }).click();
  await expect(page).toHaveURL(/\/runs\/\d+$/);
  await expect(page.getByText('completed')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('A control.')).toBeVisible();
  const run = page.url();
  for (const below of ['', '/stimuli', '/agreement', '/split?by=control']) {
    await page.goto(`/studies/${name}/results${below}`);
    await expect(page.getByText(/random answers \(control\): SRCC/)).toBeVisible();
  }
  // What takes many resamples is asked for where it is missing, and then stands there, and in the tables.
  await page.goto(`/studies/${name}/results`);
  await page.getByRole('button', { name: 'Compute', exact: true }).click();
  await expect(page).toHaveURL(/\/results\/agreement/);
  await expect(page.getByRole('heading', { name: 'Noise floor' })).toBeVisible({ timeout: 60_000 });
  await page.goto(`/studies/${name}/results`);
  await expect(page.getByRole('button', { name: 'Compute', exact: true })).toHaveCount(0);
  // Without the permission to write to the clipboard the text is shown and selected.
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', {
      value: { writeText: () => Promise.reject(new DOMException('not allowed', 'NotAllowedError')) }
    });
  });
  await page.goto(`${run}/transcripts?by=disagreement`);
  await page.getByRole('button', { name: 'Report a wrong reading' }).first().click();
  await expect(page.getByText('the text is selected')).toBeVisible();
  const selected = await page.evaluate(() => getSelection()?.toString() ?? '');
  expect(JSON.parse(selected)).toMatchObject({ protocol: 'single-stimulus', readout: 'text' });
  await page.goto(`${run}/parse`);
  await expect(page.getByText('nothing changes')).toBeVisible();
});
