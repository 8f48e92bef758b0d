import { wordsIn } from './words/language.ts';
import type { Language } from './words/words.ts';

/** What a person agrees to before a sitting. The version is recorded with the consent: a changed text is a new version. */
export interface ConsentText {
  version: string;
  paragraphs: readonly string[];
}

/** The same version says the same in every language; which one was read is recorded, too. */
export function consentText(language: Language = 'en'): ConsentText {
  return { version: '1', paragraphs: wordsIn[language].consent };
}
