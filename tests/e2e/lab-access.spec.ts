import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { answer, begin, open } from './support/rating.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { makeStudy } from './support/world.ts';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function broken(page: Page, builder: AxeBuilder, where: string): Promise<string[]> {
  const { violations } = await builder.analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${where}: ${id} ${target.join(' ')}`)
  );
}

test('every page of a lab with people in it meets WCAG 2.2 AA, light and dark, and none scrolls sideways', async ({
  page,
  lab,
  browser
}) => {
  test.setTimeout(300_000);
  const { study, dataset, links } = await makeStudy(lab, 'single-stimulus', 'fr', {
    count: 4,
    links: 3,
    design: {
      traps: 1,
      hiddenRepeats: 1,
      sitting: {
        blockTrials: 2,
        usable: { trapMisses: 0 },
        resume: { withinMinutes: 60, then: 'restarts-block' }
      }
    }
  });
  for (const [person, link] of links.slice(0, 2).entries()) {
    const context = await browser.newContext({ locale: 'en-GB' });
    const rater = await context.newPage();
    await begin(rater, link);
    for (let trial = 1; !rater.url().endsWith('/done') && trial <= (person === 0 ? 20 : 2); trial++) {
      const pause = rater.getByRole('button', { name: 'Go on' });
      await expect(
        rater.locator('.trial:not(.waits)').or(pause).or(rater.getByText('Thank you')).first()
      ).toBeVisible();
      if (await pause.isVisible()) await rater.keyboard.press('Enter');
      else if (!rater.url().endsWith('/done')) {
        await open(rater);
        await answer(rater, [String(trial % 10)]);
      }
    }
    await context.close();
  }

  await signIn(page, lab);
  await page.goto(`/studies/${study}/people`);
  const replay = await page
    .getByRole('link', { name: /^Replay/ })
    .first()
    .getAttribute('href');
  const sitting = (replay as string).replace(/\/replay$/, '');
  const paths = [
    ...['/', '/datasets', '/datasets/import', `/datasets/${dataset}`, `/datasets/${dataset}/telltale-0.png`],
    ...['metrics', 'select', 'delete'].map((part) => `/datasets/${dataset}/${part}`),
    ...['/studies', '/studies/new', `/studies/${study}`],
    ...['plan', 'people', 'people/coverage', 'people/screening', 'people/import'].map(
      (part) => `/studies/${study}/${part}`
    ),
    ...['runs', 'results', 'results/plots', 'results/stimuli', 'export'].map(
      (part) => `/studies/${study}/${part}`
    ),
    ...[`${sitting}/replay`, `${sitting}/withdraw`],
    ...['/models', '/probes', '/results', '/compare', '/settings', '/methods']
  ];
  const found: string[] = [];
  for (const path of paths) {
    await page.emulateMedia({ colorScheme: 'light' });
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(200);
    await expect(page.locator('h1').first()).toBeVisible();
    found.push(
      ...(await broken(page, new AxeBuilder({ page }).setLegacyMode().withTags(WCAG), `${path} light`))
    );
    await page.emulateMedia({ colorScheme: 'dark' });
    found.push(
      ...(await broken(
        page,
        new AxeBuilder({ page }).setLegacyMode().withRules(['color-contrast']),
        `${path} dark`
      ))
    );
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
      found.push(`${path}: scrolls sideways`);
    }
  }
  expect(found).toEqual([]);
});
