import { expect, it } from 'vitest';
import { uniformByReference } from './uniform-by-reference.ts';

it('picks references over their mean MOS, then images of each over theirs', () => {
  const groups = [
    [5, 1, 3],
    [9, 9, 9],
    [2, 1, 0, 3],
    [6, 7]
  ];
  expect(uniformByReference(groups, 2, 2)).toEqual([
    { reference: 2, index: 2 },
    { reference: 2, index: 3 },
    { reference: 1, index: 0 },
    { reference: 1, index: 2 }
  ]);
  expect(uniformByReference(groups, 9, 9)).toHaveLength(12);
  expect(() => uniformByReference([[]], 1, 1)).toThrow(RangeError);
});
