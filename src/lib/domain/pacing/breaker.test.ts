import { describe, expect, it } from 'vitest';
import {
  closeBreaker,
  failuresThatOpen,
  isDead,
  openBreaker,
  PROBE_AFTER_MS,
  probeFailed,
  releaseProbe,
  revive,
  takeProbe
} from './breaker.ts';
import { FRESH_PACE } from './pace.ts';

describe('the breaker', () => {
  it('lets nobody ask for a while, then one alone', () => {
    const open = openBreaker(FRESH_PACE, 'refused', 1000);
    expect(openBreaker(open, 'again', 1500)).toBe(open);
    expect(takeProbe(open, 1999, 60_000).mine).toBe(false);
    const probing = takeProbe(open, 2000, 60_000);
    expect(probing.mine).toBe(true);
    expect(takeProbe(probing.state, 2001, 60_000).mine).toBe(false);
    // A prober that died, or was told to stop, blocks nobody for ever.
    expect(takeProbe(probing.state, 62_000, 60_000).mine).toBe(true);
    expect(takeProbe(releaseProbe(probing.state), 2001, 60_000).mine).toBe(true);
    expect(closeBreaker(probing.state).breaker).toBeNull();
  });

  it('waits longer after each failed try, and calls the endpoint dead after the last', () => {
    let state = openBreaker(FRESH_PACE, 'refused', 0);
    let now = 0;
    for (const [i, wait] of PROBE_AFTER_MS.entries()) {
      expect(isDead(state)).toBe(false);
      expect(takeProbe(state, now + wait - 1, 1000).mine).toBe(false);
      now += wait;
      const taken = takeProbe(state, now, 1000);
      expect(taken.mine).toBe(true);
      state = probeFailed(taken.state, `refused ${i}`, now);
    }
    expect(isDead(state)).toBe(true);
    expect(state.breaker?.reason).toBe(`refused ${PROBE_AFTER_MS.length - 1}`);
    expect(takeProbe(state, now + 1e9, 1000).mine).toBe(false);
    const again = revive(state, now);
    expect(isDead(again)).toBe(false);
    expect(takeProbe(again, now, 1000).mine).toBe(true);
    expect(revive(FRESH_PACE, now)).toBe(FRESH_PACE);
  });

  it('does not open for what one presentation alone can bring about', () => {
    expect(failuresThatOpen(1)).toBeGreaterThan(7);
    expect(failuresThatOpen(64)).toBe(128);
  });
});
