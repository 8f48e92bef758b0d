/** How fast an endpoint may be asked; null is no limit of ours. */
export interface PaceLimits {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
}

/**
 * What all processes that ask one model at one endpoint know together. Times are milliseconds of one clock (the
 * database's, where several processes share it).
 */
export interface PaceState {
  /** When the next request would be due if requests per minute alone counted. */
  requestsAt: number;
  /** The same for tokens per minute. */
  tokensAt: number;
  /** The endpoint asked for silence until then. */
  heldUntil: number;
  /** The circuit breaker; null while the endpoint is believed to live. */
  breaker: Breaker | null;
}

export interface Breaker {
  /** Until then nothing is asked; then one request may try. */
  openUntil: number;
  /** Trial requests that failed since it opened. */
  probesFailed: number;
  /** Until then somebody's trial request is believed to be out. */
  probeUntil: number;
  /** What the last failure said. */
  reason: string;
}

export const FRESH_PACE: PaceState = { requestsAt: 0, tokensAt: 0, heldUntil: 0, breaker: null };

/** Requests that may go out: the i-th not before max(requestsFrom + i·requestsEvery, tokensFrom + i·tokensEvery). */
export interface Slots {
  count: number;
  requestsFrom: number;
  requestsEvery: number;
  tokensFrom: number;
  tokensEvery: number;
}

/**
 * What a process loses between two requests is made up for; after a rest longer than this nobody rushes in.
 */
const CATCH_UP_MS = 500;

const perRequest = ({ requestsPerMinute }: PaceLimits) =>
  requestsPerMinute === null ? 0 : 60_000 / requestsPerMinute;
const perToken = ({ tokensPerMinute }: PaceLimits) =>
  tokensPerMinute === null ? 0 : 60_000 / tokensPerMinute;
const notLongPast = (due: number, now: number) => (due < now - CATCH_UP_MS ? now : due);

/**
 * Takes the next `count` requests of an endpoint's time (a generic cell rate algorithm: each request moves the time at
 * which the next is due). Requests come out evenly spaced, whoever asks, so that any minute holds at most the limit,
 * what is made up for, and one request.
 *
 * @param ask `tokensEach` is what one request is expected to need.
 */
export function takeSlots(
  state: PaceState,
  limits: PaceLimits,
  ask: { count: number; tokensEach: number },
  now: number
): { state: PaceState; slots: Slots } {
  const requestsEvery = perRequest(limits);
  const tokensEvery = ask.tokensEach * perToken(limits);
  const requestsFrom = requestsEvery === 0 ? -Infinity : notLongPast(state.requestsAt, now);
  const tokensFrom = tokensEvery === 0 ? -Infinity : notLongPast(state.tokensAt, now);
  return {
    state: {
      ...state,
      requestsAt: requestsEvery === 0 ? state.requestsAt : requestsFrom + ask.count * requestsEvery,
      tokensAt: tokensEvery === 0 ? state.tokensAt : tokensFrom + ask.count * tokensEvery
    },
    slots: { count: ask.count, requestsFrom, requestsEvery, tokensFrom, tokensEvery }
  };
}

/**
 * Settles what earlier requests needed beyond (or, negative, below) what had been expected of them. What is given back
 * makes nothing due earlier than what may be made up for.
 */
export function settleTokens(state: PaceState, limits: PaceLimits, owed: number, now: number): PaceState {
  if (owed === 0 || limits.tokensPerMinute === null) return state;
  const due = notLongPast(state.tokensAt, now);
  return { ...state, tokensAt: Math.max(due + owed * perToken(limits), Math.min(due, now - CATCH_UP_MS)) };
}

/** For how many ms from now the endpoint's time is taken; 0 or less: the next request is due. */
export function busyFor(state: PaceState, limits: PaceLimits, now: number): number {
  return Math.max(
    limits.requestsPerMinute === null ? -Infinity : state.requestsAt - now,
    limits.tokensPerMinute === null ? -Infinity : state.tokensAt - now
  );
}

/** When the i-th of some slots is due. */
export function dueAt(slots: Slots, index: number): number {
  return Math.max(
    slots.requestsFrom + index * slots.requestsEvery,
    slots.tokensFrom + index * slots.tokensEvery
  );
}

/** How many requests fall into so many milliseconds at these limits; Infinity without any. */
export function requestsWithin(limits: PaceLimits, tokensEach: number, ms: number): number {
  const byRequests = limits.requestsPerMinute === null ? Infinity : (limits.requestsPerMinute * ms) / 60_000;
  const byTokens =
    limits.tokensPerMinute === null
      ? Infinity
      : (limits.tokensPerMinute * ms) / 60_000 / Math.max(1, tokensEach);
  return Math.min(byRequests, byTokens);
}

/** Nobody asks before that. */
export function hold(state: PaceState, until: number): PaceState {
  return { ...state, heldUntil: Math.max(state.heldUntil, until) };
}
