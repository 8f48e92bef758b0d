import { answer, open } from './support/rating.ts';
import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { makeStudy } from './support/world.ts';

test('Prolific’s people: a link made by page, no consent, done, and a screen that is too small', async ({
  page,
  browser,
  lab
}) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 2 });
  await signIn(page, lab);
  await page.goto(`/studies/${made.study}/people`);
  await page.getByLabel('one open link').check();
  await page.getByText('Recruiting: service').click();
  await page.getByLabel('People come').selectOption('prolific');
  await page.getByLabel('Quota').fill('2');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByText('Prolific needs the code')).toBeVisible();
  await page.getByLabel('Code: all answered').fill('C1DONE');
  await page.getByLabel('Code: screened out').fill('C2OUT');
  await page.getByLabel('Code: no consent').fill('C3NO');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByText('1 link made')).toBeVisible();
  const pasted = (await page.locator('code', { hasText: 'PROLIFIC_PID' }).textContent()) as string;
  const linkOf = (id: string) =>
    pasted
      .replace('{{%PROLIFIC_PID%}}', id)
      .replace('{{%STUDY_ID%}}', 'st')
      .replace('{{%SESSION_ID%}}', `se${id}`);

  const visit = async (id: string, viewport = { width: 1280, height: 800 }) => {
    const context = await browser.newContext({ viewport });
    const visitor = await context.newPage();
    await visitor.goto(linkOf(id));
    return visitor;
  };
  const no = await visit('nobody');
  await no.getByRole('button', { name: 'I do not agree' }).click();
  await expect(no.getByRole('heading', { name: 'You do not take part' })).toBeVisible();
  await expect(no.getByText('C3NO')).toBeVisible();

  const one = await visit('one');
  await one.getByRole('button', { name: 'I agree, begin' }).click();
  await open(one, 1);
  await answer(one, ['5']);
  await open(one, 2);
  // Another browser, the same person: the same place.
  const moved = await visit('one');
  await moved.getByRole('button', { name: 'I agree, begin' }).click();
  await open(moved, 2);
  // The last answer waits in the browser: there is no code until the lab has it.
  await moved.context().setOffline(true);
  await answer(moved, ['6']);
  await expect(moved.getByText('1 answer is kept here')).toBeVisible();
  await expect(moved.getByText('C1DONE')).toHaveCount(0);
  await moved.context().setOffline(false);
  await moved.waitForURL('**/done');
  await expect(moved.getByText('C1DONE')).toBeVisible();
  await expect(moved.getByRole('link', { name: 'Back to where you came from' })).toHaveAttribute(
    'href',
    'https://app.prolific.com/submissions/complete?cc=C1DONE'
  );

  const small = await visit('small', { width: 320, height: 180 });
  await small.getByRole('button', { name: 'I agree, begin' }).click();
  await small.getByRole('button', { name: 'I have no larger window: end here' }).click();
  await expect(small.getByRole('heading', { name: 'Your part has ended' })).toBeVisible();
  await expect(small.getByText('C2OUT')).toBeVisible();

  // The one who was screened out takes no place: one of two is left, then none.
  const last = await visit('last');
  await last.getByRole('button', { name: 'I agree, begin' }).click();
  await last.waitForURL('**/trials');
  const late = await visit('late');
  await late.getByRole('button', { name: 'I agree, begin' }).click();
  await expect(late.getByRole('heading', { name: 'All places are taken' })).toBeVisible();
  await expect(late.getByText('C2OUT')).toBeVisible();

  await page.reload();
  await expect(page.getByText('prolific:one')).toBeVisible();
  await expect(page.getByText('screened-out', { exact: true }).last()).toBeVisible();
});
