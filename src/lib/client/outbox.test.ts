import { describe, expect, it, vi } from 'vitest';
import { Outbox, type OutboxState } from './outbox.ts';
import { inMemory } from './waiting-answers.ts';

const answer = (position: number, raw = 50) => ({
  position,
  answer: { kind: 'score', raw },
  responseTimeMs: 1,
  presentedAt: null,
  facts: {}
});

/** A server that stores what its script lets through: an error, a status, or 200 whose reply may get lost. */
function scripted(script: ('down' | 'lost' | number)[]) {
  const stored = new Map<number, unknown>();
  let calls = 0;
  const fake = async (_url: unknown, init?: RequestInit) => {
    const body = JSON.parse(String(init?.body)) as { position: number; answer: { raw: number } };
    // Below the scale: refused whenever it comes.
    const step = body.answer.raw < 0 ? 400 : (script[calls] ?? 200);
    calls++;
    if (step === 'down') throw new TypeError('network');
    if (typeof step === 'number' && step !== 200) {
      return Response.json({ error: 'bad-request', reason: 'No.' }, { status: step });
    }
    const repeated = stored.has(body.position);
    if (!repeated) stored.set(body.position, body.answer);
    if (step === 'lost') throw new TypeError('the reply was lost');
    return Response.json({ recorded: true, repeated, answered: stored.size, total: 9, done: false });
  };
  return { stored, fetch: fake as typeof fetch, calls: () => calls };
}

function outboxOn(server: ReturnType<typeof scripted>, store = inMemory()) {
  const states: OutboxState[] = [];
  const acknowledged: [number, boolean][] = [];
  const outbox = new Outbox({
    store,
    sitting: 's',
    base: '/r/x',
    fetch: server.fetch,
    locks: null,
    sleep: async () => {},
    onState: (state) => states.push(state),
    onAcknowledged: (position, { repeated }) => acknowledged.push([position, repeated])
  });
  return { outbox, states, acknowledged, store };
}

describe('Outbox', () => {
  it('sends in order and forgets an answer only once it was acknowledged', async () => {
    const server = scripted(['down', 503, 'down']);
    const { outbox, states, acknowledged, store } = outboxOn(server);
    await outbox.put(answer(0));
    await outbox.put(answer(1));
    await vi.waitFor(() =>
      expect(acknowledged).toEqual([
        [0, false],
        [1, false]
      ])
    );
    expect(await store.of('s')).toEqual([]);
    expect(states).toContainEqual({ state: 'waiting', waiting: 2 });
    expect(states.at(-1)).toEqual({ state: 'empty' });
  });

  it('sends again what it does not know to be stored; the first answer stays', async () => {
    const server = scripted(['lost']);
    const { outbox, acknowledged } = outboxOn(server);
    await outbox.put(answer(0, 10));
    await outbox.put(answer(0, 99));
    await vi.waitFor(() => expect(acknowledged).toEqual([[0, true]]));
    expect(server.stored.get(0)).toEqual({ kind: 'score', raw: 10 });
  });

  it('keeps what the server refuses, says why, and does not hammer', async () => {
    const server = scripted([409]);
    const { outbox, states, store } = outboxOn(server);
    await outbox.put(answer(0));
    await vi.waitFor(() =>
      expect(states.at(-1)).toEqual({
        state: 'refused',
        waiting: 1,
        code: 'bad-request',
        reason: 'No.'
      })
    );
    expect(server.calls()).toBe(1);
    expect(await store.of('s')).toHaveLength(1);
  });

  it('is not held up by one answer that is refused', async () => {
    const server = scripted([]);
    const { outbox, states, acknowledged } = outboxOn(server);
    await outbox.put(answer(0, -1));
    await outbox.put(answer(1));
    await vi.waitFor(() => expect(acknowledged).toEqual([[1, false]]));
    await vi.waitFor(() => expect(states.at(-1)).toMatchObject({ state: 'refused', waiting: 1 }));
  });

  it('takes up after a reload what a page before it left', async () => {
    const store = inMemory();
    await store.add({ sitting: 's', ...answer(3) });
    const server = scripted([]);
    const { outbox, acknowledged } = outboxOn(server, store);
    outbox.send();
    await vi.waitFor(() => expect(acknowledged).toEqual([[3, false]]));
  });
});
