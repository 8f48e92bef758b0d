/** Where one observer's pass over a study stands. */
export type SessionState = 'open' | 'paused' | 'completed' | 'cancelled' | 'withdrawn';
export const SESSION_STATES: readonly SessionState[] = [
  'open',
  'paused',
  'completed',
  'cancelled',
  'withdrawn'
];

/** One trial in one session, at its place. */
export interface PlannedPresentation {
  /** Index into the trials that were handed to `orderSession`. */
  trial: number;
  /** From 0, in the order shown. */
  position: number;
  /**
   * Which of the trial's stimuli stands in each slot as shown: slot i shows `trial.stimuli[order[i]]`.
   * A permutation of 0 … stimuli − 1.
   */
  order: number[];
  /** Whether this shows the trial a second time (both orders, or a hidden repeat). */
  again: boolean;
}

/** An order that changes nothing, for `count` slots. */
export function identityOrder(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Whether `order` shows each of `count` stimuli exactly once. */
export function isOrder(order: readonly number[], count: number): boolean {
  return (
    order.length === count &&
    order.every((index) => Number.isInteger(index) && index >= 0 && index < count) &&
    new Set(order).size === count
  );
}
