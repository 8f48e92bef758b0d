/** Shares of refused requests (429) in one round at which the window shrinks much, a little, or grows. */
const HALVE_ABOVE = 0.5;
const SHRINK_ABOVE = 0.3;
const GROW_BELOW = 0.15;
/** Results in a round: twice the window, and enough that chance alone seldom decides. */
const LEAST_ROUND = 32;
/** Refusals that may speak before a round is over. */
const LEAST_REFUSALS = 4;

/** How many requests may be out at once, learnt from what comes back. */
export interface Window {
  readonly size: number;
  /** The round in which a request goes out; given back with its result. */
  readonly round: number;
  /** A result came back; `refused`: the endpoint said that it was one too many. */
  settle(round: number, refused: boolean): void;
}

/**
 * Additive increase, multiplicative decrease, by rounds of two windows of results. The share that was refused
 * decides: more than half halves the window, more than three tenths take a quarter off, hardly any lets it grow by a
 * sixteenth of the most. In between it stays: an endpoint near its limit refuses some whatever one does, a refused
 * request costs no money and waits for its own time, and a window that shrinks at every single 429 ends at one.
 * Results of requests from before the last change do not count again.
 */
export function createWindow(most: number): Window {
  let size = most;
  let round = 0;
  let results = 0;
  let refusals = 0;
  return {
    get size() {
      return size;
    },
    get round() {
      return round;
    },
    settle(of, refused) {
      if (of !== round) return;
      results++;
      if (refused) refusals++;
      const share = refusals / results;
      const loud = refusals >= Math.max(LEAST_REFUSALS, size / 2) && share > HALVE_ABOVE;
      if (results < Math.max(LEAST_ROUND, 2 * size) && !loud) return;
      const before = size;
      if (share > HALVE_ABOVE) size = Math.max(1, Math.floor(size / 2));
      else if (share > SHRINK_ABOVE) size = Math.max(1, Math.floor(size * 0.75));
      else if (share < GROW_BELOW) size = Math.min(most, size + Math.max(1, Math.ceil(most / 16)));
      results = 0;
      refusals = 0;
      if (size < before) round++;
    }
  };
}
