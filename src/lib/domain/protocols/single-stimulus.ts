import { peopleQuestion } from '../prompts/wording.ts';
import type { Answer } from '../response.ts';
import { gradesOf, gradeToHundred } from '../scales.ts';
import { hasOnly, isRecord, wrongKind, type ProtocolRules } from './protocol.ts';

const KEYS = ['kind', 'raw', 'score'] as const;

/** One stimulus, one score (ITU-R BT.500 single-stimulus; ITU-T P.910 ACR, DCR beside a reference). */
export const singleStimulus: ProtocolRules = {
  id: 'single-stimulus',
  stimuliPerTrial: 1,
  answerKind: 'score',

  validateAnswer(value, design) {
    if (!isRecord(value) || value.kind !== 'score' || !hasOnly(value, KEYS)) return wrongKind('score');
    const { raw } = value;
    if (typeof raw !== 'number' || !Number.isFinite(raw)) {
      return { ok: false, reason: 'A score is a number.' };
    }
    const grades = gradesOf(design.scale);
    if (grades !== null && !(Number.isInteger(raw) && raw >= 1 && raw <= grades)) {
      return { ok: false, reason: `A grade is a whole number from 1 to ${grades}.` };
    }
    if (grades === null && !(raw >= 0 && raw <= 100)) {
      return { ok: false, reason: 'A score lies between 0 and 100.' };
    }
    const score = grades === null ? raw : gradeToHundred(raw, grades);
    if (value.score !== undefined && value.score !== score) {
      return { ok: false, reason: 'The score is not what was set on the scale.' };
    }
    return { ok: true, answer: { kind: 'score', score, raw } };
  },

  questionForPeople: (design) => peopleQuestion({ ...design, protocol: 'single-stimulus' }),

  toModelAnswer: (answer) => scoreOf(answer).score,

  fromModelAnswer(value) {
    if (typeof value !== 'number' || !(value >= 0 && value <= 100)) return null;
    return { kind: 'score', score: value, raw: value };
  },

  toStudyOrder: (answer) => scoreOf(answer),
  toShownOrder: (answer) => scoreOf(answer),
  toPairVotes: () => []
};

function scoreOf(answer: Answer): Extract<Answer, { kind: 'score' }> {
  if (answer.kind !== 'score') throw new Error(`a single-stimulus answer is a score, not a ${answer.kind}`);
  return answer;
}
