import { describe, expect, it } from 'vitest';
import { seededRandom, shuffled } from '#lib/stats/random.ts';
import { denseRanks, type Answer } from '../response.ts';
import { defaultDesign, PROTOCOLS, STIMULI_PER_TRIAL } from '../study.ts';
import { protocols } from './index.ts';

const free = { scale: 'continuous-100', allowTies: true } as const;
const strict = { scale: 'continuous-100', allowTies: false } as const;
const nine = { scale: 'acr-9', allowTies: true } as const;
const dcr = { scale: 'dcr-5', allowTies: true } as const;
const ccr = { scale: 'ccr-7', allowTies: true } as const;
const acr = { scale: 'acr-5', allowTies: true } as const;

/** Every ranking of four with ties, dense. */
function allRankings(): number[][] {
  const seen = new Map<string, number[]>();
  for (let code = 0; code < 256; code++) {
    const ranks = denseRanks([code & 3, (code >> 2) & 3, (code >> 4) & 3, code >> 6]);
    seen.set(ranks.join(), ranks);
  }
  return [...seen.values()];
}

describe('what the protocols share', () => {
  it('each is registered under its own name with the number of stimuli that designs count on', () => {
    for (const protocol of PROTOCOLS) {
      expect(protocols[protocol].id).toBe(protocol);
      expect(protocols[protocol].stimuliPerTrial).toBe(STIMULI_PER_TRIAL[protocol]);
    }
  });

  it('refuses what is no answer at all, or one of another protocol, with a reason', () => {
    const others: unknown[] = [
      null,
      undefined,
      7,
      'first',
      [],
      {},
      { kind: 'score' },
      { kind: 'choice' },
      { kind: 'ranking' },
      { kind: 'score', raw: '50' },
      { kind: 'score', raw: Number.NaN },
      { kind: 'choice', choice: 'third' },
      { kind: 'choice', choice: 'toString' },
      { kind: 'ranking', ranks: '0123' },
      { kind: 'ranking', ranks: [0, 1, 2] },
      { kind: 'ranking', ranks: [0, 1, 2, 3, 3] },
      { kind: 'ranking', ranks: [0, 1, 2, 4] },
      { kind: 'ranking', ranks: [0, 1, 2, -1] },
      { kind: 'ranking', ranks: [0, 1, 2, 2.5] },
      { kind: 'ranking', ranks: [0, 1, 2, null] }
    ];
    for (const protocol of PROTOCOLS) {
      for (const value of others) {
        const checked = protocols[protocol].validateAnswer(value, free);
        expect([value, checked.ok]).toEqual([value, false]);
        if (!checked.ok) expect(checked.reason).toMatch(/\.$/);
      }
      const valid = protocols[protocol].validateAnswer(
        {
          'single-stimulus': { kind: 'score', raw: 5 },
          'double-stimulus': { kind: 'choice', choice: 'first' },
          'multiple-stimulus': { kind: 'ranking', ranks: [0, 1, 2, 3] }
        }[protocol],
        free
      );
      expect(valid.ok).toBe(true);
    }
  });

  it('refuses a field that no answer has', () => {
    const { ok } = protocols['double-stimulus'].validateAnswer(
      { kind: 'choice', choice: 'first', mos: 3 },
      free
    );
    expect(ok).toBe(false);
  });
});

describe('single-stimulus', () => {
  const rules = protocols['single-stimulus'];

  it('takes every value from 0 to 100 and nothing beyond', () => {
    for (const raw of [0, 0.5, 37, 99.9, 100]) {
      expect(rules.validateAnswer({ kind: 'score', raw }, free)).toEqual({
        ok: true,
        answer: { kind: 'score', score: raw, raw }
      });
    }
    for (const raw of [-0.1, 100.1, Infinity])
      expect(rules.validateAnswer({ kind: 'score', raw }, free).ok).toBe(false);
  });

  it('maps ACR grades linearly to 0–100 and keeps them', () => {
    const scores = [1, 2, 3, 4, 5].map((raw) => rules.validateAnswer({ kind: 'score', raw }, acr));
    expect(
      scores.map((checked) => (checked.ok && checked.answer.kind === 'score' ? checked.answer : null))
    ).toEqual([0, 25, 50, 75, 100].map((score, index) => ({ kind: 'score', score, raw: index + 1 })));
    for (const raw of [0, 6, 2.5, 75])
      expect(rules.validateAnswer({ kind: 'score', raw }, acr).ok).toBe(false);
  });

  it('maps nine grades and grades of impairment in the same way', () => {
    const score = (raw: number, design: typeof nine | typeof dcr) => {
      const checked = rules.validateAnswer({ kind: 'score', raw }, design);
      return checked.ok && checked.answer.kind === 'score' ? checked.answer.score : null;
    };
    expect([1, 2, 5, 8, 9, 0, 10, 4.5].map((raw) => score(raw, nine))).toEqual([
      0,
      12.5,
      50,
      87.5,
      100,
      null,
      null,
      null
    ]);
    expect([1, 3, 5, 6].map((raw) => score(raw, dcr))).toEqual([0, 50, 100, null]);
  });

  it('refuses a score that does not belong to its raw value', () => {
    expect(rules.validateAnswer({ kind: 'score', raw: 4, score: 75 }, acr).ok).toBe(true);
    expect(rules.validateAnswer({ kind: 'score', raw: 4, score: 100 }, acr).ok).toBe(false);
  });

  it('holds no comparison', () => {
    expect(rules.toPairVotes({ kind: 'score', score: 5, raw: 5 }, ['a'])).toEqual([]);
  });
});

