import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import type { Protocol } from '../../src/lib/domain/study.ts';
import { answer, begin, open } from './support/rating.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { fresh, makeFolder } from './support/world.ts';

const COUNT = 4;

/** How each protocol is planned here, and one answer to one of its trials by keyboard. */
const WAYS: { protocol: Protocol; trials: number; keys: string[] }[] = [
  { protocol: 'single-stimulus', trials: 4, keys: ['7', '0'] },
  { protocol: 'double-stimulus', trials: 6, keys: ['ArrowLeft'] },
  { protocol: 'multiple-stimulus', trials: 1, keys: ['4', '3', '2', '1'] }
];

// A step that does not come is told at once, not when the whole journey's time is over.
test.use({ actionTimeout: 20_000, emptyLab: true });

let endpoint: FakeOpenAi;
test.beforeAll(async () => {
  endpoint = await startFakeOpenAi({});
});
test.afterAll(() => endpoint.stop());

test('from an empty lab to exported rows, through its pages alone', async ({ page, lab, browser }) => {
  test.setTimeout(300_000);
  const dataset = fresh('whole');
  const folder = makeFolder(lab, dataset, { count: COUNT });
  const quality = new Map<string, number>();
  for (let i = 0; i < COUNT; i++) {
    const bytes = folder.files.get(`telltale-${i}.png`) as Uint8Array;
    quality.set(createHash('sha256').update(bytes).digest('hex'), (100 * (i + 0.5)) / COUNT);
  }
  endpoint.behave({ truth: quality });

  await signIn(page, lab);

  await page.goto('/datasets');
  await page.getByRole('link', { name: 'Import pictures' }).first().click();
  await page.locator('input[name=folder]').setInputFiles(folder.directory);
  await page.getByRole('button', { name: 'Upload the folder' }).click();
  await page.waitForURL(/\/datasets\/import\/.+/);
  await page.getByLabel('Name of the dataset').fill(dataset);
  await page.getByLabel('Scenario').selectOption('no-reference');
  await page.locator('[name=mos-low]').fill('0');
  await page.locator('[name=mos-high]').fill('100');
  await page.getByRole('button', { name: `Import ${COUNT} pictures` }).click();
  await page.getByRole('link', { name: `Open ${dataset}` }).click();
  await page.getByRole('link', { name: 'Plan a study' }).click();

  for (const { protocol, trials, keys } of WAYS) {
    const study = fresh(protocol);
    await page.goto(`/studies/new?dataset=${dataset}`);
    await page.getByRole('radio', { name: protocol.replace('-', ' ') }).check();
    await expect(page.getByRole('button', { name: new RegExp(`: ${trials} test trials?$`) })).toBeVisible();
    await page.getByRole('textbox', { name: 'Name' }).fill(study);
    await page.getByRole('button', { name: /Plan this study/ }).click();
    await page.waitForURL(`**/studies/${study}`);

    await page.getByRole('link', { name: 'Invite people' }).first().click();
    await page.getByLabel('How many').fill('1');
    await page.getByRole('button', { name: 'Make links' }).click();
    const link = (await page.locator('td code').first().textContent()) as string;

    const theirs = await browser.newContext({ baseURL: lab.address });
    const rater = await theirs.newPage();
    await begin(rater, link);
    for (let trial = 1; trial <= trials; trial++) {
      await open(rater, trial);
      await answer(rater, keys);
    }
    await rater.waitForURL('**/done');
    await theirs.close();
    await expect(page.getByRole('row', { name: /rater/ })).toContainText(`${trials} of ${trials}`, {
      timeout: 15_000
    });

    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.getByLabel('Base URL').fill(endpoint.url);
    await page.getByLabel('Model', { exact: false }).first().fill('watcher');
    await page.getByRole('button', { name: 'Estimate' }).click();
    await page.getByRole('button', { name: 'Start the run' }).click();
    await page.waitForURL(/\/runs\/\d+$/);
    await expect(page.getByText('completed').first()).toBeVisible({ timeout: 30_000 });

    await page.goto(`/studies/${study}`);
    await expect(page.getByRole('row', { name: /watcher/ })).toContainText(`${trials} of ${trials}`);
    await page.getByRole('link', { name: 'Look at the results' }).click();
    await expect(page.getByRole('row', { name: /watcher/ }).first()).toBeVisible({ timeout: 30_000 });

    await page.getByRole('link', { name: 'Export', exact: true }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'responses as JSON', exact: true }).click()
    ]);
    const rows = JSON.parse(readFileSync(await file.path(), 'utf8')) as {
      kind: string;
      outcome: string;
      trial: number;
    }[];
    for (const kind of ['rater', 'model']) {
      const own = rows.filter((row) => row.kind === kind && row.outcome === 'ok');
      // Matched: both were asked every trial of the plan, once.
      expect(new Set(own.map((row) => row.trial)).size, `${protocol}, ${kind}`).toBe(trials);
      expect(own, `${protocol}, ${kind}`).toHaveLength(trials);
    }
    expect(rows).toHaveLength(2 * trials);
  }
  expect(endpoint.unknownImages.size).toBe(0);
  expect(endpoint.counts().answered).toBe(11);
});
