import { expect, it } from 'vitest';
import { difficultRecord, howChosen } from './chosen.ts';

const record = {
  lambda: 0.01,
  epsilon: 1,
  references: 15,
  perReference: 10,
  proxies: [{ name: 'psnr' }, { name: 'ssim' }],
  features: null,
  inputs: {}
};

it('says in one line how a subset was chosen', () => {
  expect(howChosen({ method: 'difficult', parameters: record })).toBe(
    'difficult by psnr and ssim, λ 0.01, ε 1, no features, 15 references × 10'
  );
  expect(howChosen({ method: 'uniform', parameters: { n: 20 } })).toBe('evenly over MOS rank');
  expect(howChosen({ method: 'uniform', parameters: { references: 2, perReference: 3 } })).toBe(
    'evenly over MOS rank, 2 references × 3'
  );
  expect(howChosen({ method: 'by-hand', parameters: {} })).toBe('by hand');
});

it('reads no other record as one of difficult samples', () => {
  expect(difficultRecord({ method: 'difficult', parameters: {} })).toBeNull();
  expect(difficultRecord({ method: 'by-hand', parameters: record })).toBeNull();
  expect(difficultRecord({ method: 'difficult', parameters: record })).toBe(record);
});
