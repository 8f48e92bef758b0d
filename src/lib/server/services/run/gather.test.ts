import { expect, test } from 'vitest';
import { gathering } from './gather.ts';

/** Statements that end when they are told to. */
function statements() {
  const asked: { rows: number[]; end: () => void }[] = [];
  const store = (rows: number[]) =>
    new Promise<string[]>((resolve, reject) => {
      asked.push({
        rows,
        end: () =>
          rows.includes(13) ? reject(new Error(`13 among ${rows.length}`)) : resolve(rows.map(String))
      });
    });
  return { asked, store };
}
const later = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a row alone goes at once; those that come meanwhile go together, each with its own result', async () => {
  const { asked, store } = statements();
  const keep = gathering(store, 3);
  const kept = [1, 2, 3, 4, 5].map(keep);
  expect(asked.map(({ rows }) => rows)).toEqual([[1]]);
  asked[0]?.end();
  await later();
  expect(asked.map(({ rows }) => rows)).toEqual([[1], [2, 3, 4]]);
  asked[1]?.end();
  await later();
  asked[2]?.end();
  expect(await Promise.all(kept)).toEqual(['1', '2', '3', '4', '5']);
  expect(asked.map(({ rows }) => rows)).toEqual([[1], [2, 3, 4], [5]]);

  const again = keep(6);
  asked[3]?.end();
  expect(await again).toBe('6');
});

test('nobody is told that a row is stored before its statement ended', async () => {
  const { asked, store } = statements();
  const keep = gathering(store);
  let told = 0;
  const both = [keep(1), keep(2)].map((one) => one.then(() => told++));
  await later();
  expect(told).toBe(0);
  asked[0]?.end();
  await later();
  expect(told).toBe(1);
  asked[1]?.end();
  await Promise.all(both);
  expect(told).toBe(2);
});

test('a row that cannot be stored fails alone', async () => {
  const { asked, store } = statements();
  const keep = gathering(store);
  const kept = Promise.allSettled([1, 2, 13, 3].map(keep));
  const ending = setInterval(() => asked.forEach(({ end }) => end()), 1);
  const states = await kept;
  clearInterval(ending);
  expect(states.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(String((states[2] as PromiseRejectedResult).reason)).toContain('13 among 1');
});
