import { describe, expect, it } from 'vitest';
import { dueAt, FRESH_PACE, hold, requestsWithin, settleTokens, takeSlots, type PaceState } from './pace.ts';

/** Sends requests one after another, each as soon as it is due, and gives their times. */
function send(
  limits: { requestsPerMinute: number | null; tokensPerMinute: number | null },
  request: (index: number) => { expected: number; needed: number },
  options: { untilMs: number; block: number }
): { at: number; tokens: number }[] {
  const sent: { at: number; tokens: number }[] = [];
  let state: PaceState = FRESH_PACE;
  let now = 1_000_000;
  const end = now + options.untilMs;
  let owed = 0;
  for (let index = 0; now < end;) {
    const { expected } = request(index);
    const taken = takeSlots(
      settleTokens(state, limits, owed, now),
      limits,
      { count: options.block, tokensEach: expected },
      now
    );
    state = taken.state;
    owed = 0;
    for (let i = 0; i < options.block; i++, index++) {
      now = Math.max(now, dueAt(taken.slots, i));
      const { needed } = request(index);
      owed += needed - expected;
      if (now < end) sent.push({ at: now, tokens: needed });
    }
  }
  return sent;
}

const mostInAMinute = (sent: readonly { at: number; tokens: number }[]) =>
  Math.max(
    ...sent.map(({ at }) =>
      sent.reduce((sum, one) => sum + (one.at >= at && one.at < at + 60_000 ? one.tokens : 0), 0)
    )
  );

describe('takeSlots', () => {
  it('spaces requests evenly and holds every minute to the limit and one', () => {
    const sent = send({ requestsPerMinute: 120, tokensPerMinute: null }, () => ({ expected: 1, needed: 1 }), {
      untilMs: 300_000,
      block: 1
    });
    expect(sent).toHaveLength(600);
    expect(mostInAMinute(sent)).toBeLessThanOrEqual(121);
    expect((sent[5]?.at ?? 0) - (sent[4]?.at ?? 0)).toBeCloseTo(500, 6);
  });

  it('holds tokens per minute within 2 % although what a request needs was guessed wrong, either way', () => {
    for (const factor of [0.25, 1, 3]) {
      const sent = send(
        { requestsPerMinute: null, tokensPerMinute: 60_000 },
        // 300 on average, between 200 and 400.
        (index) => ({ expected: 300 * factor, needed: 200 + ((index * 77) % 201) }),
        { untilMs: 600_000, block: 2 }
      );
      const steady = sent.filter(({ at }) => at > 1_060_000);
      const perMinute = steady.reduce((sum, { tokens }) => sum + tokens, 0) / 9;
      expect(Math.abs(perMinute / 60_000 - 1)).toBeLessThan(0.02);
      expect(mostInAMinute(steady)).toBeLessThan(60_000 * 1.02);
    }
  });

  it('lets the slower of two limits decide', () => {
    const limits = { requestsPerMinute: 600, tokensPerMinute: 6000 };
    const sent = send(limits, () => ({ expected: 100, needed: 100 }), { untilMs: 120_000, block: 3 });
    expect(sent.length).toBeGreaterThanOrEqual(119);
    expect(sent.length).toBeLessThanOrEqual(122);
    expect(requestsWithin(limits, 100, 60_000)).toBe(60);
    expect(requestsWithin({ requestsPerMinute: null, tokensPerMinute: null }, 100, 1)).toBe(Infinity);
  });

  it('makes up for moments that were lost, and not for a rest', () => {
    const limits = { requestsPerMinute: 60, tokensPerMinute: null };
    const ask = { count: 1, tokensEach: 0 };
    const first = takeSlots(FRESH_PACE, limits, ask, 10_000);
    expect(dueAt(first.slots, 0)).toBe(10_000);
    expect(dueAt(takeSlots(first.state, limits, ask, 11_200).slots, 0)).toBe(11_000);
    expect(dueAt(takeSlots(first.state, limits, ask, 60_000).slots, 0)).toBe(60_000);
    expect(dueAt(takeSlots(first.state, limits, ask, 10_001).slots, 0)).toBe(11_000);
  });

  it('takes nothing where there is no limit', () => {
    const limits = { requestsPerMinute: null, tokensPerMinute: null };
    const taken = takeSlots(FRESH_PACE, limits, { count: 5, tokensEach: 9 }, 5000);
    expect(taken.state).toEqual(FRESH_PACE);
    expect(dueAt(taken.slots, 4)).toBeLessThanOrEqual(5000);
  });
});

describe('hold', () => {
  it('keeps the longest silence that was asked for', () => {
    expect(hold(hold(FRESH_PACE, 500), 300).heldUntil).toBe(500);
  });
});
