/** Which of two has the better quality, or that neither has. */
export type Choice = 'first' | 'second' | 'same';
export const CHOICES: readonly Choice[] = ['first', 'second', 'same'];

/**
 * What an observer answered. Whether "first" and slot 0 mean the first as shown or the trial's own first is
 * said by whoever holds the answer; `protocols[…].toStudyOrder` goes from the one to the other.
 */
export type Answer =
  | {
      kind: 'score';
      /** 0–100, higher is better. */
      score: number;
      /** As given: the same number on the continuous scale, the grade on ACR and DCR. */
      raw: number;
    }
  | {
      kind: 'choice';
      choice: Choice;
      /** CCR alone: by how much the second is better than the first, −3 … +3; `choice` is its sign. */
      grade?: number;
    }
  | {
      kind: 'ranking';
      /** One rank per slot, best highest, dense from 0 (0, 1, … without gaps), equal for ties. */
      ranks: number[];
    };
export type AnswerKind = Answer['kind'];

/** How a presentation ended. Everything but `ok` is missing data: kept, counted, never replaced. */
export type Outcome =
  | 'ok'
  | 'refused'
  | 'unparseable'
  | 'out-of-range'
  | 'truncated'
  | 'content-filtered'
  | 'timeout'
  | 'provider-error';
export type FailedOutcome = Exclude<Outcome, 'ok'>;
export const OUTCOMES: readonly Outcome[] = [
  'ok',
  'refused',
  'unparseable',
  'out-of-range',
  'truncated',
  'content-filtered',
  'timeout',
  'provider-error'
];

/** Outcomes that say nothing about the observer, only about the way to it; these alone may be asked again. */
export const TRANSPORT_OUTCOMES: readonly Outcome[] = ['timeout', 'provider-error'];

/** What came back from one presentation. */
export type Response = { outcome: 'ok'; answer: Answer } | { outcome: FailedOutcome; reason: string };

/**
 * Ranks without gaps: the lowest becomes 0, the next 1 …, equal ranks stay equal.
 * [1, 1, 3, 2] → [0, 0, 2, 1]. Any finite numbers may come in.
 */
export function denseRanks(ranks: readonly number[]): number[] {
  const levels = [...new Set(ranks)].sort((a, b) => a - b);
  const rankOf = new Map(levels.map((level, index) => [level, index]));
  return ranks.map((rank) => rankOf.get(rank) as number);
}
