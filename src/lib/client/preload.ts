/** A picture's bytes, held by this page under an address of its own. */
export interface LoadedPicture {
  url: string;
  bytes: number;
}

export interface PictureLoaderOptions {
  onTrouble(trouble: boolean): void;
  fetch?: typeof fetch;
  /** Bytes held ahead of their turn; what is needed at once is loaded whatever its size. */
  budgetBytes?: number;
}

const BUDGET_BYTES = 64 * 2 ** 20;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/**
 * Fetches pictures ahead, one after another in the order wanted, and decodes each before it counts as there. Trouble is
 * reported and tried again until it ends: a lost picture is never skipped.
 */
export class PictureLoader {
  readonly #options: PictureLoaderOptions;
  readonly #loaded = new Map<string, LoadedPicture>();
  readonly #loading = new Map<string, Promise<LoadedPicture>>();
  #wanted: string[] = [];
  #stopped = new AbortController();
  #retryNow = new AbortController();

  constructor(options: PictureLoaderOptions) {
    this.#options = options;
  }

  /** Resolves when every one of them is there and decoded. */
  need(sources: readonly string[]): Promise<LoadedPicture[]> {
    return Promise.all(sources.map((source) => this.#load(source)));
  }

  /** Whether a picture is there and decoded. */
  has(source: string): boolean {
    return this.#loaded.has(source);
  }

  /** What comes next, nearest first; everything else that is held is let go. */
  want(sources: readonly string[]): void {
    this.#wanted = [...new Set(sources)];
    for (const [source, picture] of this.#loaded) {
      if (this.#wanted.includes(source)) continue;
      URL.revokeObjectURL(picture.url);
      this.#loaded.delete(source);
    }
    void this.#ahead();
  }

  /** The network is back: no need to sit the pause out. */
  retry(): void {
    this.#retryNow.abort();
    this.#retryNow = new AbortController();
  }

  stop(): void {
    this.#stopped.abort();
    this.#retryNow.abort();
    for (const { url } of this.#loaded.values()) URL.revokeObjectURL(url);
    this.#loaded.clear();
  }

  async #ahead(): Promise<void> {
    const wanted = this.#wanted;
    for (const source of wanted) {
      if (wanted !== this.#wanted || this.#stopped.signal.aborted) return;
      const held = [...this.#loaded.values()].reduce((sum, { bytes }) => sum + bytes, 0);
      if (held > (this.#options.budgetBytes ?? BUDGET_BYTES)) return;
      await this.#load(source).catch(() => {});
    }
  }

  #load(source: string): Promise<LoadedPicture> {
    const loaded = this.#loaded.get(source);
    if (loaded) return Promise.resolve(loaded);
    const under = this.#loading.get(source);
    if (under) return under;
    const loading = this.#fetchUntilThere(source)
      .then((picture) => {
        this.#loaded.set(source, picture);
        return picture;
      })
      .finally(() => this.#loading.delete(source));
    this.#loading.set(source, loading);
    return loading;
  }

  async #fetchUntilThere(source: string): Promise<LoadedPicture> {
    for (let tries = 0; ; tries++) {
      if (this.#stopped.signal.aborted) throw new DOMException('the page was left', 'AbortError');
      try {
        const response = await (this.#options.fetch ?? fetch)(source, { signal: this.#stopped.signal });
        if (!response.ok) throw new Error(`status ${response.status}`);
        const blob = await response.blob();
        const url = URL.createObjectURL(blob);
        const image = new Image();
        image.src = url;
        await image.decode();
        if (tries > 0) this.#options.onTrouble(false);
        return { url, bytes: blob.size };
      } catch {
        if (tries > 0) this.#options.onTrouble(true);
        const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pause);
          const { signal } = this.#retryNow;
          signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
        });
      }
    }
  }
}
