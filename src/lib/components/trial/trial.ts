import type { TrapSide } from '#lib/domain/known-answer.ts';
import type { Answer } from '#lib/domain/response.ts';
import type { StudyDesign } from '#lib/domain/study.ts';

/** A picture that is shown: where its bytes are, and its size in image pixels. */
export interface TrialPicture {
  url: string;
  widthPx: number;
  heightPx: number;
}

/** What is judged together; a new object is a new presentation. */
export interface TrialView {
  /** In the order shown: one, two, or a group. */
  stimuli: TrialPicture[];
  reference: TrialPicture | null;
  training: boolean;
  /** Asks for one end of the answer instead of a judgment; left out of most. */
  ask?: TrapSide | null;
}

/** How the study asks. */
export type TrialDesign = Pick<
  StudyDesign,
  | 'protocol'
  | 'scale'
  | 'allowTies'
  | 'groupSize'
  | 'fitPolicy'
  | 'referencePlace'
  | 'intervalMs'
  | 'shortestViewMs'
  | 'longestViewMs'
>;

export type Facts = Record<string, string | number | boolean | null>;

/** An answer with what was seen of how it came about. */
export interface GivenAnswer {
  answer: Answer;
  responseTimeMs: number | null;
  presentedAt: string | null;
  facts: Facts;
}

/** What each protocol's controls offer to the trial that holds them. */
export interface Controls {
  /** Takes a key; true when it was one of theirs. */
  press(event: KeyboardEvent): boolean;
}
