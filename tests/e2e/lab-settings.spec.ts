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
  await page.getByRole('button', { name: 'Use', exact: true }).click();
  await page.goto('/methods#sos');
  await expect(page.locator('.lab.frame')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('heading', { name: /^SOS/ })).toBeInViewport();
});

test('a token made in Settings lets a program in until it is revoked; the cookie never does', async ({
  page,
  lab
}) => {
  await signIn(page, lab);
  const name = fresh('notebook');
  await page.goto('/settings');
  await page.getByText('Make a token').click();
  const form = page.locator('form', { has: page.getByRole('button', { name: 'Make the token' }) });
  await form.locator('[name=name]').fill(name);
  await form.locator('[value=write]').check();
  await form.getByRole('button').click();
  const secret = await page.locator('.link .secret').innerText();
  await page.reload();
  await expect(page.getByText(secret)).toHaveCount(0);

  const ask = (path: string, headers: Record<string, string> = { Authorization: `Bearer ${secret}` }) =>
    fetch(`${lab.address}/api/v1${path}`, { headers });
  expect((await ask('/datasets?limit=1')).status).toBe(200);
  const invalid = await fetch(`${lab.address}/api/v1/studies`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
    body: '{"name": "x"}'
  });
  expect(invalid.status).toBe(422);
  expect(await invalid.json()).toMatchObject({ code: 'invalid', at: 'body.dataset' });
  const cookies = (await page.context().cookies()).map((one) => `${one.name}=${one.value}`).join('; ');
  const byCookie = await ask('/datasets', { Cookie: cookies });
  expect([byCookie.status, byCookie.headers.get('content-type')]).toEqual([401, 'application/problem+json']);

  await page.getByRole('link', { name: 'What the API does' }).click();
  await page.locator('#createStudy summary').click();
  await expect(page.locator('#createStudy')).toContainText('Needs the scope write');
  await expect(
    page
      .locator('#createStudy')
      .getByRole('row', { name: /^protocol/ })
      .first()
  ).toBeVisible();

  await page.goto('/settings');
  await page.getByRole('button', { name: `Revoke ${name}` }).click();
  await expect(page.getByText(`${name} is revoked.`)).toBeVisible();
  expect((await ask('/datasets')).status).toBe(401);
});
