import { expect, it } from 'vitest';
import { batches } from './batches.ts';

const sized = (...sizes: number[]) => sizes.map((size) => ({ size }));
const shape = (made: { size: number }[][]) => made.map((batch) => batch.map(({ size }) => size));

it('keeps order, count and bytes; what is larger goes alone', () => {
  expect(shape(batches(sized(1, 1, 1, 1, 1), 2, 100))).toEqual([[1, 1], [1, 1], [1]]);
  expect(shape(batches(sized(60, 50, 40, 200, 1), 10, 100))).toEqual([[60], [50, 40], [200], [1]]);
  expect(batches([], 2, 100)).toEqual([]);
});
