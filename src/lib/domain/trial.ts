import type { Expected } from './known-answer.ts';

/**
 * Why a trial is in the study. `test` is what is analysed; `training` comes first and is never counted; `gold` has a
 * known answer; `trap` asks for a stated answer; `repeat` is a test trial shown a second time unannounced.
 */
export type TrialRole = 'training' | 'test' | 'gold' | 'trap' | 'repeat';
export const TRIAL_ROLES: readonly TrialRole[] = ['training', 'test', 'gold', 'trap', 'repeat'];

/** A trial before it is stored. It belongs to the study, and every observer is asked the same ones. */
export interface PlannedTrial {
  role: TrialRole;
  /** The judged stimuli (1, 2 or 4 by protocol), in the trial's own order; the reference is not among them. */
  stimuli: string[];
  /** The undistorted original shown beside them in full-reference studies, else null. */
  referenceId: string | null;
  /** Of gold, traps and training with feedback alone; in the trial's own order. */
  expected?: Expected;
}

export interface Trial extends PlannedTrial {
  id: string;
}
