import type { Answer, AnswerKind, Choice } from '../response.ts';
import type { Protocol, StudyDesign } from '../study.ts';

/** One comparison that an answer contains. */
export interface PairVote<Item> {
  first: Item;
  second: Item;
  choice: Choice;
}

export type Checked = { ok: true; answer: Answer } | { ok: false; reason: string };

/** 0–100, the pair codes 1/0/2, or a rank for each of a group from 0 (of four 0–3): an answer as prompts and completions write it. */
export type ModelAnswer = number | number[];

/** What the protocols have in common; everything that differs between them stands behind these. */
export interface ProtocolRules {
  id: Protocol;
  /** How many stimuli one trial judges unless the study has other groups (`stimuliPerTrial`); a reference comes on top. */
  stimuliPerTrial: 1 | 2 | 4;
  answerKind: AnswerKind;
  /**
   * Checks what a browser sent. Accepted are exactly
   * - single: `{kind: 'score', raw}`: a number 0–100 (any, not only whole) or, on ACR and DCR, a whole grade;
   *   a `score` sent along must be what `raw` maps to;
   * - double: `{kind: 'choice', choice}`, `same` only where the design allows ties; on CCR `{kind: 'choice', grade}`,
   *   −3 … +3, and a `choice` sent along must be its sign;
   * - multiple: `{kind: 'ranking', ranks}`: as many whole numbers as a group has images, from 0, best highest, equal
   *   only where ties are allowed; gaps are closed (`denseRanks`).
   * Anything else is refused with a reason that can be shown. Never throws.
   */
  validateAnswer(value: unknown, design: Pick<StudyDesign, 'scale' | 'allowTies' | 'groupSize'>): Checked;
  /**
   * The question as people read it: the standard prompt's words without the machine's response format.
   * @param design with `counterpart` where the reference is no undistorted original but the other of two pictures whose
   *   difference was rated (SPCD).
   */
  questionForPeople(
    design: Pick<StudyDesign, 'scenario' | 'scale' | 'allowTies' | 'attributes' | 'groupSize'> & {
      counterpart?: boolean;
    }
  ): string;
  /** The answer in the prompt's codes. */
  toModelAnswer(answer: Answer): ModelAnswer;
  /** The codes as an answer, null where they are no valid code (out of range, wrong count, same without ties). */
  fromModelAnswer(value: ModelAnswer, allowTies: boolean, groupSize?: number): Answer | null;
  /** An answer given about the slots as shown, in the trial's own order (`PlannedPresentation.order`). */
  toStudyOrder(answer: Answer, order: readonly number[]): Answer;
  /** The inverse: an answer in the trial's own order, as it would have been given about the slots as shown. */
  toShownOrder(answer: Answer, order: readonly number[]): Answer;
  /** The comparisons in an answer about `stimuli` (same order as the answer): none, one, or all pairs of a group. */
  toPairVotes<Item>(answer: Answer, stimuli: readonly Item[]): PairVote<Item>[];
}

/** An object with string keys, as far as a browser's JSON is known before it is checked. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether every key is one of those known: an unexpected field is a sign of another client, not a detail. */
export function hasOnly(value: Record<string, unknown>, keys: readonly string[]): boolean {
  return Object.keys(value).every((key) => keys.includes(key));
}

export function wrongKind(expected: AnswerKind): Checked {
  return { ok: false, reason: `This trial is answered with a ${expected}.` };
}