describe('double-stimulus', () => {
  const rules = protocols['double-stimulus'];
  const choices = ['first', 'second', 'same'] as const;

  it('takes same only where ties are allowed', () => {
    const same = { kind: 'choice', choice: 'same' };
    expect(rules.validateAnswer(same, free).ok).toBe(true);
    expect(rules.validateAnswer(same, strict).ok).toBe(false);
    expect(rules.fromModelAnswer(2, true)).toEqual(same);
    expect(rules.fromModelAnswer(2, false)).toBeNull();
  });

  it('writes first, second, same as 1, 0, 2 and reads them back; nothing else is a code', () => {
    expect(choices.map((choice) => rules.toModelAnswer({ kind: 'choice', choice }))).toEqual([1, 0, 2]);
    for (const choice of choices) {
      expect(rules.fromModelAnswer(rules.toModelAnswer({ kind: 'choice', choice }), true)).toEqual({
        kind: 'choice',
        choice
      });
    }
    for (const value of [3, -1, 0.5, Number.NaN, [1]]) expect(rules.fromModelAnswer(value, true)).toBeNull();
  });

  it('turns the choice with the sides', () => {
    const turned = choices.map((choice) => rules.toStudyOrder({ kind: 'choice', choice }, [1, 0]));
    expect(turned.map((answer) => answer.kind === 'choice' && answer.choice)).toEqual([
      'second',
      'first',
      'same'
    ]);
    for (const choice of choices) {
      expect(rules.toStudyOrder({ kind: 'choice', choice }, [0, 1])).toEqual({ kind: 'choice', choice });
    }
    expect(() => rules.toStudyOrder({ kind: 'choice', choice: 'first' }, [0, 0])).toThrow('not an order');
  });

  it('takes a grade on CCR, keeps its sign as the choice, and turns both with the sides', () => {
    for (let grade = -3; grade <= 3; grade++) {
      const choice = grade > 0 ? 'second' : grade < 0 ? 'first' : 'same';
      const answer = { kind: 'choice', choice, grade } as const;
      expect(rules.validateAnswer({ kind: 'choice', grade }, ccr)).toEqual({ ok: true, answer });
      const swapped = rules.toStudyOrder(answer, [1, 0]);
      const turned = { first: 'second', second: 'first', same: 'same' }[choice];
      expect(swapped).toStrictEqual({ kind: 'choice', choice: turned, grade: grade === 0 ? 0 : -grade });
      expect(rules.toShownOrder(swapped, [1, 0])).toStrictEqual(answer);
      expect(rules.toPairVotes(answer, ['a', 'b'])[0]?.choice).toBe(choice);
    }
    for (const value of [
      { kind: 'choice', grade: 4 },
      { kind: 'choice', grade: 1.5 },
      { kind: 'choice', choice: 'first' },
      { kind: 'choice', choice: 'first', grade: 2 }
    ]) {
      expect([value, rules.validateAnswer(value, ccr).ok]).toEqual([value, false]);
    }
    // Where only the better one is asked for, a grade is no answer.
    expect(rules.validateAnswer({ kind: 'choice', choice: 'second', grade: 2 }, free).ok).toBe(false);
  });

  it('is one vote', () => {
    expect(rules.toPairVotes({ kind: 'choice', choice: 'second' }, ['a', 'b'])).toEqual([
      { first: 'a', second: 'b', choice: 'second' }
    ]);
  });
});

