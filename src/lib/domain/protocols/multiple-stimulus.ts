import { peopleQuestion } from '../prompts/wording.ts';
import { denseRanks, type Answer } from '../response.ts';
import { isOrder } from '../session.ts';
import { hasOnly, isRecord, wrongKind, type PairVote, type ProtocolRules } from './protocol.ts';

const KEYS = ['kind', 'ranks'] as const;
const SIZE = 4;

/** Four stimuli, a ranking of all of them, equal ranks where the study allows ties. */
export const multipleStimulus: ProtocolRules = {
  id: 'multiple-stimulus',
  stimuliPerTrial: SIZE,
  answerKind: 'ranking',

  validateAnswer(value, design) {
    if (!isRecord(value) || value.kind !== 'ranking' || !hasOnly(value, KEYS)) return wrongKind('ranking');
    const { ranks } = value;
    if (!Array.isArray(ranks) || ranks.length !== SIZE || !ranks.every(isRank)) {
      return {
        ok: false,
        reason: 'A ranking gives each of the four images a whole-number rank from 0 to 3.'
      };
    }
    const dense = denseRanks(ranks);
    if (!design.allowTies && new Set(dense).size !== SIZE) {
      return { ok: false, reason: 'This study asks for a ranking without ties.' };
    }
    return { ok: true, answer: { kind: 'ranking', ranks: dense } };
  },

  questionForPeople: (design) => peopleQuestion({ ...design, protocol: 'multiple-stimulus' }),

  toModelAnswer: (answer) => promptRanks(ranksOf(answer)),

  fromModelAnswer(value, allowTies) {
    if (!Array.isArray(value) || value.length !== SIZE || !value.every(isRank)) return null;
    const ranks = denseRanks(value);
    if (!allowTies && new Set(ranks).size !== SIZE) return null;
    return { kind: 'ranking', ranks };
  },

  toStudyOrder(answer, order) {
    const shown = ranksOf(answer);
    if (!isOrder(order, SIZE)) throw new Error(`not an order of four: [${order.join(', ')}]`);
    const ranks = new Array<number>(SIZE).fill(0);
    order.forEach((stimulus, slot) => (ranks[stimulus] = shown[slot] as number));
    return { kind: 'ranking', ranks };
  },

  toShownOrder(answer, order) {
    const own = ranksOf(answer);
    if (!isOrder(order, SIZE)) throw new Error(`not an order of four: [${order.join(', ')}]`);
    return { kind: 'ranking', ranks: order.map((stimulus) => own[stimulus] as number) };
  },

  toPairVotes<Item>(answer: Answer, stimuli: readonly Item[]) {
    const ranks = ranksOf(answer);
    if (stimuli.length !== SIZE) throw new Error(`a group has four stimuli, not ${stimuli.length}`);
    const votes: PairVote<Item>[] = [];
    for (let i = 0; i < SIZE; i++) {
      for (let j = i + 1; j < SIZE; j++) {
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
 * Dense ranks in the prompt's codes, where the lowest is 0 and the highest 3: a stimulus takes the number of stimuli
 * below it, those at the top take 3. All four equal are 0.
 */
function promptRanks(ranks: readonly number[]): number[] {
  const top = Math.max(...ranks);
  return ranks.map((rank) =>
    rank === top && top > 0 ? SIZE - 1 : ranks.filter((other) => other < rank).length
  );
}

function isRank(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < SIZE;
}

function ranksOf(answer: Answer): readonly number[] {
  if (answer.kind !== 'ranking') {
    throw new Error(`a multiple-stimulus answer is a ranking, not a ${answer.kind}`);
  }
  if (answer.ranks.length !== SIZE) throw new Error(`a ranking has four ranks, not ${answer.ranks.length}`);
  return answer.ranks;
}
