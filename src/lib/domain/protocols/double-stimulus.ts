import { peopleQuestion } from '../prompts/wording.ts';
import { CHOICES, type Answer, type Choice } from '../response.ts';
import { MOST_CCR_GRADE } from '../scales.ts';
import { isOrder } from '../session.ts';
import { hasOnly, isRecord, wrongKind, type Checked, type ProtocolRules } from './protocol.ts';

const KEYS = ['kind', 'choice', 'grade'] as const;
const CODES: Readonly<Record<Choice, number>> = { first: 1, second: 0, same: 2 };
const SWAPPED: Readonly<Record<Choice, Choice>> = { first: 'second', second: 'first', same: 'same' };

/**
 * Two stimuli, which is the better one (paired comparison, ITU-T P.910 PC; `same` where the study allows it), on CCR also
 * by how much.
 */
export const doubleStimulus: ProtocolRules = {
  id: 'double-stimulus',
  stimuliPerTrial: 2,
  answerKind: 'choice',

  validateAnswer(value, design) {
    if (!isRecord(value) || value.kind !== 'choice' || !hasOnly(value, KEYS)) return wrongKind('choice');
    if (design.scale === 'ccr-7') return graded(value.grade, value.choice);
    if (value.grade !== undefined)
      return { ok: false, reason: 'This study asks which is better, not by how much.' };
    const choice = CHOICES.find((known) => known === value.choice);
    if (choice === undefined) return { ok: false, reason: 'A choice is first, second or same.' };
    if (choice === 'same' && !design.allowTies) {
      return { ok: false, reason: 'This study asks for one of the two: same is not an answer.' };
    }
    return { ok: true, answer: { kind: 'choice', choice } };
  },

  questionForPeople: (design) => peopleQuestion({ ...design, protocol: 'double-stimulus' }),

  toModelAnswer: (answer) => CODES[choiceOf(answer)],

  fromModelAnswer(value, allowTies) {
    const choice = CHOICES.find((known) => CODES[known] === value);
    if (choice === undefined || (choice === 'same' && !allowTies)) return null;
    return { kind: 'choice', choice };
  },

  toStudyOrder: turn,
  toShownOrder: turn,

  toPairVotes(answer, stimuli) {
    const [first, second] = stimuli;
    if (stimuli.length !== 2 || first === undefined || second === undefined) {
      throw new Error(`a pair has two stimuli, not ${stimuli.length}`);
    }
    return [{ first, second, choice: choiceOf(answer) }];
  }
};

/** The choice that a grade contains. */
export function choiceOfGrade(grade: number): Choice {
  return grade > 0 ? 'second' : grade < 0 ? 'first' : 'same';
}

function graded(grade: unknown, choice: unknown): Checked {
  if (typeof grade !== 'number' || !Number.isInteger(grade) || Math.abs(grade) > MOST_CCR_GRADE) {
    return { ok: false, reason: 'A comparison is a whole grade from −3 to +3.' };
  }
  if (choice !== undefined && choice !== choiceOfGrade(grade)) {
    return { ok: false, reason: 'The choice is not the sign of the grade.' };
  }
  return { ok: true, answer: { kind: 'choice', choice: choiceOfGrade(grade), grade: grade + 0 } };
}

/** Two slots are either as in the trial or swapped, so going there and coming back are the same. */
function turn(answer: Answer, order: readonly number[]): Answer {
  const choice = choiceOf(answer);
  if (!isOrder(order, 2)) throw new Error(`not an order of two: [${order.join(', ')}]`);
  const grade = answer.kind === 'choice' ? answer.grade : undefined;
  if (order[0] === 0) return answer;
  return { kind: 'choice', choice: SWAPPED[choice], ...(grade === undefined ? {} : { grade: 0 - grade }) };
}

function choiceOf(answer: Answer): Choice {
  if (answer.kind !== 'choice') throw new Error(`a double-stimulus answer is a choice, not a ${answer.kind}`);
  return answer.choice;
}
