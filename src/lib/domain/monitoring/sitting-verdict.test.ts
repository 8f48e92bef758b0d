import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { acceptedAround, type KnownAnswer } from '../known-answer.ts';
import { syntheticAnswer } from '../simulation/observer.ts';
import { sittingProblems } from '../sitting-plan.ts';
import { defaultDesign, designProblems } from '../study.ts';
import {
  countKnown,
  failedAttention,
  NOTHING_KNOWN,
  payable,
  rulesInWords,
  usable,
  type SittingFacts,
  type StoredAnswer
} from './sitting-verdict.ts';

const stored = (answer: Partial<StoredAnswer>): StoredAnswer => ({
  order: [0],
  score: null,
  raw: null,
  choice: null,
  ranking: null,
  ...answer
});
const single = defaultDesign('single-stimulus', 'no-reference');
const pair = defaultDesign('double-stimulus', 'no-reference');
const group = defaultDesign('multiple-stimulus', 'no-reference');

const facts = (rest: Partial<SittingFacts> = {}): SittingFacts => ({
  state: 'completed',
  ending: 'done',
  stale: false,
  answered: 40,
  total: 40,
  known: NOTHING_KNOWN,
  tally: { answers: 30, commonest: 6 },
  medianMs: 3000,
  longestGapMs: 900,
  ...rest
});
const known = (right: number, of: number, missed = 0, traps = 0, agreed = 0, twice = 0) => ({
  gold: { right, of },
  traps: { missed, of: traps },
  repeats: { agreed, of: twice }
});

describe('what is counted of known answers', () => {
  it('is gold by the trial’s order, traps as shown, and repeats in whichever order they came', () => {
    const gold: KnownAnswer = { kind: 'gold', accepted: { kind: 'choice', choices: ['first'] } };
    const trap: KnownAnswer = { kind: 'trap', side: 'right' };
    const first = stored({ order: [0, 1], choice: 'first' });
    const swapped = stored({ order: [1, 0], choice: 'second' });
    expect(
      countKnown(
        [
          { ...first, expected: gold },
          { ...swapped, expected: gold },
          { ...first, expected: trap },
          { ...swapped, expected: trap }
        ],
        [
          { first, second: swapped },
          { first, second: stored({ order: [1, 0], choice: 'first' }) }
        ],
        pair
      )
    ).toEqual(known(2, 2, 1, 2, 1, 2));
  });

  it('holds scores within a step for alike, and counts a ranking by its comparisons', () => {
    const scores = [40, 65, 66].map((score) => stored({ score, raw: score }));
    expect(
      countKnown(
        [],
        [
          { first: scores[0]!, second: scores[1]! },
          { first: scores[0]!, second: scores[2]! }
        ],
        single
      ).repeats
    ).toEqual({ agreed: 1, of: 2 });
    const one = stored({ order: [0, 1, 2, 3], ranking: [3, 2, 1, 0] });
    const other = stored({ order: [3, 2, 1, 0], ranking: [0, 1, 3, 2] });
    // In the trial's own order the second is [2, 3, 1, 0]: one comparison of six is turned.
    expect(countKnown([], [{ first: one, second: other }], group).repeats).toEqual({ agreed: 5, of: 6 });
  });
});

describe('payable', () => {
  it('is who answered everything, or the share that is asked for, and nobody is judged while they sit', () => {
    expect(payable(facts(), undefined, undefined).is).toBe(true);
    const half = facts({ state: 'active', ending: null, answered: 20 });
    expect(payable(half, undefined, undefined).is).toBeNull();
    expect(payable({ ...half, stale: true }, undefined, undefined).is).toBe(false);
    expect(payable(half, { reached: 50 }, undefined)).toEqual({
      is: true,
      reasons: ['20 of 40 answered, 50 % are asked for']
    });
    const gone = facts({ state: 'ended', ending: 'returned', answered: 19 });
    expect(payable(gone, { reached: 50 }, undefined)).toEqual({
      is: false,
      reasons: ['19 of 40 answered, returned']
    });
  });

  it('looks at attention only where the rule says so', () => {
    const missed = facts({ known: known(0, 0, 2, 3) });
    const attention = { trapMisses: 1 };
    expect(failedAttention(missed.known, attention)).toEqual(['2 of 3 traps missed, at most 1 may be']);
    expect(payable(missed, undefined, attention).is).toBe(true);
    expect(payable(missed, { attention: true }, attention).is).toBe(false);
    expect(payable(facts({ known: known(0, 0, 1, 3) }), { attention: true }, attention).is).toBe(true);
  });
});

