import {
  closeBreaker,
  failuresThatOpen,
  isDead,
  openBreaker,
  probeFailed,
  releaseProbe,
  revive,
  takeProbe
} from '#lib/domain/pacing/breaker.ts';
import {
  busyFor,
  dueAt,
  hold,
  requestsWithin,
  settleTokens,
  takeSlots,
  type PaceLimits,
  type Slots
} from '#lib/domain/pacing/pace.ts';
import { createWindow } from '#lib/domain/pacing/window.ts';
import type { ProviderResult } from '#lib/server/providers/provider.ts';
import type { PaceStore } from './pace-store.ts';
import { sleep } from './sleep.ts';

/** Every trial request to an endpoint failed: nothing more is asked until somebody lets the run go on. */
export class EndpointDead extends Error {}

/** The leave to send one request. */
export interface Ticket {
  /** Whether the endpoint is suspected to be dead and this request is to find out. */
  probe: boolean;
  /** What came of it. */
  settle(result: ProviderResult): Promise<void>;
}

/**
 * What stands between a run's requests and the endpoint that all runs of all processes share: requests and tokens per
 * minute, silence that the endpoint asked for, a window of requests that may be out at once (it learns from 429s), and a
 * circuit breaker.
 */
export interface Gate {
  /**
   * Resolves when one request may go out.
   *
   * @throws EndpointDead; the signal's reason when it aborts first.
   */
  enter(signal: AbortSignal): Promise<Ticket>;
  /** Nobody asks this endpoint before so long from now, in whichever process. */
  holdFor(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** So much of an endpoint's time is taken at once: few steps in the database, and little is lost when a process dies. */
const BLOCK_MS = 250;
/**
 * Nobody takes time that begins later than this from now. Time that is taken is guessed tokens; where the guess was too
 * high, what is given back lies behind requests that sleep until their turn, and would be made up for all at once.
 */
const AHEAD_MS = 50;
/** Requests that may be out at once while nothing is known of what one needs, where tokens are limited. */
const OUT_UNTIL_KNOWN = 4;
/** Answers that say what a request needs. */
const LEARN_FROM = 100;
/** How soon those who wait for an endpoint to live look again. */
const LOOK_AGAIN_MS = 100;

export async function openGate(
  store: PaceStore,
  options: PaceLimits & {
    concurrency: number;
    timeoutMs: number;
    /** Tokens of a request as far as is known: of earlier answers, or a guess. */
    tokensEach: number;
  }
): Promise<Gate> {
  const limited = options.requestsPerMinute !== null || options.tokensPerMinute !== null;
  const window = createWindow(options.concurrency);
  const opensAt = failuresThatOpen(options.concurrency);
  let inside = 0;
  const waiting: (() => void)[] = [];
  let tokensEach = Math.max(1, options.tokensEach);
  let answered = 0;
  const windowSize = () =>
    answered > 0 || options.tokensPerMinute === null ? window.size : Math.min(window.size, OUT_UNTIL_KNOWN);
  let tokensOwed = 0;
  let failuresInARow = 0;
  let slots: Slots | null = null;
  let used = 0;
  let wanting = 0;
  let taking: Promise<number> | null = null;

  if (isDead(store.view())) await store.change((state, now) => ({ state: revive(state, now), result: null }));

  const admit = () => {
    while (waiting.length > 0 && inside < windowSize()) {
      inside++;
      (waiting.shift() as () => void)();
    }
  };
  const enterWindow = async (signal: AbortSignal): Promise<void> => {
    if (inside < windowSize()) {
      inside++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const admitted = () => {
        signal.removeEventListener('abort', gone);
        resolve();
      };
      const gone = () => {
        const place = waiting.indexOf(admitted);
        if (place >= 0) waiting.splice(place, 1);
        reject(signal.reason as Error);
      };
      waiting.push(admitted);
      signal.addEventListener('abort', gone, { once: true });
      if (signal.aborted) gone();
    });
  };
  const leaveWindow = () => {
    inside--;
    admit();
  };

  /** When the next request of this process is due, by the store's clock. */
  const nextSlot = async (signal: AbortSignal): Promise<{ due: number; tokens: number }> => {
    wanting++;
    try {
      while (slots === null || used >= slots.count) {
        taking ??= take().finally(() => (taking = null));
        const wait = await taking;
        if (wait > 0) await sleep(wait, signal);
      }
    } finally {
      wanting--;
    }
    const tokens = (slots.tokensEvery * (options.tokensPerMinute ?? 0)) / 60_000;
    return { due: dueAt(slots, used++), tokens };
  };
  /** Takes the next block, or says for how many ms it cannot be taken yet. */
  const take = async (): Promise<number> => {
    const count = Math.max(1, Math.min(wanting, Math.floor(requestsWithin(options, tokensEach, BLOCK_MS))));
    const owed = tokensOwed;
    tokensOwed = 0;
    try {
      const taken = await store.change<Slots | number>((state, now) => {
        const settled = settleTokens(state, options, owed, now);
        const early = busyFor(settled, options, now) - AHEAD_MS;
        if (early > 0) return { state: settled, result: early };
        const { state: next, slots: block } = takeSlots(settled, options, { count, tokensEach }, now);
        return { state: next, result: block };
      });
      if (typeof taken === 'number') return Math.ceil(taken);
      slots = taken;
      used = 0;
      return 0;
    } catch (error) {
      tokensOwed += owed;
      throw error;
    }
  };

  /** Waits while the endpoint asked for silence or is suspected to be dead; true for the one who finds out. */
  const passBreaker = async (signal: AbortSignal): Promise<boolean> => {
    for (;;) {
      const view = store.view();
      const now = store.now();
      if (isDead(view)) throw new EndpointDead(view.breaker?.reason ?? 'the endpoint does not answer');
      if (view.heldUntil > now) {
        await sleep(view.heldUntil - now, signal);
        continue;
      }
      if (view.breaker === null) return false;
      if (now >= view.breaker.openUntil && now >= view.breaker.probeUntil) {
        const mine = await store.change((state, at) => {
          const taken = takeProbe(state, at, options.timeoutMs);
          return { state: taken.state, result: taken.mine };
        });
        if (mine) return true;
      }
      await sleep(LOOK_AGAIN_MS, signal);
    }
  };

  const learn = async (
    probe: boolean,
    taken: number,
    known: boolean,
    result: ProviderResult
  ): Promise<void> => {
    if (result.ok) {
      const { tokensIn, tokensOut } = result.completion;
      if (tokensIn !== null || tokensOut !== null) {
        const needed = (tokensIn ?? 0) + (tokensOut ?? 0);
        // What a bare guess took too much is given up: made up for, it would come on top of a later minute.
        tokensOwed += known ? needed - taken : Math.max(0, needed - taken);
        // A mean of all at first, of the last hundred or so later: one that jumps would make the pace jump.
        tokensEach += (needed - tokensEach) / Math.min(answered + 1, LEARN_FROM);
      }
      answered++;
      admit();
      // What timed out may have been worked on.
    } else if (result.failure.kind !== 'timeout') tokensOwed -= taken;
    const failure = result.ok ? null : result.failure;
    if (failure?.kind === 'aborted') {
      if (probe) await giveProbeBack();
    } else if (failure === null || !['connection', 'timeout', 'server'].includes(failure.kind)) {
      failuresInARow = 0;
      if (store.view().breaker !== null)
        await store.change((state) => ({ state: closeBreaker(state), result: null }));
    } else if (probe) {
      await store.change((state, now) => ({ state: probeFailed(state, failure.message, now), result: null }));
    } else if (++failuresInARow >= opensAt) {
      failuresInARow = 0;
      await store.change((state, now) => ({ state: openBreaker(state, failure.message, now), result: null }));
    }
  };
  const giveProbeBack = () => store.change((state) => ({ state: releaseProbe(state), result: null }));

  return {
    async enter(signal) {
      await enterWindow(signal);
      let probe = false;
      let taken = 0;
      try {
        probe = await passBreaker(signal);
        if (limited) {
          const slot = await nextSlot(signal);
          taken = slot.tokens;
          const wait = slot.due - store.now();
          if (wait > 0) await sleep(wait, signal);
          // Much may have happened meanwhile.
          if (!probe) probe = await passBreaker(signal);
        }
      } catch (error) {
        leaveWindow();
        tokensOwed -= taken;
        if (probe) await giveProbeBack();
        throw error;
      }
      const { round } = window;
      const known = answered > 0;
      return {
        probe,
        async settle(result) {
          window.settle(round, !result.ok && result.failure.kind === 'rate-limit');
          leaveWindow();
          await learn(probe, taken, known, result);
        }
      };
    },
    async holdFor(ms) {
      const until = store.now() + ms;
      if (store.view().heldUntil >= until) return;
      await store.change((state, now) => ({ state: hold(state, now + ms), result: null }));
    },
    async close() {
      if (limited && tokensOwed !== 0) {
        const owed = tokensOwed;
        tokensOwed = 0;
        await store.change((state, now) => ({
          state: settleTokens(state, options, owed, now),
          result: null
        }));
      }
      store.close();
    }
  };
}
