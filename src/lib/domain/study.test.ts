import { describe, expect, it } from 'vitest';
import {
  defaultDesign,
  designProblems,
  PROTOCOLS,
  SCENARIOS,
  withoutDefaults,
  type StudyDesign
} from './study.ts';
import { onHundredScale } from './stimulus.ts';

describe('withoutDefaults', () => {
  it('leaves a design that uses nothing new as the first ones were, key for key', () => {
    for (const protocol of PROTOCOLS) {
      const design = defaultDesign(protocol, 'full-reference');
      const written = { ...design, groupSize: 4, referencePlace: 'auto', intervalMs: 500 } as const;
      expect(Object.keys(withoutDefaults(written))).toEqual(Object.keys(design));
    }
    const group = defaultDesign('multiple-stimulus', 'full-reference');
    const own = { groupSize: 3, referencePlace: 'above', intervalMs: 0 } as const;
    expect(withoutDefaults({ ...group, ...own })).toEqual({ ...group, ...own });
    // What means nothing to a protocol or a scenario is no difference between two designs.
    const pairs = defaultDesign('double-stimulus', 'no-reference');
    expect(withoutDefaults({ ...pairs, ...own })).toEqual({ ...pairs, intervalMs: 0 });
  });
});

describe('designProblems', () => {
  it('has nothing against the defaults, or against whole demonstrations', () => {
    for (const protocol of PROTOCOLS) {
      for (const scenario of SCENARIOS) {
        const design = defaultDesign(protocol, scenario);
        expect(designProblems(design)).toEqual([]);
        const count = { 'single-stimulus': 1, 'double-stimulus': 2, 'multiple-stimulus': 4 }[protocol];
        const exemplars = Array.from({ length: count }, (_, index) => ({
          stimulusId: `e${index}`,
          referenceId: scenario === 'full-reference' ? 'r' : null,
          quality: 10 * index
        }));
        expect(designProblems({ ...design, exemplars })).toEqual([]);
      }
    }
  });

  it.each<[Partial<StudyDesign>, string]>([
    [{ protocol: 'single-stimulus', scale: 'dcr-5' }, 'full-reference'],
    [{ protocol: 'single-stimulus', scale: 'ccr-7' }, 'no scale ccr-7'],
    [{ scale: 'ccr-7', allowTies: false }, 'about the same'],
    [{ groupSize: 7 as 6 }, '2 to 6'],
    [{ intervalMs: -1 }, 'grey interval'],
    [{ language: 'la' as 'zh' }, 'speak'],
    [{ attributes: [] }, 'attribute'],
    [{ attributes: ['noise', ' '] }, 'attribute'],
    [{ pairsPerImage: 0 }, 'Pairs per image'],
    [{ groupsPerImage: 1.5 }, 'Groups per image'],
    [{ seed: 0.5 }, 'seed'],
    [{ exemplars: [{ stimulusId: 'a', referenceId: null, quality: 50 }] }, 'takes 2 exemplars, not 1'],
    [
      {
        exemplars: [
          { stimulusId: 'a', referenceId: null, quality: 50 },
          { stimulusId: 'a', referenceId: null, quality: 50 }
        ]
      },
      'twice'
    ],
    [
      {
        exemplars: [
          { stimulusId: 'a', referenceId: 'r', quality: 50 },
          { stimulusId: 'b', referenceId: null, quality: 101 }
        ]
      },
      'between 0 and 100'
    ],
    [{ trialsPerSession: 0 }, 'Trials per session'],
    [{ hiddenRepeats: -1 }, 'Hidden repeats'],
    [{ maxSidePx: 3 }, 'longest side'],
    [{ shortestViewMs: 500, longestViewMs: 400 }, 'above the longest']
  ])('names what is wrong in %j', (change, words) => {
    const problems = designProblems({ ...defaultDesign('double-stimulus', 'no-reference'), ...change });
    expect(problems.join(' ')).toContain(words);
  });

  it('wants one reference for a full-reference demonstration', () => {
    const design = defaultDesign('double-stimulus', 'full-reference');
    const pair = (first: string | null, second: string | null) =>
      designProblems({
        ...design,
        exemplars: [
          { stimulusId: 'a', referenceId: first, quality: 1 },
          { stimulusId: 'b', referenceId: second, quality: 2 }
        ]
      });
    expect(pair('r', 'r')).toEqual([]);
    expect(pair('r', 's')).toHaveLength(1);
    expect(pair('r', null)).toHaveLength(1);
  });
});

describe('onHundredScale', () => {
  it('maps the ends to 0 and 100, in the direction of quality', () => {
    const acr = { low: 1, high: 5, higherIsBetter: true };
    expect([1, 3, 5].map((mos) => onHundredScale(mos, acr))).toEqual([0, 50, 100]);
    expect(onHundredScale(1, { ...acr, higherIsBetter: false })).toBe(100);
    expect(() => onHundredScale(1, { low: 2, high: 2, higherIsBetter: true })).toThrow('goes up');
  });
});
