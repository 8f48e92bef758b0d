import { expect, it } from 'vitest';
import { datasetAddress, stimulusAddress } from './addresses.ts';

it('keeps the folders of a stimulus and encodes the rest', () => {
  expect(stimulusAddress('my set', 'a b/50%#?.png')).toBe('/datasets/my%20set/a%20b/50%25%23%3F.png');
  expect(datasetAddress('a/b')).toBe('/datasets/a%2Fb');
});
