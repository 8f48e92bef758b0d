import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sitAsRater } from '../../src/demo/simulated-rater.ts';
import { syntheticPanel, TYPICAL_PANEL } from '../../src/lib/domain/simulation/panel.ts';
import { seededRandom } from '../../src/lib/stats/random.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { makeStudy } from './support/world.ts';

test('a study is frozen before anybody looks; its report says so and prints', async ({ page, lab }, info) => {
  const { study, links } = await makeStudy(lab, 'single-stimulus', 'nr', {
    count: 8,
    links: 3,
    design: { sitting: { usable: { finished: true } } }
  });
  const random = seededRandom('report');
  const panel = syntheticPanel({ ...TYPICAL_PANEL, size: links.length }, random);
  for (const [member, link] of links.entries()) {
    await sitAsRater({
      origin: lab.address,
      token: link.split('/').at(-1) as string,
      design: { protocol: 'single-stimulus', scale: 'continuous-100', allowTies: true },
      observer: panel[member] as (typeof panel)[number],
      truth: (sha256) => parseInt(sha256.slice(0, 2), 16) / 2.56,
      random: random.fork(link)
    });
  }
  await signIn(page, lab);
  await page.goto(`/studies/${study}`);
  await page.getByRole('link', { name: 'not pre-registered' }).click();
  await page.getByLabel('People who are to complete').fill('3');
  await page.getByLabel('Whatever else is decided').fill('The model agrees.');
  await page.screenshot({ path: info.outputPath('before.png'), fullPage: true });
  await page.getByLabel('This stands').check();
  await page.getByRole('button', { name: 'Freeze' }).click();
  await expect(page.getByText('Frozen')).toBeVisible();
  await expect(page.getByText('not yet')).toBeVisible();
  const hash = await page.locator('dd code.hash').textContent();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download the text (JSON)' }).click()
  ]);
  expect(
    createHash('sha256')
      .update(readFileSync(await file.path()))
      .digest('hex')
  ).toBe(hash);
  await page.screenshot({ path: info.outputPath('frozen.png'), fullPage: true });

  await page.getByRole('link', { name: 'Report' }).click();
  await expect(page.getByRole('heading', { name: 'Device and viewing' })).toBeVisible();
  await expect(page.getByText(`pre-registered, hash ${hash}`)).toBeVisible();
  await expect(page.getByText('not recorded').first()).toBeVisible();
  for (const [name, width, scheme] of [
    ['light', 1280, 'light'],
    ['dark', 1280, 'dark'],
    ['tablet', 820, 'light']
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.screenshot({ path: info.outputPath(`report-${name}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  for (const nav of await page.getByRole('navigation').all()) await expect(nav).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Pre-registration' })).toBeVisible();
  await page.screenshot({ path: info.outputPath('report-print.png'), fullPage: true });
  const pdf = await page.pdf({ format: 'A4', path: info.outputPath('report.pdf') });
  expect(pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length).toBeGreaterThan(1);

  // The report was a look, and the only first one.
  await page.goto(`/studies/${study}/preregistration`);
  await expect(page.getByText('(report, ')).toBeVisible();
});
