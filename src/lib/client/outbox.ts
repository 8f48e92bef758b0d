import type { RefusalCode } from '#lib/domain/words/words.ts';
import type { WaitingAnswer, WaitingAnswers } from './waiting-answers.ts';

/** What the server says of a stored answer. */
export interface Acknowledgement {
  repeated: boolean;
  /** Its block has begun again since it was given: kept, and to be answered once more. */
  superseded?: true;
  answered: number;
  total: number;
  done: boolean;
}

export type OutboxState =
  | { state: 'empty' }
  /** On its way for the first time. */
  | { state: 'sending'; waiting: number }
  /** The last try failed; another follows by itself. */
  | { state: 'waiting'; waiting: number }
  /** The server will not take it, now or later: it stays here, and the person is told. */
  | { state: 'refused'; waiting: number; code: RefusalCode; reason: string };

export interface OutboxOptions {
  store: WaitingAnswers;
  sitting: string;
  /** `/r/…`, without a slash at its end. */
  base: string;
  onState(state: OutboxState): void;
  onAcknowledged(position: number, acknowledgement: Acknowledgement): void;
  fetch?: typeof fetch;
  locks?: LockManager | null;
  sleep?(ms: number, wake: AbortSignal): Promise<void>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const ANSWER_WITHIN_MS = 20_000;

/**
 * Answers on their way to the server. One is removed only after the server said that it is stored; until then it is sent
 * again and again, also after a reload. The server takes each presentation once, so sending twice changes nothing; the
 * lock, where there is one, only spares two tabs the double work.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #running = false;
  #again = false;
  #stopped = false;
  #wake = new AbortController();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Keeps the answer and starts sending; resolves once it is kept, not sent. */
  async put(answer: Omit<WaitingAnswer, 'sitting'>): Promise<void> {
    await this.#options.store.add({ sitting: this.#options.sitting, ...answer });
    this.send();
  }

  waiting(): Promise<WaitingAnswer[]> {
    return this.#options.store.of(this.#options.sitting);
  }

  /** Tries at once, whatever the pause it was in: called when the network is back. */
  send(): void {
    this.#again = true;
    this.#wake.abort();
    if (this.#running) return;
    this.#running = true;
    void this.#sendAll().finally(() => {
      this.#running = false;
      if (this.#again && !this.#stopped) this.send();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.abort();
  }

  async #sendAll(): Promise<void> {
    const locks = this.#options.locks === undefined ? (navigator.locks ?? null) : this.#options.locks;
    let failures = 0;
    while (!this.#stopped) {
      this.#again = false;
      const failed =
        locks === null
          ? await this.#round(failures)
          : await locks.request(`limen-outbox/${this.#options.sitting}`, () => this.#round(failures));
      if (failed !== 'yes') return;
      failures++;
      const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
      this.#wake = new AbortController();
      await (this.#options.sleep ?? sleep)(pause * (0.75 + Math.random() / 2), this.#wake.signal);
    }
  }

  /** Sends what waits, in order, until the way is blocked. What is refused stays and does not hold up the rest. */
  async #round(failures: number): Promise<'no' | 'yes' | 'refused'> {
    const refused = new Map<number, { code: RefusalCode; reason: string }>();
    for (;;) {
      const all = await this.waiting();
      const next = all.find(({ position }) => !refused.has(position));
      if (next === undefined) {
        const [refusal] = refused.values();
        if (refusal === undefined) this.#options.onState({ state: 'empty' });
        else this.#options.onState({ state: 'refused', waiting: all.length, ...refusal });
        return refusal === undefined ? 'no' : 'refused';
      }
      this.#options.onState({ state: failures > 0 ? 'waiting' : 'sending', waiting: all.length });
      const sent = await this.#post(next);
      if (sent.state === 'unreachable') {
        this.#options.onState({ state: 'waiting', waiting: all.length });
        return 'yes';
      }
      if (sent.state === 'refused') {
        refused.set(next.position, { code: sent.code, reason: sent.reason });
        continue;
      }
      failures = 0;
      await this.#options.store.remove(next.sitting, next.position);
      this.#options.onAcknowledged(next.position, sent.acknowledgement);
    }
  }

  async #post(
    answer: WaitingAnswer
  ): Promise<
    | { state: 'stored'; acknowledgement: Acknowledgement }
    | { state: 'refused'; code: RefusalCode; reason: string }
    | { state: 'unreachable' }
  > {
    try {
      const response = await (this.#options.fetch ?? fetch)(`${this.#options.base}/responses`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(answer),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS)
      });
      const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
      // A proxy's own page with status 200 is no acknowledgement.
      if (response.ok && body?.['recorded'] === true) {
        return { state: 'stored', acknowledgement: body as unknown as Acknowledgement };
      }
      // Only a sentence of this server's own is a refusal; anything else may pass.
      if (response.status >= 400 && response.status < 500 && response.status !== 429) {
        if (typeof body?.['reason'] === 'string' && typeof body['error'] === 'string') {
          return { state: 'refused', code: body['error'] as RefusalCode, reason: body['reason'] };
        }
      }
      return { state: 'unreachable' };
    } catch {
      return { state: 'unreachable' };
    }
  }
}

function sleep(ms: number, wake: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (wake.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    wake.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
