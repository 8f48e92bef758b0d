import { peopleQuestion } from '../prompts/wording.ts';
import { acrToHundred, type Answer } from '../response.ts';
import { hasOnly, isRecord, wrongKind, type ProtocolRules } from './protocol.ts';

const KEYS = ['kind', 'raw', 'score'] as const;

/** One stimulus, one score (ITU-R BT.500 single-stimulus; ITU-T P.910 ACR). */
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
    if (design.scale === 'acr-5' && !(Number.isInteger(raw) && raw >= 1 && raw <= 5)) {
      return { ok: false, reason: 'A grade is a whole number from 1 to 5.' };
    }
    if (design.scale === 'continuous-100' && !(raw >= 0 && raw <= 100)) {
      return { ok: false, reason: 'A score lies between 0 and 100.' };
    }
    const score = design.scale === 'acr-5' ? acrToHundred(raw) : raw;
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
