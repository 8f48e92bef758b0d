import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { PROTOCOLS, defaultDesign, type Protocol } from '../study.ts';
import type { JudgedPresentation } from './observer-values.ts';
import { AnswerPacker, answerCount, eachOf, keepAnswers } from './packed-answers.ts';
import { packResults, unpackResults } from './packed-results.ts';
import { studyResults, type StudyRecord } from './study-results.ts';

const STIMULI = 12;
const SITTINGS = 9;
const ORDERS: Record<Protocol, number[][]> = {
  'single-stimulus': [[0], [0]],
  'double-stimulus': [
    [0, 1],
    [1, 0]
  ],
  'multiple-stimulus': [
    [0, 1, 2],
    [2, 0, 1]
  ]
};

function answersOf(protocol: Protocol): JudgedPresentation[] {
  const random = seededRandom(protocol);
  const answers: JudgedPresentation[] = [];
  for (let sessionId = 1; sessionId <= SITTINGS; sessionId++) {
    for (let trialId = 1; trialId <= STIMULI; trialId++) {
      answers.push({
        sessionId,
        trialId,
        pass: trialId % 3,
        order: ORDERS[protocol][random.uniform() < 0.5 ? 0 : 1] as number[],
        score: protocol === 'single-stimulus' ? 100 * random.uniform() : null,
        choice: protocol === 'double-stimulus' ? (random.uniform() < 0.5 ? 'first' : 'same') : null,
        ranking: protocol === 'multiple-stimulus' ? [0, 1, random.uniform() < 0.5 ? 1 : 2] : null,
        ...(sessionId === 1 ? { at: 1.7e12 + trialId / 8 } : {}),
        ...(sessionId === 2 ? { probabilities: { first: 0.25, second: 0.5, same: 0.25 } } : {})
      });
    }
  }
  return answers;
}

function recordOf(protocol: Protocol): StudyRecord {
  return {
    study: {
      name: 'packed',
      version: 1,
      designHash: '',
      design: defaultDesign(protocol, 'no-reference', 1)
    },
    mosRange: { low: 1, high: 5 },
    mosDirection: 1,
    trials: Array.from({ length: STIMULI }, (_, i) => ({
      id: i + 1,
      role: 'test',
      stimuli: [0, 1, 2].slice(0, PROTOCOLS.indexOf(protocol) + 1).map((k) => 100 + ((i + k) % STIMULI)),
      referenceId: null
    })),
    stimuli: Array.from({ length: STIMULI }, (_, i) => ({
      id: 100 + i,
      name: `picture ${i}`,
      referenceId: null,
      sha256: '',
      distortion: null,
      level: null,
      mos: i === 3 ? null : 1 + i / 3,
      sigma: i === 4 ? null : 0.5
    })),
    sessions: Array.from({ length: SITTINGS + 1 }, (_, i) => ({
      sessionId: i + 1,
      observer: `observer ${i + 1}`,
      kind: i === 0 ? 'model' : 'rater',
      door: i === 0 ? 'model' : 'page',
      strategy: null,
      state: 'completed',
      presentations: STIMULI,
      outcomes: { ok: STIMULI }
    })),
    answers: answersOf(protocol)
  };
}

describe('what is packed', () => {
  for (const protocol of PROTOCOLS) {
    it(`comes out as it went in, and gives the same figures (${protocol})`, () => {
      const record = recordOf(protocol);
      const answers = [...eachOf(record.answers)];
      const packer = new AnswerPacker();
      for (const answer of answers) packer.add(answer);
      // As a thread gets it: a copy.
      const packed = structuredClone(packer.finish());
      expect([...eachOf(packed)]).toEqual(answers);
      expect(answerCount(packed)).toBe(SITTINGS * STIMULI);
      const figures = studyResults(record);
      expect(studyResults({ ...record, answers: packed })).toEqual(figures);
      const unpacked = unpackResults(structuredClone(packResults(figures)));
      expect(unpacked).toEqual(figures);
      expect(JSON.stringify(unpacked)).toBe(JSON.stringify(figures));
    });
  }

  it('grows past its first room and keeps only what is wanted', () => {
    const [one] = answersOf('single-stimulus') as [JudgedPresentation];
    const packer = new AnswerPacker();
    for (let i = 0; i < 3000; i++) packer.add({ ...one, trialId: i, score: i % 7 === 0 ? null : i });
    const packed = packer.finish();
    expect(packed.session).toHaveLength(3000);
    expect([...eachOf(packed)][2999]).toEqual({ ...one, trialId: 2999, score: 2999 });
    const kept = keepAnswers(packed, ({ score }) => score === null);
    expect(kept.count).toBe(Math.ceil(3000 / 7));
    expect([...eachOf(kept)][1]).toEqual({ ...one, trialId: 7, score: null });
  });

  it('is nothing where there was nothing', () => {
    expect([...eachOf(new AnswerPacker().finish())]).toEqual([]);
  });
});
