import type { PaceState } from './pace.ts';

/** Pauses before the trial requests, one after another; when the last has failed too, the endpoint counts as dead. */
export const PROBE_AFTER_MS: readonly number[] = [1000, 2000, 4000, 8000, 15_000];

/** Failures in a row that open the breaker: enough that many requests at once, or one bad presentation, do not. */
export function failuresThatOpen(concurrency: number): number {
  return Math.max(10, 2 * concurrency);
}

/** Opens: for now nothing is asked. Whoever finds it open already changes nothing. */
export function openBreaker(state: PaceState, reason: string, now: number): PaceState {
  if (state.breaker !== null) return state;
  return {
    ...state,
    breaker: { openUntil: now + (PROBE_AFTER_MS[0] as number), probesFailed: 0, probeUntil: 0, reason }
  };
}

/** One request may try whether the endpoint lives again; `mine` for the one who asks first. */
export function takeProbe(
  state: PaceState,
  now: number,
  requestMs: number
): { state: PaceState; mine: boolean } {
  const { breaker } = state;
  if (breaker === null || isDead(state) || now < breaker.openUntil || now < breaker.probeUntil)
    return { state, mine: false };
  return { state: { ...state, breaker: { ...breaker, probeUntil: now + requestMs } }, mine: true };
}

/** It failed: the next pause is longer. */
export function probeFailed(state: PaceState, reason: string, now: number): PaceState {
  const { breaker } = state;
  if (breaker === null) return state;
  const probesFailed = breaker.probesFailed + 1;
  return {
    ...state,
    breaker: {
      openUntil: now + (PROBE_AFTER_MS[probesFailed] ?? 0),
      probesFailed,
      probeUntil: 0,
      reason
    }
  };
}

/** The trial request was cancelled before it showed anything: another may try. */
export function releaseProbe(state: PaceState): PaceState {
  return state.breaker === null ? state : { ...state, breaker: { ...state.breaker, probeUntil: 0 } };
}

/** An answer of any kind came back. */
export function closeBreaker(state: PaceState): PaceState {
  return state.breaker === null ? state : { ...state, breaker: null };
}

/** Whether every trial request failed. */
export function isDead(state: PaceState): boolean {
  return state.breaker !== null && state.breaker.probesFailed >= PROBE_AFTER_MS.length;
}

/** Somebody wants to try again, as after a pause: a dead endpoint gets one request to show itself. */
export function revive(state: PaceState, now: number): PaceState {
  if (state.breaker === null || !isDead(state)) return state;
  return {
    ...state,
    breaker: { ...state.breaker, openUntil: now, probeUntil: 0, probesFailed: 0 }
  };
}
