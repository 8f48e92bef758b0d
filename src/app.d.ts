import type { Language } from '#lib/domain/words/words.ts';

declare global {
  namespace App {
    interface Error {
      message: string;
      /** Names an unexpected error in the log; expected ones have none. */
      errorId?: string;
    }
    interface Locals {
      /** The signed-in researcher, or null. Guards in hooks and in every action read it. */
      researcher: { id: string; name: string; email: string } | null;
      /** Names this request in the log. */
      requestId: string;
      /** What the page speaks: the rating room in its rater's language, the lab in English. */
      language: Language;
    }
  }
}

export {};
