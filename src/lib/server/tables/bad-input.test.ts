import { expect, it } from 'vitest';
import { BadInput } from './bad-input.ts';

it('names the option on the command line alone', () => {
  const problem = new BadInput('the scale is unknown', {
    file: 'a.csv',
    line: 3,
    option: '--mos-range LO,HI'
  });
  expect(problem.message).toBe('a.csv, line 3: the scale is unknown (--mos-range LO,HI)');
  expect(problem.onPage).toBe('a.csv, line 3: the scale is unknown');
  expect(problem.reason).toBe('the scale is unknown');
});