describe('multiple-stimulus', () => {
  const rules = protocols['multiple-stimulus'];

  it('closes gaps between ranks and refuses ties where there are none', () => {
    expect(rules.validateAnswer({ kind: 'ranking', ranks: [3, 3, 1, 0] }, free)).toEqual({
      ok: true,
      answer: { kind: 'ranking', ranks: [2, 2, 1, 0] }
    });
    expect(rules.validateAnswer({ kind: 'ranking', ranks: [3, 3, 1, 0] }, strict).ok).toBe(false);
    expect(rules.validateAnswer({ kind: 'ranking', ranks: [3, 2, 1, 0] }, strict).ok).toBe(true);
    expect(rules.fromModelAnswer([3, 3, 1, 0], false)).toBeNull();
    expect(rules.fromModelAnswer([1, 2, 3, 4], true)).toBeNull();
  });

  it('writes every one of the 75 rankings with ties in 0–3, worst 0 and best 3, and reads it back', () => {
    const rankings = allRankings();
    expect(rankings).toHaveLength(75);
    for (const ranks of rankings) {
      const codes = rules.toModelAnswer({ kind: 'ranking', ranks }) as number[];
      expect(Math.min(...codes)).toBe(0);
      if (new Set(ranks).size > 1) expect(Math.max(...codes)).toBe(3);
      expect(rules.fromModelAnswer(codes, true)).toEqual({ kind: 'ranking', ranks });
    }
  });

  it('ranks as many as a group has, from two to six, and nothing else', () => {
    for (const groupSize of [2, 3, 5, 6] as const) {
      const design = { ...free, groupSize };
      const ranks = Array.from({ length: groupSize }, (_, index) => index);
      expect(rules.validateAnswer({ kind: 'ranking', ranks }, design)).toEqual({
        ok: true,
        answer: { kind: 'ranking', ranks }
      });
      expect(rules.validateAnswer({ kind: 'ranking', ranks: [0, 1, 2, 3] }, design).ok).toBe(false);
      expect(
        rules.validateAnswer({ kind: 'ranking', ranks: [...ranks.slice(1), groupSize] }, design).ok
      ).toBe(false);
      const order = [...ranks].reverse();
      expect(rules.toStudyOrder({ kind: 'ranking', ranks }, order)).toEqual({
        kind: 'ranking',
        ranks: order
      });
      expect(rules.toPairVotes({ kind: 'ranking', ranks }, ranks)).toHaveLength(
        (groupSize * (groupSize - 1)) / 2
      );
      expect(
        rules.questionForPeople({ ...defaultDesign('multiple-stimulus', 'no-reference'), groupSize })
      ).toContain(`among ${{ 2: 'two', 3: 'three', 5: 'five', 6: 'six' }[groupSize]} images`);
    }
  });

  it('is six votes that say what the ranks say', () => {
    const votes = rules.toPairVotes({ kind: 'ranking', ranks: [0, 2, 1, 1] }, ['a', 'b', 'c', 'd']);
    expect(votes.map(({ first, second, choice }) => `${first}${second} ${choice}`)).toEqual([
      'ab second',
      'ac second',
      'ad second',
      'bc first',
      'bd first',
      'cd same'
    ]);
  });

  it('goes to the order shown and back; a stimulus keeps its rank whatever the order', () => {
    const random = seededRandom(3);
    for (const ranks of allRankings()) {
      const order = shuffled([0, 1, 2, 3], random);
      const own: Answer = { kind: 'ranking', ranks };
      const shown = rules.toShownOrder(own, order);
      expect(rules.toStudyOrder(shown, order)).toEqual(own);
      if (shown.kind !== 'ranking') throw new Error('no ranking');
      order.forEach((stimulus, slot) => expect(shown.ranks[slot]).toBe(ranks[stimulus]));
    }
  });
});

describe('the question that people read', () => {
  it('asks the same as the standard prompt, without codes', () => {
    for (const protocol of PROTOCOLS) {
      for (const scenario of ['full-reference', 'no-reference'] as const) {
        const question = protocols[protocol].questionForPeople(defaultDesign(protocol, scenario));
        const counterpart = { ...defaultDesign(protocol, scenario), counterpart: true };
        expect(protocols[protocol].questionForPeople(counterpart)).not.toContain('original');
        expect(question).toContain('Please assign a perceptual quality');
        expect(question).toContain('sharpness, and any other low-level distortions');
        expect(question).not.toMatch(/output|ranked 0|Score:/);
        expect(question.includes('reference')).toBe(scenario === 'full-reference');
      }
    }
  });

  it('says no word of ties where there are none, and names the five grades on ACR', () => {
    const design = { ...defaultDesign('double-stimulus', 'no-reference'), allowTies: false };
    expect(protocols['double-stimulus'].questionForPeople(design)).not.toContain('same');
    expect(protocols['multiple-stimulus'].questionForPeople(design)).not.toContain('same');
    expect(protocols['single-stimulus'].questionForPeople({ ...design, scale: 'acr-5' })).toContain(
      'Excellent (5)'
    );
  });
});
