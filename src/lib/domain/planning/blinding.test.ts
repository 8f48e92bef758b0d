import { describe, expect, it } from 'vitest';
import type { Stimulus } from '../stimulus.ts';
import { defaultDesign } from '../study.ts';
import { TRIAL_ROLES } from '../trial.ts';
import { blind, type FullPresentation } from './blinding.ts';

const stimulus = (name: string): Stimulus => ({
  id: `id-of-${name}`,
  name: `secret-${name}_jpeg_q10.png`,
  sha256: `hash-of-${name}`,
  kind: 'distorted',
  referenceId: 'id-of-reference',
  widthPx: 640,
  heightPx: 480,
  mos: 31.4159,
  sigma: 2.7182,
  n: 99
});

const presentation: FullPresentation = {
  id: 'presentation-7',
  position: 3,
  total: 20,
  role: 'test',
  stimuli: [stimulus('a'), stimulus('b')],
  reference: stimulus('reference'),
  design: { ...defaultDesign('double-stimulus', 'full-reference'), seed: 424242 }
};

let made = 0;
const tokens = { presentation: () => `t${made++}`, stimulus: () => `t${made++}` };

describe('blind', () => {
  it('lets nothing through that names a stimulus, its quality or the plan', () => {
    const text = JSON.stringify(blind(presentation, tokens));
    for (const secret of [
      'id-of',
      'secret',
      'jpeg',
      'hash-of',
      '31.4159',
      '2.7182',
      '99',
      'presentation-7',
      '424242',
      'distorted'
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  it('passes on what the page needs: addresses, sizes, and how to ask', () => {
    const blinded = blind(presentation, {
      presentation: (id) => `P(${id.length})`,
      stimulus: (where, id) => `S(${where.length},${id.length})`
    });
    expect(blinded).toMatchObject({
      token: 'P(14)',
      position: 3,
      total: 20,
      slots: [{ token: 'S(14,7)', widthPx: 640, heightPx: 480 }, { token: 'S(14,7)' }],
      reference: { token: 'S(14,15)' },
      protocol: 'double-stimulus',
      allowTies: true
    });
    expect(blind({ ...presentation, reference: null }, tokens).reference).toBeNull();
  });

  it('makes gold, trap and repeat look like test', () => {
    const shown = TRIAL_ROLES.map((role) => {
      const { token: _, slots: __, reference: ___, ...rest } = blind({ ...presentation, role }, tokens);
      return rest;
    });
    const [training, ...others] = shown;
    expect(training?.training).toBe(true);
    expect(new Set(others.map((view) => JSON.stringify(view))).size).toBe(1);
    expect(others[0]?.training).toBe(false);
  });
});
