import { startFakeOpenAi } from '../fakes/openai-server.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { fresh, importFolder, makeFolder } from './support/world.ts';

/** The first researcher, a dataset of 24 pictures and a study of them; a scripted endpoint that refuses and asks to wait. */
test('a run is tested, estimated, started, watched, paused, resumed, read and held against MOS', async ({
  page,
  lab
}) => {
  await signIn(page, lab);

  const name = fresh('runs');
  const folder = makeFolder(lab, name, { count: 24 });
  await importFolder(lab, folder, name, 'nr');
  await lab.run('study', 'create', '--name', name, '--dataset', name, '--protocol', 'single-stimulus');
  const fake = await startFakeOpenAi({
    latencyMs: [250, 350],
    answer: ({ judged }) => `Score: ${parseInt((judged[0] as string).slice(0, 2), 16) % 101}`,
    faults: [
      { kind: 'rate-limit', first: 1, retryAfterSeconds: 0 },
      { kind: 'refusal', every: 7 }
    ]
  });
  try {
    await page.goto(`/studies/${name}/runs`);
    await page.getByLabel('Base URL').fill(fake.url);
    await page.getByRole('textbox', { name: /^Model/ }).fill('fake');
    await page.getByLabel('Concurrency').fill('1');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(page.getByText('rate limit', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(page.getByText('answers, and is understood')).toBeVisible();

    await page.getByRole('button', { name: 'Estimate' }).click();
    await expect(page.getByRole('row', { name: /standard 24 24/ })).toBeVisible();
    await page.getByRole('button', { name: 'Start the run' }).click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);

    // Without a reload: the page is told.
    await expect(page.getByText(/^[2-9] of 24/)).toBeVisible({ timeout: 15_000 });
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByText('paused by hand')).toBeVisible();
    const asked = fake.requests.length;
    expect(asked).toBeLessThan(26);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByText('24 of 24')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText('completed')).toBeVisible();
    await expect(page.locator('dt', { hasText: 'refused' })).toBeVisible();

    await page.getByRole('link', { name: 'Transcripts' }).click();
    await page.getByRole('link', { name: /^missing/ }).click();
    await expect(page.getByText("I'm sorry, but I can't assist").first()).toBeVisible();
    await page
      .getByRole('link', { name: /^Presentation/ })
      .first()
      .click();
    await expect(page).toHaveURL(/\/transcripts\/\d+$/);
    await expect(page.getByText('Please assign a perceptual quality score')).toBeVisible();

    await page.goto(`/studies/${name}/results`);
    await expect(
      page.getByText(/(agrees with|orders \d+ stimuli as) the dataset’s MOS/).first()
    ).toBeVisible();
    await expect(page.getByText(/answers cannot be used and are left out/)).toBeVisible();
    await expect(page.locator('svg.chart title').first()).toHaveText(/fake · standard against MOS/);
    // Plots: drawn without JavaScript, and to take away with the data behind them.
    const plain = await page
      .context()
      .browser()!
      .newContext({
        javaScriptEnabled: false,
        storageState: await page.context().storageState()
      });
    const still = await plain.newPage();
    await still.goto(`${new URL(page.url()).origin}/studies/${name}/results/plots`);
    await expect(still.locator('#mos svg.chart')).toBeVisible();
    await expect(still.locator('#mos svg.chart g title').first()).toHaveText(/^telltale-\d+\.png: .*MOS/);
    await expect(still.locator('dt', { hasText: 'Win matrix' })).toBeVisible();
    for (const [ending, type] of [
      ['svg', 'image/svg+xml'],
      ['png', 'image/png'],
      ['csv', 'text/csv']
    ] as const) {
      const file = await page.request.get(`/studies/${name}/results/plots/mos.${ending}`);
      expect(file.headers()['content-type']).toContain(type);
    }
    await plain.close();
    await page.goto(`/studies/${name}/results/stimuli?by=mos&order=down`);
    await expect(page.locator('tbody th').first()).toHaveText('telltale-23.png');
    await page.goto('/results');
    await expect(page.getByRole('columnheader', { name })).toBeVisible();
    await page.goto('/models');
    await expect(page.getByText(fake.url)).toBeVisible();
    await page.goto(`/compare?study=${name}`);
    await expect(page.getByText('Choose two different observers')).toBeVisible();
  } finally {
    await fake.stop();
  }
});
