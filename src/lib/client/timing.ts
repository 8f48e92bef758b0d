/** What happened between a presentation's onset and its answer. */
export interface PresentationTimes {
  /** From the frame after which the pictures were painted; null when they never were. */
  responseTimeMs: number | null;
  presentedAt: string | null;
  facts: {
    /** How often the window lost the focus, the page was hidden, the window was resized. */
    blurs: number;
    hides: number;
    resizes: number;
    /** How long the page was hidden in all. */
    hiddenMs: number;
  };
}

/**
 * Resolves in the frame after the one in which the page, as it is now, was painted: the first callback runs before that
 * paint, the second one after it. In a hidden page frames do not come, so this waits until it is seen.
 */
export function nextPaint(): Promise<number> {
  return new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame((timestamp) => resolve(timestamp)))
  );
}

/** Watches one presentation from `begin` (when its pictures are put up) to `end`. */
export class PresentationClock {
  #onset: number | null = null;
  #presentedAt: string | null = null;
  #blurs = 0;
  #hides = 0;
  #resizes = 0;
  #hiddenMs = 0;
  #hiddenSince: number | null = null;
  #watch = new AbortController();

  begin(): void {
    const { signal } = this.#watch;
    window.addEventListener('blur', () => this.#blurs++, { signal });
    window.addEventListener('resize', () => this.#resizes++, { signal });
    document.addEventListener('visibilitychange', () => this.#visibility(), { signal });
  }

  /** Milliseconds since onset; null before it. */
  get elapsedMs(): number | null {
    return this.#onset === null ? null : performance.now() - this.#onset;
  }

  /** @param timestamp of the frame, on `performance.now`'s clock */
  onset(timestamp: number): void {
    this.#onset = timestamp;
    this.#presentedAt = new Date(performance.timeOrigin + timestamp).toISOString();
  }

  end(): PresentationTimes {
    this.#watch.abort();
    if (this.#hiddenSince !== null) this.#hiddenMs += performance.now() - this.#hiddenSince;
    const elapsed = this.elapsedMs;
    return {
      responseTimeMs: elapsed === null ? null : Math.max(0, Math.round(elapsed * 10) / 10),
      presentedAt: this.#presentedAt,
      facts: {
        blurs: this.#blurs,
        hides: this.#hides,
        resizes: this.#resizes,
        hiddenMs: Math.round(this.#hiddenMs)
      }
    };
  }

  #visibility(): void {
    if (document.visibilityState === 'hidden') {
      this.#hides++;
      this.#hiddenSince = performance.now();
    } else if (this.#hiddenSince !== null) {
      this.#hiddenMs += performance.now() - this.#hiddenSince;
      this.#hiddenSince = null;
    }
  }
}
