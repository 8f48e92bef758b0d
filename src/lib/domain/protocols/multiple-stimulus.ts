import { peopleQuestion } from '../prompts/wording.ts';
import { denseRanks, type Answer } from '../response.ts';
import { isOrder } from '../session.ts';
import { hasOnly, isRecord, wrongKind, type PairVote, type ProtocolRules } from './protocol.ts';

const KEYS = ['kind', 'ranks'] as const;
const SIZE = 4;

/** A group of stimuli (four unless the study says otherwise), a ranking of all of them, equal ranks where it allows ties. */
export const multipleStimulus: ProtocolRules = {
  id: 'multiple-stimulus',
  stimuliPerTrial: SIZE,
  answerKind: 'ranking',

  validateAnswer(value, design) {
    if (!isRecord(value) || value.kind !== 'ranking' || !hasOnly(value, KEYS)) return wrongKind('ranking');
    const { ranks } = value;
    const size = design.groupSize ?? SIZE;
    if (!Array.isArray(ranks) || ranks.length !== size || !ranks.every((rank) => isRank(rank, size))) {
      return {
        ok: false,
        reason: `A ranking gives each of the ${size} images a whole-number rank from 0 to ${size - 1}.`
      };
    }
    const dense = denseRanks(ranks);
    if (!design.allowTies && new Set(dense).size !== size) {
      return { ok: false, reason: 'This study asks for a ranking without ties.' };
    }
    return { ok: true, answer: { kind: 'ranking', ranks: dense } };
  },

  questionForPeople: (design) => peopleQuestion({ ...design, protocol: 'multiple-stimulus' }),

  toModelAnswer: (answer) => promptRanks(ranksOf(answer)),

  fromModelAnswer(value, allowTies, size = SIZE) {
    if (!Array.isArray(value) || value.length !== size || !value.every((rank) => isRank(rank, size)))
      return null;
    const ranks = denseRanks(value);
    if (!allowTies && new Set(ranks).size !== size) return null;
    return { kind: 'ranking', ranks };
  },

  toStudyOrder(answer, order) {
    const shown = ranksOf(answer);
    checkOrder(order, shown.length);
    const ranks = new Array<number>(shown.length).fill(0);
    order.forEach((stimulus, slot) => (ranks[stimulus] = shown[slot] as number));
    return { kind: 'ranking', ranks };
  },

  toShownOrder(answer, order) {
    const own = ranksOf(answer);
    checkOrder(order, own.length);
    return { kind: 'ranking', ranks: order.map((stimulus) => own[stimulus] as number) };
  },

  toPairVotes<Item>(answer: Answer, stimuli: readonly Item[]) {
    const ranks = ranksOf(answer);
    const size = ranks.length;
    if (stimuli.length !== size) throw new Error(`${size} ranks do not belong to ${stimuli.length} stimuli`);
    const votes: PairVote<Item>[] = [];
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++) {
        const difference = (ranks[i] as number) - (ranks[j] as number);
        votes.push({
          first: stimuli[i] as Item,
          second: stimuli[j] as Item,
          choice: difference > 0 ? 'first' : difference < 0 ? 'second' : 'same'
        });
      }
    }
    return votes;
  }
};

/**
 * Dense ranks in the prompt's codes, where the lowest is 0 and the highest (of four) 3: a stimulus takes the number of
 * stimuli below it, those at the top take 3. All equal are 0.
 */
function promptRanks(ranks: readonly number[]): number[] {
  const top = Math.max(...ranks);
  return ranks.map((rank) =>
    rank === top && top > 0 ? ranks.length - 1 : ranks.filter((other) => other < rank).length
  );
}

function isRank(value: unknown, size: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < size;
}

function checkOrder(order: readonly number[], size: number): void {
  if (!isOrder(order, size)) throw new Error(`not an order of ${size}: [${order.join(', ')}]`);
}

function ranksOf(answer: Answer): readonly number[] {
  if (answer.kind !== 'ranking') {
    throw new Error(`a multiple-stimulus answer is a ranking, not a ${answer.kind}`);
  }
  const { length } = answer.ranks;
  if (length < 2 || length > 6) throw new Error(`a ranking has two to six ranks, not ${length}`);
  return answer.ranks;
}
