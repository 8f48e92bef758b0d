import { signIn } from './support/researcher.ts';
import { expect, test } from './support/test.ts';
import { fresh } from './support/world.ts';

test('an invited researcher comes in by a link and sees the lab', async ({ page, lab, browser }) => {
  await signIn(page, lab);
  const email = `${fresh('bo')}@example.org`;
  await page.goto('/settings');
  await page.getByText('Invite another researcher').click();
  const form = page.locator('form', { has: page.getByRole('button', { name: 'Make a link' }) });
  await form.getByLabel('Name').fill('Bo');
  await form.getByLabel('E-mail address').fill(email);
  await form.getByRole('button').click();
  const link = await page.locator('.link .mono').innerText();
  await expect(page.getByRole('row', { name: new RegExp(`Bo ${email} invited`) })).toBeVisible();

  const context = await browser.newContext({ baseURL: lab.address });
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByLabel('E-mail address')).toHaveValue(email);
  await other.getByLabel('Password').fill('another sentence to keep');
  await other.getByRole('button', { name: 'Enter the lab' }).click();
  await other.waitForURL(`${lab.address}/`);
  await other.goto('/settings');
  await expect(other.getByText(`Signed in as Bo (${email})`)).toBeVisible();
  await context.close();
});

test('the theme is kept, and the formulas are a page', async ({ page, lab }) => {
  await signIn(page, lab);
  await page.goto('/settings');
  await page.getByLabel('dark').check();
  await page.getByRole('button', { name: 'Use' }).click();
  await page.goto('/methods#sos');
  await expect(page.locator('.lab.frame')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('heading', { name: /^SOS/ })).toBeInViewport();
});
