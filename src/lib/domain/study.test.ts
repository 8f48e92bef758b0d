import { describe, expect, it } from 'vitest';
import { defaultDesign, designProblems, PROTOCOLS, SCENARIOS, type StudyDesign } from './study.ts';
import { onHundredScale } from './stimulus.ts';

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