describe('usable', () => {
  it('is everybody where the study states no rule, and says every reason where it does', () => {
    const poor = facts({
      state: 'ended',
      answered: 30,
      known: known(2, 4, 2, 2, 5, 10),
      tally: { answers: 20, commonest: 19 },
      medianMs: 400,
      longestGapMs: 31 * 60_000
    });
    expect(usable(poor, undefined)).toEqual({ is: true, reasons: [] });
    const rule = {
      finished: true,
      gold: 75,
      trapMisses: 1,
      repeats: 60,
      medianMs: 500,
      sameShare: 90,
      gapMinutes: 30
    } as const;
    expect(usable(poor, rule).reasons).toHaveLength(7);
    expect(usable(facts({ known: known(3, 4, 1, 2, 6, 10), medianMs: 500 }), rule)).toEqual({
      is: true,
      reasons: []
    });
    // Nothing to hold against is no failure.
    expect(usable(facts({ medianMs: null, longestGapMs: null }), rule).is).toBe(true);
    expect(usable(facts({ state: 'withdrawn' }), undefined).is).toBe(false);
    expect(rulesInWords({ usable: rule, resume: { withinMinutes: 30, then: 'anew' } })).toHaveLength(2);
  });

  it('keeps out simulated raters who lapse at the rate that a binomial tail of their misses says', () => {
    // Ten gold trials at quality 90 of which a lapse hits 36 of 101 scores; usable from 70 % on.
    const accepted = acceptedAround(90, single);
    const random = seededRandom('usable');
    const raters = 2000;
    const lapse = 0.5;
    let out = 0;
    for (let rater = 0; rater < raters; rater++) {
      const checks = Array.from({ length: 10 }, () => {
        const answer = syntheticAnswer(
          'single-stimulus',
          [90],
          { bias: 0, sigma: 4, lapse, sideBias: 0, sameWithin: 0 },
          single,
          random
        );
        const score = answer.kind === 'score' ? answer.score : NaN;
        return { ...stored({ score, raw: score }), expected: { kind: 'gold', accepted } as const };
      });
      if (usable(facts({ known: countKnown(checks, [], single) }), { gold: 70 }).is === false) out++;
    }
    const p = lapse * (1 - 36 / 101);
    const choose = (k: number) =>
      Array.from({ length: k }, (_, i) => (10 - i) / (i + 1)).reduce((a, b) => a * b, 1);
    const tail = [4, 5, 6, 7, 8, 9, 10].reduce((sum, k) => sum + choose(k) * p ** k * (1 - p) ** (10 - k), 0);
    expect(Math.abs(out / raters - tail)).toBeLessThan(4 * Math.sqrt((tail * (1 - tail)) / raters));
  });
});

describe('rules', () => {
  it('that cannot be are said by their field', () => {
    expect(
      sittingProblems({
        usable: { gold: 120 },
        attention: {},
        resume: { withinMinutes: 0, then: 'later' as 'ends' }
      })
    ).toEqual([
      'sitting.usable.gold is a whole number from 1 to 100, or absent, not 120.',
      'sitting.resume.withinMinutes is a whole number from 1 to 100000, or absent, not 0.',
      'sitting.resume.then is "ends", "anew" or "restarts-block", not "later".',
      'sitting.attention says nothing.'
    ]);
    expect(
      designProblems({
        ...single,
        sitting: { usable: { gold: 80, repeats: 50 }, attention: { trapMisses: 0 } }
      })
    ).toEqual([
      'sitting.attention.trapMisses needs traps.',
      'sitting.usable.gold needs gold trials.',
      'sitting.usable.repeats needs hidden repeats, or both orders.'
    ]);
  });
});
