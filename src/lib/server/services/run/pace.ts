/**
 * When the next request may go out: requests per minute spaced evenly, and a pause for everybody when the endpoint
 * asked for one. Shared by all requests of a run in this process.
 */
export interface Pace {
  /** Resolves when it is this caller's turn; rejects when the signal aborts. */
  turn(signal: AbortSignal): Promise<void>;
  /** Nobody goes before this long from now. */
  holdFor(ms: number): void;
}

export function createPace(
  requestsPerMinute: number | null,
  now: () => number = () => performance.now()
): Pace {
  const spacing = requestsPerMinute === null ? 0 : 60_000 / requestsPerMinute;
  let next = now();
  let heldUntil = 0;
  return {
    async turn(signal) {
      const mine = Math.max(next, now());
      next = mine + spacing;
      for (;;) {
        const wait = Math.max(mine, heldUntil) - now();
        if (wait <= 0) return;
        await sleep(wait, signal);
      }
    },
    holdFor(ms) {
      heldUntil = Math.max(heldUntil, now() + ms);
    }
  };
}

/** @throws the signal's reason when it aborts first. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
