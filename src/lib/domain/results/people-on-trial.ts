import { protocols } from '../protocols/index.ts';
import type { Answer, Choice } from '../response.ts';
import type { Protocol } from '../study.ts';

/** One person's answer to a trial, with the order in which the trial was shown to them. */
export interface ShownAnswer {
  order: readonly number[];
  score: number | null;
  choice: string | null;
  ranking: readonly number[] | null;
}

/** What people said of a trial, told in the order in which somebody else was shown it. */
export type PeopleOnTrial =
  | { kind: 'none' }
  | { kind: 'scores'; n: number; mean: number; sigma: number | null }
  | { kind: 'choices'; n: number; first: number; second: number; same: number }
  /** The mean rank per place, best highest. */
  | { kind: 'rankings'; n: number; meanRanks: number[] };

/**
 * Everybody's answers to one trial beside a presentation of it: each answer is brought from the order in which it was
 * given into `order`, then counted (choices) or averaged (scores, ranks).
 */
export function peopleOnTrial(
  protocol: Protocol,
  order: readonly number[],
  answers: readonly ShownAnswer[]
): PeopleOnTrial {
  const rules = protocols[protocol];
  const turned = answers.flatMap((given) => {
    const answer = answerOf(given);
    return answer === null ? [] : [rules.toShownOrder(rules.toStudyOrder(answer, given.order), order)];
  });
  const n = turned.length;
  if (n === 0) return { kind: 'none' };
  if (protocol === 'single-stimulus') {
    const scores = turned.flatMap((answer) => (answer.kind === 'score' ? [answer.score] : []));
    const mean = scores.reduce((sum, score) => sum + score, 0) / n;
    const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
    return { kind: 'scores', n, mean, sigma: n < 2 ? null : Math.sqrt(squares / (n - 1)) };
  }
  if (protocol === 'double-stimulus') {
    const count = (choice: Choice) =>
      turned.filter((answer) => answer.kind === 'choice' && answer.choice === choice).length;
    return { kind: 'choices', n, first: count('first'), second: count('second'), same: count('same') };
  }
  const meanRanks = order.map(
    (_, place) =>
      turned.reduce(
        (sum, answer) => sum + (answer.kind === 'ranking' ? (answer.ranks[place] as number) : 0),
        0
      ) / n
  );
  return { kind: 'rankings', n, meanRanks };
}

function answerOf({ score, choice, ranking }: ShownAnswer): Answer | null {
  if (score !== null) return { kind: 'score', score, raw: score };
  if (choice !== null) return { kind: 'choice', choice: choice as Choice };
  return ranking === null ? null : { kind: 'ranking', ranks: [...ranking] };
}
