import { getContext, setContext } from 'svelte';
import { wordsIn } from '#lib/domain/words/language.ts';
import type { Language, Words } from '#lib/domain/words/words.ts';

const KEY = Symbol('speech');

/** In which language what stands below speaks; reads `language` whenever it is asked, so that a change is seen. */
export function speakIn(language: () => Language): void {
  setContext(KEY, {
    get words() {
      return wordsIn[language()];
    }
  });
}

/** The words to use; English where nobody said otherwise, as in the lab. */
export function speech(): { readonly words: Words } {
  return getContext<{ readonly words: Words } | undefined>(KEY) ?? { words: wordsIn.en };
}
