import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { SittingPlan } from '../../src/lib/domain/sitting-plan.ts';
import { answer, open } from './support/rating.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { makeStudy } from './support/world.ts';

const SITTING: SittingPlan = {
  consent: 'We ask you to look at pictures.\n\nYou may stop at any time.',
  before: [
    { text: 'Your age', kind: 'number' },
    { text: 'Do you wear glasses?', kind: 'choice', choices: ['yes', 'no'] }
  ],
  after: [{ text: 'Anything to add?', kind: 'text' }],
  checks: ['screen-size', 'distance', 'acuity', 'colour', 'contrast'],
  blockTrials: 2
};

async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target.join(' ')}`))
  ).toEqual([]);
}

test('a whole sitting by keyboard: own consent, questions, every check, blocks with breaks, questions at the end', async ({
  page,
  lab
}) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 5, design: { sitting: SITTING } });
  const link = made.links[0] as string;
  await page.goto(link);
  await expect(page.getByText('We ask you to look at pictures.')).toBeVisible();
  await expect(page.getByText(/version own-[0-9a-f]{8}/)).toBeVisible();
  await page.getByRole('button', { name: 'I agree, begin' }).focus();
  await page.keyboard.press('Enter');
  const at = (title: string) => expect(page.getByRole('heading', { name: title })).toBeVisible();
  const goOn = async () => {
    await page.getByRole('button', { name: 'Go on' }).focus();
    await page.keyboard.press('Enter');
  };

  await at('Before you begin');
  await accessible(page);
  // Neither an address nor the back button leads past what is asked.
  await page.goto(`${link}/trials`);
  await at('Before you begin');
  await page.getByLabel('Your age').fill('33');
  await page.getByLabel('Do you wear glasses?').selectOption('no');
  await goOn();

  await at('How large your screen is');
  await accessible(page);
  const frame = page.getByLabel('Width of the frame');
  await frame.focus();
  for (let i = 0; i < 18; i++) await page.keyboard.press('ArrowRight');
  await goOn();

  await at('How far away you sit');
  await accessible(page);
  const dot = page.locator('circle');
  for (let i = 0; i < 5; i++) {
    await expect(dot).toBeVisible();
    await page.waitForTimeout(750);
    await page.keyboard.press(' ');
  }
  await goOn();

  await at('How fine you see');
  await accessible(page);
  // Always the same side: the first ring or the second is wrong, and that ends it.
  for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowRight');
  await goOn();

  await at('Colours');
  await accessible(page);
  await page.keyboard.press('2');
  await page.keyboard.press('3');
  await page.getByRole('button', { name: 'I see none' }).click();
  await goOn();

  await at('Dark and light');
  await accessible(page);
  await page.getByLabel('Squares in the dark strip').fill('6');
  await page.getByLabel('Squares in the light strip').fill('7');
  await goOn();

  await page.waitForURL('**/trials');
  for (let trial = 1; trial <= 5; trial++) {
    if (trial === 3 || trial === 5) {
      await at('A break');
      if (trial === 3) await accessible(page);
      await page.keyboard.press('Enter');
    }
    await open(page, trial);
    await answer(page, ['5']);
  }
  await at('At the end');
  await page.getByLabel('Anything to add?').fill('Nice.');
  await goOn();
  await at('Thank you');

  await signIn(page, lab);
  await page.goto(`/studies/${made.study}/people`);
  await page.getByText('What they said and how they see').click();
  for (const text of ['33', '3.995 px per mm', 'Nice.', '6 and 7 of 8']) {
    await expect(page.locator('.said').getByText(text)).toBeVisible();
  }
});

test('what cannot be done is passed over, and kept as that', async ({ page, lab }) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', {
    count: 2,
    design: { sitting: { checks: ['colour', 'contrast'] } }
  });
  await page.goto(made.links[0] as string);
  await page.getByRole('button', { name: 'I agree, begin' }).click();
  await page.getByRole('button', { name: 'I cannot do this' }).click();
  await expect(page.getByRole('heading', { name: 'Dark and light' })).toBeVisible();
  await page.getByRole('button', { name: 'I cannot do this' }).click();
  await page.waitForURL('**/trials');
  await open(page, 1);
});

test('practice with what others gave, then a trap that is missed: told apart where people are watched', async ({
  page,
  lab
}) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', {
    count: 4,
    design: {
      training: { spread: 1, feedback: true },
      traps: 1,
      sitting: { attention: { trapMisses: 0 }, payable: { attention: true }, usable: { trapMisses: 0 } }
    }
  });
  await page.goto(made.links[0] as string);
  await page.getByRole('button', { name: 'I agree, begin' }).click();
  const pause = async (title: string) => {
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    await accessible(page);
    await page.keyboard.press('Enter');
  };
  await pause('Practice');
  await open(page, 1);
  await expect(page.locator('.task')).toContainText('Practice.');
  await answer(page, ['5']);
  await expect(page.getByText(/The image 6[12]\. You said 5\./)).toBeVisible();
  await pause('What others said');
  await pause('The practice is over');
  let traps = 0;
  for (let trial = 2; trial <= 5; trial++) {
    await open(page, trial);
    if ((await page.locator('.task').innerText()).includes('this line is read')) traps++;
    await answer(page, ['5', '0']);
  }
  expect(traps).toBe(1);
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();

  await signIn(page, lab);
  await page.goto(`/studies/${made.study}/people`);
  await expect(page.getByText('missed 1 of 1 traps')).toBeVisible();
  await expect(
    page.getByText(/not payable \(1 of 1 traps missed, at most 0 may be\), not usable/)
  ).toBeVisible();
});
