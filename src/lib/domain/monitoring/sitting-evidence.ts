import { proportionInterval } from '#lib/stats/intervals.ts';
import { stimuliPerTrial, type StudyDesign } from '../study.ts';

/**
 * One look at a picture: fixations while viewing scenes last about a quarter of a second (Rayner, Quarterly Journal of
 * Experimental Psychology 62, 2009).
 */
export const LOOK_MS = 250;
/** From having decided to having pressed: a simple reaction takes about as long (Luce, Response Times, 1986). */
export const HAND_MS = 250;

/** At least so much of a sitting must be hasty before it is said of it. */
export const HASTY_SHARE = 0.1;
/** A run of equal answers is long where a shuffle of the same answers would show one so long less often than this. */
export const RUN_CHANCE = 0.01;
/** From this share on, one answer is nearly the only one. */
export const ONE_PLACE_SHARE = 0.9;
/** Fewer answers than this say nothing of a habit. */
export const FEWEST_ANSWERS = 10;

/** What is counted of one sitting's answers, training left out. */
export interface SittingTally {
  answers: number;
  /** Answers sooner than `hastyBelowMs`. */
  hasty: number;
  /** The longest row of equal answers in the order shown. */
  longestRun: number;
  /** How often the commonest answer was given. */
  commonest: number;
  /** Pairs alone: how often the first and how often the second was chosen. */
  first: number;
  second: number;
  focusLosses: number | null;
  /** From an answer to the next trial's onset, the longest; null or left out where it is not known. */
  longestGapMs?: number | null;
}

/** A pause between two trials is long from here on: longer than a break of one block to the next takes. */
export const LONG_GAP_MS = 10 * 60_000;

export type EvidenceKind = 'hasty' | 'run' | 'one-answer' | 'one-side' | 'focus' | 'gap';

/** Something that a researcher should look at. Never acted on by itself. */
export interface Evidence {
  kind: EvidenceKind;
  /** A word or two. */
  label: string;
  /** What was seen, and against which threshold. */
  text: string;
}

/**
 * Below this an answer came sooner than the pictures can have been looked at: one look for each picture that stands in a
 * trial, the reference included, and one reaction.
 */
export function hastyBelowMs(design: Pick<StudyDesign, 'protocol' | 'scenario' | 'groupSize'>): number {
  const pictures = stimuliPerTrial(design) + (design.scenario === 'full-reference' ? 1 : 0);
  return pictures * LOOK_MS + HAND_MS;
}

/**
 * How many runs of at least `length` a random order of the same answers shows on average, at most: of n answers a share p
 * of which are the commonest, n·(1 − p)·p^length in its middle and p^length at its start. An upper bound of the chance of
 * seeing one. 1 where every answer is the same: then any order has that run.
 */
export function runChance(answers: number, commonest: number, length: number): number {
  if (answers === 0) return 1;
  const p = commonest / answers;
  return Math.min(1, (answers * (1 - p) + 1) * p ** length);
}

/** What in a sitting's own answers deserves a look, by the thresholds of this file. */
export function evidenceIn(
  tally: SittingTally,
  design: Pick<StudyDesign, 'protocol' | 'scenario' | 'groupSize'>
): Evidence[] {
  const { answers, hasty, longestRun, commonest, first, second, focusLosses } = tally;
  const found: Evidence[] = [];
  if (answers === 0) return found;
  const whole = (share: number) => `${Math.round(100 * share)} %`;
  if (hasty >= 2 && hasty / answers >= HASTY_SHARE) {
    found.push({
      kind: 'hasty',
      label: 'hasty',
      text: `${hasty} of ${answers} answers came within ${hastyBelowMs(design)} ms, sooner than ${LOOK_MS} ms a picture and ${HAND_MS} ms for the hand; said from ${whole(HASTY_SHARE)} on`
    });
  }
  if (answers >= FEWEST_ANSWERS && commonest / answers >= ONE_PLACE_SHARE) {
    found.push({
      kind: 'one-answer',
      label: 'one answer',
      text: `${commonest} of ${answers} answers are the same; said from ${whole(ONE_PLACE_SHARE)} on`
    });
  } else if (answers >= FEWEST_ANSWERS && runChance(answers, commonest, longestRun) < RUN_CHANCE) {
    found.push({
      kind: 'run',
      label: 'long run',
      text: `${longestRun} equal answers one after another; in a random order of these answers so long a run is seen in fewer than ${whole(RUN_CHANCE)} of sittings`
    });
  }
  const sides = proportionInterval(first, first + second, 0.999);
  if (first + second >= FEWEST_ANSWERS && sides !== null && (sides[0] > 0.5 || sides[1] < 0.5)) {
    found.push({
      kind: 'one-side',
      label: 'one side',
      text: `the ${first > second ? 'first' : 'second'} was chosen ${Math.max(first, second)} times of ${first + second}; with sides counterbalanced, one half lies outside the 99.9 % interval`
    });
  }
  if (focusLosses !== null && focusLosses / answers >= 0.25 && focusLosses >= 3) {
    found.push({
      kind: 'focus',
      label: 'elsewhere',
      text: `the page lost the focus ${focusLosses} times in ${answers} answers; said from one in four on`
    });
  }
  if (tally.longestGapMs != null && tally.longestGapMs >= LONG_GAP_MS) {
    found.push({
      kind: 'gap',
      label: 'long pause',
      text: `${Math.round(tally.longestGapMs / 60_000)} min between one answer and the next trial; said from ${LONG_GAP_MS / 60_000} min on`
    });
  }
  return found;
}
