import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { goldenDir } from './golden.ts';
import { RATING_FILE_NAMES } from './rating-files.ts';

it.skipIf(goldenDir() === null)('every reference file is read by a test, and named in the table', () => {
  const here = import.meta.dirname;
  const sources = readdirSync(here)
    .filter((name) => name.endsWith('.test.ts') && name !== 'every-file.test.ts')
    .map((name) => readFileSync(`${here}/${name}`, 'utf8'))
    .join('\n');
  const table = readFileSync(`${here}/README.md`, 'utf8');
  const files = readdirSync(goldenDir() as string)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace('.json', ''));
  expect(files.length).toBeGreaterThan(40);
  const unread = files.filter((name) => {
    // Files over the same three rating matrices are read by one template: `mos_${name}` and the like.
    const matrix = RATING_FILE_NAMES.find((rating) => name.endsWith(`_${rating}`));
    const wanted = matrix ? `\`${name.slice(0, -matrix.length)}\${name}\`` : name;
    return !sources.includes(wanted);
  });
  expect(unread).toEqual([]);
  const untold = files.filter((name) => {
    const matrix = RATING_FILE_NAMES.find((rating) => name.endsWith(`_${rating}`));
    const family = matrix
      ? `${name.slice(0, -matrix.length)}*`
      : name.startsWith('pairwise_')
        ? 'pairwise_'
        : name;
    return !table.includes(family);
  });
  expect(untold).toEqual([]);
});
