import { wordsIn } from './words/language.ts';
import type { Language } from './words/words.ts';

/** What a person agrees to before a sitting. The version is recorded with the consent: a changed text is a new version. */
export interface ConsentText {
  version: string;
  paragraphs: readonly string[];
}

/**
 * The same version says the same in every language; which one was read is recorded, too. A study's own text is as it was
 * written, and its version is named by what it says: another text is another version by itself.
 */
export function consentText(language: Language = 'en', own?: string): ConsentText {
  if (own !== undefined && own.trim() !== '') {
    const paragraphs = own
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.trim())
      .filter((paragraph) => paragraph !== '');
    return { version: `own-${fingerprint(paragraphs.join('\n\n'))}`, paragraphs };
  }
  return { version: '1', paragraphs: wordsIn[language].consent };
}

/** FNV-1a over UTF-16 code units, 32 bits, in hexadecimal: tells two texts apart, and keeps nothing secret. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
