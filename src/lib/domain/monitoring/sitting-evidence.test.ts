import { describe, expect, it } from 'vitest';
import { seededRandom, shuffled } from '#lib/stats/random.ts';
import { evidenceIn, hastyBelowMs, runChance, type SittingTally } from './sitting-evidence.ts';

const single = { protocol: 'single-stimulus', scenario: 'no-reference' } as const;
const pairs = { protocol: 'double-stimulus', scenario: 'full-reference' } as const;
const calm: SittingTally = {
  answers: 40,
  hasty: 0,
  longestRun: 2,
  commonest: 6,
  first: 0,
  second: 0,
  focusLosses: 0
};
const kinds = (tally: Partial<SittingTally>, design: typeof single | typeof pairs = single) =>
  evidenceIn({ ...calm, ...tally }, design).map(({ kind }) => kind);

describe('hastyBelowMs', () => {
  it('asks for a look at every picture, the reference too, and a reaction', () => {
    expect(hastyBelowMs(single)).toBe(500);
    expect(hastyBelowMs(pairs)).toBe(1000);
    expect(hastyBelowMs({ protocol: 'multiple-stimulus', scenario: 'no-reference' })).toBe(1250);
  });
});

describe('runChance', () => {
  it('bounds how often a random order shows such a run', () => {
    const random = seededRandom(7);
    for (const [n, commonest, length] of [
      [40, 20, 9],
      [40, 12, 5],
      [100, 60, 12]
    ] as const) {
      let seen = 0;
      const rounds = 4000;
      for (let round = 0; round < rounds; round++) {
        const order = shuffled(
          Array.from({ length: n }, (_, i) => i < commonest),
          random
        );
        let run = 0;
        let longest = 0;
        for (const one of order) {
          run = one ? run + 1 : 0;
          longest = Math.max(longest, run);
        }
        if (longest >= length) seen++;
      }
      const bound = runChance(n, commonest, length);
      expect(seen / rounds).toBeLessThanOrEqual(bound + 3 * Math.sqrt(bound / rounds));
      // Not so loose that it would hide a straight-liner.
      expect(bound).toBeLessThan(0.5);
    }
  });

  it('is certain where there is nothing else', () => {
    expect(runChance(40, 40, 40)).toBe(1);
    expect(runChance(0, 0, 0)).toBe(1);
  });
});

describe('evidenceIn', () => {
  it('says nothing of a sitting like any other, nor of one without answers', () => {
    expect(kinds({})).toEqual([]);
    expect(kinds({ answers: 0, hasty: 0, longestRun: 0, commonest: 0 })).toEqual([]);
  });

  it('says who answers sooner than can be seen, from a tenth on', () => {
    expect(kinds({ hasty: 4 })).toEqual(['hasty']);
    expect(kinds({ hasty: 3 })).toEqual([]);
    expect(evidenceIn({ ...calm, hasty: 4 }, single)[0]?.text).toContain(
      '4 of 40 answers came within 500 ms'
    );
  });

  it('tells a straight-liner from a long run, and one of few answers from neither', () => {
    expect(kinds({ longestRun: 40, commonest: 40 })).toEqual(['one-answer']);
    expect(kinds({ longestRun: 12, commonest: 14 })).toEqual(['run']);
    expect(kinds({ answers: 5, longestRun: 5, commonest: 5 })).toEqual([]);
  });

  it('says which side is preferred in pairs beyond chance', () => {
    expect(kinds({ commonest: 30, longestRun: 6, first: 34, second: 6 }, pairs)).toEqual(['one-side']);
    expect(kinds({ commonest: 22, longestRun: 6, first: 22, second: 18 }, pairs)).toEqual([]);
    const [only] = evidenceIn({ ...calm, commonest: 30, longestRun: 6, first: 6, second: 34 }, pairs);
    expect(only?.text).toContain('the second was chosen 34 times of 40');
  });

  it('says who was elsewhere', () => {
    expect(kinds({ focusLosses: 10 })).toEqual(['focus']);
    expect(kinds({ focusLosses: 9 })).toEqual([]);
    expect(kinds({ focusLosses: null })).toEqual([]);
  });
});
