import type { Readout } from '../observer.ts';
import type { Answer, FailedOutcome } from '../response.ts';
import type { Protocol, Strategy } from '../study.ts';

/** The probability of one token that was written, and of those that might have been. */
export interface TokenProbability {
  token: string;
  logprob: number;
  top: readonly { token: string; logprob: number }[];
}

/** What an endpoint sent back, as far as a judgment is read from it. */
export interface Completion {
  protocol: Protocol;
  readout: Readout;
  /** The answer's words; null or empty where there are none. */
  text: string | null;
  /** OpenAI's `finish_reason`: `stop`, `length`, `content_filter` …; null where the endpoint gives none. */
  finishReason: string | null;
  /** OpenAI's `refusal` field. */
  refusal: string | null;
  allowTies: boolean;
  /** How the judged images are called depends on it (fifth to eighth after a demonstration); may be left out. */
  strategy?: Strategy | undefined;
  /** How many images a ranking orders; four unless given. */
  groupSize?: number | undefined;
  /** Needed by the `logprobs` readout alone. */
  logprobs?: readonly TokenProbability[] | null | undefined;
  /** Below this captured mass a `logprobs` answer is missing; 0.5 unless given. */
  massThreshold?: number | undefined;
}

/** How sure the model was, where its probabilities were read. */
export interface Confidence {
  /** Per alternative, renormalised over all alternatives. */
  probabilities: Record<string, number>;
  /** How much of the probability fell on the alternatives at all. */
  capturedMass: number;
}

export type ParseFailure = Extract<
  FailedOutcome,
  'refused' | 'unparseable' | 'out-of-range' | 'truncated' | 'content-filtered'
>;

/** The answer about the slots as shown, or why there is none. */
export type Judgment =
  | { outcome: 'ok'; answer: Answer; confidence?: Confidence }
  /** With the probabilities where they were read and were not enough. */
  | { outcome: ParseFailure; reason: string; confidence?: Confidence };
