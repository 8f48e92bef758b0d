/* eslint-disable svelte/prefer-svelte-reactivity -- sets and maps here are bookkeeping that no page reads */
import type { TrapSide } from '#lib/domain/known-answer.ts';
import type { RefusalCode } from '#lib/domain/words/words.ts';
import { Outbox, type OutboxState } from './outbox.ts';
import { PictureLoader } from './preload.ts';
import { openWaitingAnswers, type WaitingAnswer, type WaitingAnswers } from './waiting-answers.ts';

/** A picture as the server offers it: an address that says nothing, relative to the sitting's own, and its size. */
interface OfferedPicture {
  src: string;
  widthPx: number;
  heightPx: number;
}

export interface OfferedTrial {
  position: number;
  training: boolean;
  reference: OfferedPicture | null;
  stimuli: OfferedPicture[];
  ask?: TrapSide;
  /** What people gave each picture; read after the answer. */
  told?: number[];
}

export interface OfferedWindow {
  answered: number;
  total: number;
  done: boolean;
  /** How many blocks have begun again. */
  round: number;
  trials: OfferedTrial[];
}

/** A trial whose pictures are here and decoded. */
export interface ReadyTrial {
  position: number;
  training: boolean;
  reference: ReadyPicture | null;
  stimuli: ReadyPicture[];
  ask: TrapSide | null;
  told: number[] | null;
  /** How long somebody waited for its pictures, in ms: 0 when they were there before their turn. */
  waitedMs: number;
}

export interface ReadyPicture {
  url: string;
  widthPx: number;
  heightPx: number;
}

export interface SittingOptions {
  sitting: string;
  /** `/r/…` */
  base: string;
  window: OfferedWindow;
  /** A block has begun again while this page stood open: what it knows is past. */
  onRestarted(): void;
  /** The server has every answer. */
  onDone(): void;
}

/** How many trials ahead are fetched again when fewer are known. */
const REFILL_BELOW = 5;
const ASK_AGAIN_MS = 3000;
/** Pictures that take longer than this are late, and that is said. */
const LATE_AFTER_MS = 1500;

/**
 * A person's way through their sitting: which trial is next, what is loaded ahead, what waits to be sent. The server
 * says what is unanswered; what this browser answered and has not sent yet is left out of that. Answers go to the
 * outbox, and the person goes on meanwhile.
 */
export class Sitting {
  /** The trial that is being judged, or null while there is none. */
  trial: ReadyTrial | null = $state.raw(null);
  answered = $state(0);
  total = $state(0);
  outbox: OutboxState = $state.raw({ state: 'empty' });
  online = $state(true);
  /** The pictures of the next trial do not arrive. */
  picturesLate = $state(false);
  /** Nothing left to judge here; the last answers are on their way. */
  finishing = $state(false);
  /** Whether answers would survive a reload. */
  lasting = $state(true);
  /** This trial was answered elsewhere, and the next one took its place. */
  movedOn = $state(false);
  /** The link or the sitting is gone, by what the server said; or this browser sits somewhere else by now. */
  stopped: RefusalCode | 'other-place' | null = $state(null);

  readonly #options: SittingOptions;
  readonly #loader: PictureLoader;
  #outbox: Outbox | null = null;
  #store: WaitingAnswers | null = null;
  #channel: BroadcastChannel | null = null;
  #upcoming: OfferedTrial[] = [];
  /** Answered in this browser or known to be answered: never shown again. */
  readonly #past = new Set<number>();
  /** Where each trial's pictures are fetched from. */
  readonly #sources = new Map<number, string[]>();
  #stopping = new AbortController();
  #asking: Promise<void> | null = null;
  #turn = 0;

  constructor(options: SittingOptions) {
    this.#options = options;
    this.#loader = new PictureLoader({ onTrouble: (trouble) => (this.picturesLate = trouble) });
    this.total = options.window.total;
    this.answered = options.window.answered;
  }

