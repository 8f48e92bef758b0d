import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import type { JudgedPresentation } from '../results/observer-values.ts';
import { keepAnswers } from '../results/packed-answers.ts';
import type { StudyRecord } from '../results/study-results.ts';
import { defaultDesign, type Protocol } from '../study.ts';
import { peopleScreening } from './people-screening.ts';

const STIMULI = 20;

/** 20 stimuli of rising quality, 11 people who see it and one who answers at random. */
function recordOf(protocol: Protocol, people = 12, spread = 8): StudyRecord {
  const random = seededRandom(`screening/${protocol}`);
  const quality = (id: number) => (id - 100) * 5;
  const trials =
    protocol === 'single-stimulus'
      ? Array.from({ length: STIMULI }, (_, i) => [100 + i])
      : Array.from({ length: STIMULI }, (_, i) =>
          [1, 3, 7].map((step) => [100 + i, 100 + ((i + step) % STIMULI)])
        ).flat();
  const answers: JudgedPresentation[] = [];
  let at = 0;
  for (let person = 0; person < people; person++) {
    const guesses = person === people - 1;
    trials.forEach((stimuli, trial) => {
      const felt = stimuli.map((id) =>
        guesses ? 100 * random.uniform() : quality(id) + spread * random.normal()
      );
      const [first, second] = felt as [number, number];
      answers.push({
        sessionId: person + 1,
        trialId: trial + 1,
        pass: 0,
        order: stimuli.map((_, slot) => slot),
        score: protocol === 'single-stimulus' ? Math.min(100, Math.max(0, Math.round(first))) : null,
        choice: protocol === 'single-stimulus' ? null : first > second ? 'first' : 'second',
        ranking: null,
        at: at++
      });
    });
  }
  return {
    study: { name: 's', version: 1, designHash: '', design: defaultDesign(protocol, 'no-reference') },
    mosRange: { low: 0, high: 100 },
    mosDirection: 1,
    trials: trials.map((stimuli, i) => ({ id: i + 1, role: 'test', stimuli, referenceId: null })),
    stimuli: Array.from({ length: STIMULI }, (_, i) => ({
      id: 100 + i,
      name: `s${i}`,
      referenceId: null,
      sha256: '',
      distortion: null,
      level: null,
      mos: quality(100 + i),
      sigma: null
    })),
    sessions: Array.from({ length: people }, (_, i) => ({
      sessionId: i + 1,
      observer: `rater ${i + 1}`,
      kind: 'rater',
      door: 'page',
      strategy: null,
      state: 'completed',
      presentations: trials.length,
      outcomes: {}
    })),
    answers
  };
}

describe('peopleScreening', () => {
  it('names who guesses among scores, and tells the study with and without them', () => {
    const found = peopleScreening(recordOf('single-stimulus'));
    expect(
      found?.sittings.filter(({ correlation }) => correlation?.rejected).map(({ observer }) => observer)
    ).toEqual(['rater 12']);
    expect(found?.sittings.every(({ bt500, votes }) => bt500 !== null && votes === null)).toBe(true);
    const inconsistency = found?.sittings.map((one) => one.inconsistency ?? 0) ?? [];
    expect(inconsistency.indexOf(Math.max(...inconsistency))).toBe(11);
    const [all, , without, model] = found?.variants ?? [];
    expect(found?.variants.map(({ id }) => id)).toEqual(['all', 'bt500', 'correlation', 'subject-model']);
    expect(all).toMatchObject({ sittings: 12, answers: 240, srccWithAll: 1, moved: null });
    expect(without).toMatchObject({ sittings: 11, answers: 220 });
    expect(without?.halfWidth).toBeLessThan(all?.halfWidth as number);
    expect(model?.halfWidth).toBeLessThan(all?.halfWidth as number);
    expect(without?.srcc).toBeGreaterThanOrEqual(all?.srcc as number);
    expect(without?.moved?.stimulus).toMatch(/^s\d+$/);
    expect(found?.points).toHaveLength(STIMULI);
    expect(found?.course).toEqual([]);
  });

  it('holds votes against the scale of the others', () => {
    const found = peopleScreening(recordOf('double-stimulus', 12, 20));
    expect(found?.leftOut).toBe(true);
    const guess = found?.sittings[11]?.votes;
    expect(guess?.rejected).toBe(true);
    for (const { votes } of found?.sittings.slice(0, 11) ?? []) {
      expect(votes?.rejected).toBe(false);
      expect((votes?.agreed ?? 0) / (votes?.decided ?? 1)).toBeGreaterThan(0.6);
    }
    expect(found?.variants.map(({ id, sittings }) => [id, sittings])).toEqual([
      ['all', 12],
      ['votes', 11]
    ]);
  });

  it('tells no interval of a subject model that takes one observer for errorless', () => {
    const record = recordOf('single-stimulus', 3);
    // Two raters share no stimulus with one another: whoever rates alone is always right.
    const answers = keepAnswers(
      record.answers,
      ({ sessionId, trialId }) => sessionId === (trialId % 2) + 1 || (sessionId === 3 && trialId === 1)
    );
    const model = peopleScreening({ ...record, answers })?.variants.at(-1);
    expect(model).toMatchObject({ id: 'subject-model', halfWidth: null });
    expect(model?.srcc).not.toBeNull();
  });

  it('shows how the errors of a scale shrank as votes came in', () => {
    const found = peopleScreening(recordOf('double-stimulus', 12, 60));
    const course = found?.course ?? [];
    expect(course.at(-1)?.answers).toBe(720);
    const medians = course.map(({ median }) => median as number);
    expect(medians).toHaveLength(8);
    expect(medians.at(-1)).toBeLessThan(0.7 * (medians[0] as number));
    // With everybody in, the course ends where the figures are.
    expect(medians.at(-1)).toBeCloseTo(found?.variants[0]?.halfWidth as number, 10);
  });

  it('does not judge a lone rater by themselves, and is nothing before anybody answered', () => {
    expect(peopleScreening(recordOf('double-stimulus', 1))?.sittings[0]?.votes).toMatchObject({
      decided: 0,
      rejected: false
    });
    const record = recordOf('single-stimulus');
    expect(peopleScreening({ ...record, answers: [] })).toBeNull();
  });
});
