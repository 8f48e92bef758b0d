import type { Page } from '@playwright/test';
import { expect } from './test.ts';

/** From the link to the first trial, by keyboard. */
export async function begin(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'I agree, begin' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/trials');
}

/** Waits until a trial is seen and can be answered: its pictures up, the controls open. */
export async function open(page: Page, trial?: number): Promise<void> {
  if (trial !== undefined) await expect(page.getByText(`Trial ${trial} of `)).toBeAttached();
  await expect(page.locator('.trial:not(.waits)')).toBeVisible();
}

/** Presses keys one after another, then confirms. */
export async function answer(page: Page, keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
  await page.keyboard.press('Enter');
}
