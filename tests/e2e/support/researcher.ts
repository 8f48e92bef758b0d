import type { Page } from '@playwright/test';
import type { LabServer } from './server.ts';

const NAME = 'Ada';
const EMAIL = 'ada@example.org';
const PASSWORD = 'correct horse battery staple';

/** Labs that were set up by this process: their link works once, afterwards one signs in. */
const setUp = new WeakSet<LabServer>();

/** As a researcher, through the lab's own doors: the one-time link the first time, the sign-in after it. */
export async function signIn(page: Page, lab: LabServer): Promise<void> {
  if (setUp.has(lab)) {
    await page.goto('/sign-in');
    await page.locator('[name=email]').fill(EMAIL);
    await page.locator('[name=password]').fill(PASSWORD);
  } else {
    await page.goto(await lab.setUpLink());
    await page.getByLabel('Name').fill(NAME);
    await page.getByLabel('E-mail address').fill(EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
  }
  await page.locator('main button.primary, form button.primary').first().click();
  await page.waitForURL((url) => url.pathname === '/');
  setUp.add(lab);
}