  async start(): Promise<void> {
    const { sitting, base } = this.#options;
    const { signal } = this.#stopping;
    const store = await openWaitingAnswers();
    if (signal.aborted) return;
    this.#store = store;
    this.lasting = store.lasting;
    this.#outbox = new Outbox({
      store,
      sitting,
      base,
      onState: (state) => (this.outbox = state),
      onAcknowledged: (position, { answered, total, repeated, superseded, done }) => {
        if (superseded) this.#past.delete(position);
        this.answered = answered;
        this.total = total;
        this.#channel?.postMessage({ answered: position });
        // Stored before this: another browser may be ahead on the same link.
        if (done) this.#options.onDone();
        else if (repeated) void this.#ask();
      }
    });
    for (const { position } of await store.of(sitting)) this.#past.add(position);
    if ('BroadcastChannel' in window) {
      this.#channel = new BroadcastChannel(`limen-sitting/${sitting}`);
      this.#channel.onmessage = ({ data }) => this.#answeredElsewhere(Number(data?.answered));
    }
    this.online = navigator.onLine;
    window.addEventListener('online', () => this.#back(), { signal });
    window.addEventListener('offline', () => (this.online = false), { signal });
    window.addEventListener('focus', () => void this.#ask(), { signal });
    // Restored whole from the back button's memory: everything in it may be old.
    window.addEventListener('pageshow', (event) => event.persisted && void this.#ask(), { signal });
    this.#outbox.send();
    this.#take(this.#options.window);
    void this.#next();
  }

  stop(): void {
    this.#stopping.abort();
    this.#outbox?.stop();
    this.#loader.stop();
    this.#channel?.close();
  }

  /** Keeps the answer and goes on. A second answer to the same trial is none. */
  async answer(given: Omit<WaitingAnswer, 'sitting' | 'position'>): Promise<void> {
    const { trial } = this;
    if (trial === null || this.#past.has(trial.position)) return;
    this.#past.add(trial.position);
    this.movedOn = false;
    await this.#outbox?.put({
      position: trial.position,
      round: this.#options.window.round,
      ...given
    });
    this.#channel?.postMessage({ answered: trial.position });
    void this.#next();
  }

  #back(): void {
    this.online = true;
    this.#outbox?.send();
    this.#loader.retry();
    void this.#ask();
  }

  #answeredElsewhere(position: number): void {
    if (!Number.isInteger(position) || this.#past.has(position)) return;
    this.#past.add(position);
    if (this.trial?.position !== position) return;
    this.movedOn = true;
    void this.#next();
  }

  /** What the server knows to be unanswered is what there is; what it does not list below that is answered. */
  #take(window: OfferedWindow): void {
    this.total = window.total;
    this.answered = Math.max(this.answered, window.answered);
    const listed = new Set(window.trials.map(({ position }) => position));
    const last = window.trials.at(-1)?.position ?? Infinity;
    const current = this.trial?.position;
    this.#upcoming = window.trials.filter(({ position }) => !this.#past.has(position));
    if (current !== undefined && current <= last && !listed.has(current)) this.#answeredElsewhere(current);
    this.#loadAhead();
  }

  #loadAhead(): void {
    const current = this.trial;
    const ahead = this.#upcoming.filter(({ position }) => position !== current?.position);
    const now = current === null ? [] : (this.#sources.get(current.position) ?? []);
    this.#loader.want([...now, ...ahead.flatMap((trial) => this.#addresses(trial))]);
  }

  #addresses(trial: OfferedTrial): string[] {
    const pictures = trial.reference === null ? trial.stimuli : [trial.reference, ...trial.stimuli];
    const sources = pictures.map(({ src }) => `${this.#options.base}/${src}`);
    this.#sources.set(trial.position, sources);
    return sources;
  }

  /** Puts up the next trial once its pictures are here; asks the server when none is known. */
  async #next(): Promise<void> {
    const turn = ++this.#turn;
    this.trial = null;
    for (;;) {
      this.#upcoming = this.#upcoming.filter(({ position }) => !this.#past.has(position));
      const next = this.#upcoming[0];
      if (next === undefined) {
        this.finishing = true;
        await this.#ask();
        if (turn !== this.#turn || this.#stopping.signal.aborted || this.stopped !== null) return;
        if (this.#upcoming.some(({ position }) => !this.#past.has(position))) continue;
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
        if (turn !== this.#turn || this.#stopping.signal.aborted) return;
        continue;
      }
      this.finishing = false;
      if (this.#upcoming.length < REFILL_BELOW) void this.#ask();
      this.#loadAhead();
      const sources = this.#addresses(next);
      const wanted = performance.now();
      const late = setTimeout(() => (this.picturesLate = true), LATE_AFTER_MS);
      const here = sources.every((source) => this.#loader.has(source));
      const loaded = await this.#loader.need(sources).catch(() => null);
      clearTimeout(late);
      if (loaded === null || turn !== this.#turn) return;
      this.picturesLate = false;
      if (this.#past.has(next.position)) continue;
      const pictures = [...(next.reference === null ? [] : [next.reference]), ...next.stimuli].map(
        ({ widthPx, heightPx }, index) => ({ url: loaded[index]?.url ?? '', widthPx, heightPx })
      );
      const reference = next.reference === null ? null : (pictures.shift() ?? null);
      this.trial = {
        position: next.position,
        training: next.training,
        reference,
        stimuli: pictures,
        ask: next.ask ?? null,
        told: next.told ?? null,
        waitedMs: here ? 0 : Math.round(performance.now() - wanted)
      };
      return;
    }
  }

  /** Asks where the sitting stands; one question at a time. */
  #ask(): Promise<void> {
    this.#asking ??= this.#askOnce().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #askOnce(): Promise<void> {
    try {
      const response = await fetch(`${this.#options.base}/window`, {
        cache: 'no-store',
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(15_000)])
      });
      const body = (await response.json()) as
        (OfferedWindow & { sitting: string }) | { error: RefusalCode; reason: string };
      if ('error' in body) {
        this.#end(body.error);
        return;
      }
      if (!response.ok) return;
      if (body.sitting !== this.#options.sitting) {
        this.#end('other-place');
        return;
      }
      if (body.round !== this.#options.window.round) {
        this.stop();
        this.#options.onRestarted();
        return;
      }
      this.#take(body);
      if (body.done && (await this.#store?.of(this.#options.sitting))?.length === 0) this.#options.onDone();
    } catch {
      // Unreachable, or not this server's reply: asked again when there is need.
    }
  }

  #end(why: RefusalCode | 'other-place'): void {
    this.stopped = why;
    this.trial = null;
    this.#turn++;
  }
}
