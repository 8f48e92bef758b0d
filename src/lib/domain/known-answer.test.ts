import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import {
  acceptedAround,
  acceptedOrder,
  acceptedProblem,
  isKnownAnswer,
  readAccepted,
  writeAccepted,
  type Accepted,
  type KnownAnswer
} from './known-answer.ts';
import { protocols } from './protocols/index.ts';
import { syntheticAnswer } from './simulation/observer.ts';
import { defaultDesign, type Protocol, type StudyDesign } from './study.ts';

const scored = (scale: StudyDesign['scale'] = 'continuous-100') => ({
  ...defaultDesign('single-stimulus', 'full-reference'),
  scale
});
const pair = defaultDesign('double-stimulus', 'no-reference');
const ccr = { ...pair, scale: 'ccr-7' as const };
const group = defaultDesign('multiple-stimulus', 'no-reference');

describe('what is accepted of gold', () => {
  it('is one step of five to either side, on every scale of scores', () => {
    expect(acceptedAround(95, scored())).toEqual({ kind: 'score', from: 70, to: 100 });
    expect(acceptedAround(10, scored())).toEqual({ kind: 'score', from: 0, to: 35 });
    expect(acceptedAround(140, scored())).toEqual({ kind: 'score', from: 75, to: 100 });
    // 95 is between Good (75) and Excellent (100).
    expect(acceptedAround(95, scored('acr-5'))).toEqual({ kind: 'score', from: 4, to: 5 });
    expect(acceptedAround(0, scored('dcr-5'))).toEqual({ kind: 'score', from: 1, to: 2 });
    expect(acceptedAround(100, scored('acr-9'))).toEqual({ kind: 'score', from: 7, to: 9 });
  });

  it('is read as it is written, and nothing else is', () => {
    const cases: [Accepted, StudyDesign][] = [
      [{ kind: 'score', from: 70, to: 100 }, scored()],
      [{ kind: 'score', from: 4, to: 5 }, scored('acr-5')],
      [{ kind: 'choice', choices: ['first', 'same'] }, pair],
      [{ kind: 'grade', from: -3, to: -1 }, ccr],
      [{ kind: 'ranking', better: 0, worse: 3 }, group]
    ];
    for (const [accepted, design] of cases) {
      expect(readAccepted(writeAccepted(accepted), design)).toEqual(accepted);
      expect(acceptedProblem(accepted, design)).toBeNull();
    }
    expect(readAccepted('maybe', pair)).toBeNull();
    expect(readAccepted('first', scored())).toBeNull();
    expect(acceptedProblem({ kind: 'score', from: 0, to: 9 }, scored('acr-5'))).toContain('1 to 5');
    expect(acceptedProblem({ kind: 'score', from: 80, to: 20 }, scored())).toContain('the lower first');
    expect(acceptedProblem({ kind: 'ranking', better: 1, worse: 1 }, group)).not.toBeNull();
    expect(acceptedProblem({ kind: 'ranking', better: 0, worse: 4 }, group)).not.toBeNull();
    expect(acceptedProblem({ kind: 'choice', choices: ['left'] }, pair)).not.toBeNull();
    expect(acceptedProblem(null, pair)).not.toBeNull();
  });
});

describe('a known answer', () => {
  it('is held against the trial’s own order for gold, and against what was shown for a trap', () => {
    const gold: KnownAnswer = { kind: 'gold', accepted: { kind: 'choice', choices: ['first'] } };
    const shown = { kind: 'choice', choice: 'second' } as const;
    const own = protocols['double-stimulus'].toStudyOrder(shown, [1, 0]);
    expect(isKnownAnswer(gold, { shown, own }, pair)).toBe(true);
    expect(isKnownAnswer({ kind: 'trap', side: 'right' }, { shown, own }, pair)).toBe(true);
    expect(isKnownAnswer({ kind: 'trap', side: 'left' }, { shown, own }, pair)).toBe(false);
  });

  it('of a trap is the end of the scale that was asked for', () => {
    const met = (
      side: 'left' | 'right',
      answer: Parameters<typeof isKnownAnswer>[1]['shown'],
      design: StudyDesign
    ) => isKnownAnswer({ kind: 'trap', side }, { shown: answer, own: answer }, design);
    expect(met('left', { kind: 'score', score: 4, raw: 4 }, scored())).toBe(true);
    expect(met('left', { kind: 'score', score: 6, raw: 6 }, scored())).toBe(false);
    expect(met('right', { kind: 'score', score: 100, raw: 9 }, scored('acr-9'))).toBe(true);
    expect(met('right', { kind: 'score', score: 75, raw: 4 }, scored('acr-5'))).toBe(false);
    expect(met('left', { kind: 'choice', choice: 'first', grade: -3 }, ccr)).toBe(true);
    expect(met('left', { kind: 'choice', choice: 'first', grade: -2 }, ccr)).toBe(false);
    expect(met('left', { kind: 'ranking', ranks: [3, 0, 1, 2] }, group)).toBe(true);
    expect(met('right', { kind: 'ranking', ranks: [0, 1, 2, 2] }, group)).toBe(false);
  });

  // What a lapse, any answer alike, hits: scores 0–100 of which 31 are accepted; two sides; an order of two of four.
  const chance: Record<Protocol, number> = {
    'single-stimulus': 31 / 101,
    'double-stimulus': 1 / 2,
    'multiple-stimulus': 1 / 2
  };

  it.each(['single-stimulus', 'double-stimulus', 'multiple-stimulus'] as const)(
    'is missed as often as simulated raters lapse: %s',
    (protocol) => {
      const design = defaultDesign(protocol, 'no-reference');
      const random = seededRandom(`gold/${protocol}`);
      const qualities = {
        'single-stimulus': [95],
        'double-stimulus': [90, 10],
        'multiple-stimulus': [90, 60, 40, 10]
      }[protocol];
      const accepted =
        protocol === 'single-stimulus'
          ? acceptedAround(95, design)
          : acceptedOrder(0, qualities.length - 1, design);
      for (const lapse of [0, 0.2, 0.6]) {
        const raters = 20_000;
        let missed = 0;
        for (let rater = 0; rater < raters; rater++) {
          const answer = syntheticAnswer(
            protocol,
            qualities,
            { bias: 0, sigma: 5, lapse, sideBias: 0, sameWithin: 0 },
            design,
            random
          );
          if (!isKnownAnswer({ kind: 'gold', accepted }, { shown: answer, own: answer }, design)) missed++;
        }
        const expected = lapse * (1 - chance[protocol]);
        // Four standard errors of a share of 20,000.
        const tolerance = 4 * Math.sqrt(Math.max(1e-4, expected * (1 - expected)) / raters);
        expect(Math.abs(missed / raters - expected)).toBeLessThan(tolerance);
      }
    }
  );
});
