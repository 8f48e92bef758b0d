import { studyResults } from '#lib/domain/results/study-results.ts';

/** What threads can compute: pure functions of data that can be copied. */
export const computations = {
  'study-results': studyResults
};
export type Computations = typeof computations;
