import { answer, begin, open } from './support/rating.ts';
import { expect, test } from './support/test.ts';
import { exportedRows, makeStudy, type MadeStudy, type ResponseRow } from './support/world.ts';
import type { LabServer } from './support/server.ts';

// A request that meets no network or no server is noted by the browser itself.
test.use({ allowedComplaints: [/Failed to load resource: net::ERR_/] });

async function scores(lab: LabServer, made: MadeStudy): Promise<(number | null)[]> {
  const rows = await exportedRows(lab, made.study);
  return rows.map((row: ResponseRow) => row.score);
}

test('a reload in the middle comes back to the same place', async ({ page, lab }) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 4 });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  await answer(page, ['1', '1']);
  await open(page, 2);
  // Set but not confirmed: not an answer.
  await page.keyboard.press('9');
  await page.reload();
  await open(page, 2);
  await expect(page.getByRole('slider')).toHaveAttribute('aria-valuetext', 'not set yet');
  await answer(page, ['2', '2']);
  await open(page, 3);
  await page.goto(made.links[0] as string);
  await page.waitForURL('**/trials');
  await open(page, 3);
  await answer(page, ['3', '3']);
  await open(page, 4);
  await answer(page, ['4', '4']);
  await page.waitForURL('**/done');
  expect(await scores(lab, made)).toEqual([11, 22, 33, 44]);

  await page.goto(`${made.links[0]}/trials`);
  await page.waitForURL('**/done');
});

test('a double click, keys held down and a second request are one answer, the first', async ({
  page,
  lab
}) => {
  const made = await makeStudy(lab, 'double-stimulus', 'nr', { count: 3, design: { pairsPerImage: 1 } });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  await page.getByRole('button', { name: 'First' }).dblclick();
  const sent = page.waitForRequest('**/responses');
  await page.getByRole('button', { name: 'Confirm' }).dblclick();
  const body = (await sent).postDataJSON() as { answer: unknown };
  await open(page, 2);
  // The same presentation once more, with another answer.
  const again = await page.request.post(`${made.links[0]}/responses`, {
    data: { ...body, answer: { kind: 'choice', choice: 'second' } }
  });
  expect(await again.json()).toMatchObject({ recorded: true, repeated: true, answered: 1 });
  for (let i = 0; i < 6; i++) await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  for (let i = 0; i < 6; i++) await page.keyboard.press('Enter');
  await open(page, 3);
  await page.goBack();
  await page.goForward();
  await open(page, 3);
  await answer(page, ['ArrowRight']);
  await page.waitForURL('**/done');
  const rows = await exportedRows(lab, made.study);
  expect(rows.map((row) => row.choice)).toEqual(['first', 'same', 'second']);
});

test('an open link begun by a double click, and begun again by the back button, is one sitting', async ({
  page,
  lab
}) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 2, open: true });
  await page.goto(made.links[0] as string);
  await page.getByRole('button', { name: 'I agree, begin' }).dblclick();
  await page.waitForURL('**/trials');
  await open(page, 1);
  await answer(page, ['1', '1']);
  await open(page, 2);
  await page.goBack();
  await page.waitForURL('**/trials');
  await open(page, 2);
  await answer(page, ['2', '2']);
  await page.waitForURL('**/done');
  expect(await scores(lab, made)).toEqual([11, 22]);
});

test('two tabs share one place: what one answered, the other passes', async ({ page, context, lab }) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 4 });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  const other = await context.newPage();
  await other.goto(made.links[0] as string);
  await open(other, 1);
  await other.bringToFront();
  await answer(other, ['1', '1']);
  await open(other, 2);
  await page.bringToFront();
  await open(page, 2);
  await answer(page, ['2', '2']);
  await open(page, 3);
  await other.bringToFront();
  await open(other, 3);
  await answer(other, ['3', '3']);
  await page.bringToFront();
  await open(page, 4);
  await answer(page, ['4', '4']);
  await page.waitForURL('**/done');
  await other.bringToFront();
  await other.waitForURL('**/done');
  expect(await scores(lab, made)).toEqual([11, 22, 33, 44]);
});

test('another browser on the same link is noticed', async ({ page, browser, lab }) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 3 });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  const elsewhere = await browser.newContext({ baseURL: lab.address });
  const other = await elsewhere.newPage();
  await other.goto(made.links[0] as string);
  await open(other, 1);
  await answer(other, ['1', '1']);
  await open(other, 2);
  await answer(other, ['2', '2']);
  await open(other, 3);
  // This one still shows the first trial; its answer comes second and does not count.
  await answer(page, ['9', '9']);
  await open(page, 3);
  await answer(page, ['3', '3']);
  await page.waitForURL('**/done');
  await elsewhere.close();
  expect(await scores(lab, made)).toEqual([11, 22, 33]);
});

test('without a network one goes on, is told so, and nothing is lost', async ({ page, context, lab }) => {
  const made = await makeStudy(lab, 'single-stimulus', 'fr', { count: 5 });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  // Everything ahead is here before the network goes.
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('1');
  await context.setOffline(true);
  await answer(page, ['1']);
  await open(page, 2);
  await expect(page.getByText('No connection. Your answers are kept')).toBeVisible();
  await answer(page, ['2', '2']);
  await open(page, 3);
  await answer(page, ['3', '3']);
  await open(page, 4);
  expect(await scores(lab, made)).toEqual([null, null, null, null, null]);
  await context.setOffline(false);
  await expect(page.getByText('No connection.')).toBeHidden();
  await answer(page, ['4', '4']);
  await open(page, 5);
  await context.setOffline(true);
  await answer(page, ['5', '5']);
  // The last answer given is not the end: the server has to have it.
  await expect(page.getByText('Waiting for the connection: 1 answer is kept here')).toBeVisible();
  expect(page.url()).toContain('/trials');
  await context.setOffline(false);
  await page.waitForURL('**/done');
  expect(await scores(lab, made)).toEqual([11, 22, 33, 44, 55]);
});

test('the server killed in the middle: answers wait, a reload finds them, none is lost or double', async ({
  page,
  lab
}) => {
  const made = await makeStudy(lab, 'single-stimulus', 'nr', { count: 6 });
  await begin(page, made.links[0] as string);
  await open(page, 1);
  await answer(page, ['1', '1']);
  await open(page, 2);
  await page.waitForLoadState('networkidle');
  await lab.kill();
  await answer(page, ['2', '2']);
  await open(page, 3);
  await answer(page, ['3', '3']);
  await expect(page.getByText('No connection. Your answers are kept')).toBeVisible();
  await lab.up();
  await expect(page.getByText('No connection.')).toBeHidden({ timeout: 30_000 });
  await open(page, 4);
  expect(await scores(lab, made)).toEqual([11, 22, 33, null, null, null]);

  // Again, and this time the page is closed while two answers wait.
  await lab.kill();
  await answer(page, ['4', '4']);
  await open(page, 5);
  await answer(page, ['5', '5']);
  await open(page, 6);
  await page.goto('about:blank');
  await lab.up();
  await page.goto(made.links[0] as string);
  await page.waitForURL('**/trials');
  await open(page, 6);
  await answer(page, ['6', '6']);
  await page.waitForURL('**/done');
  expect(await scores(lab, made)).toEqual([11, 22, 33, 44, 55, 66]);
});
