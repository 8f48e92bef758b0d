import { studentQuantile } from '#lib/stats/student-t.ts';

/** Half the 95 % interval of what a study measures of its stimuli, once so many answers had come in. */
export interface IntervalStep {
  /** When the last of these answers came. */
  at: string | Date;
  /** Answers to test trials so far. */
  answers: number;
  /** Half of all judged stimuli have at most this; null while fewer have an interval. */
  median: number | null;
  /** Nine of ten have at most this. */
  ninth: number | null;
}

export const KNOWN_T = 200;

/** t(0.975, n − 1) of n scores, at place n − 1; from `KNOWN_T` scores on the last one does. */
export const T_OF_N: readonly number[] = Array.from({ length: KNOWN_T }, (_, freedom) =>
  freedom < 1 ? 0 : studentQuantile(0.975, freedom)
);

/**
 * How many answers there must be until half of the stimuli have an interval of at most ± `target`, if raters go on as they
 * did: intervals shrink with the square root of the answers. Null without a figure to go on from.
 */
export function answersUntil(target: number, steps: readonly IntervalStep[]): number | null {
  const last = steps.findLast((step) => step.median !== null);
  if (!last || last.median === null || !(target > 0)) return null;
  return Math.ceil(last.answers * Math.max(1, (last.median / target) ** 2));
}
