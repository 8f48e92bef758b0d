import { en } from './en.ts';
import { LANGUAGES, type Language, type Words } from './words.ts';
import { zh } from './zh.ts';

export const wordsIn: Readonly<Record<Language, Words>> = { en, zh };

/** What goes into `<html lang>`: the script is part of it, since readers and fonts choose by it. */
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-Hans' };

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/**
 * The first of the browser's languages that there is, by an `Accept-Language` header (RFC 9110): highest weight first,
 * by the primary subtag alone, weights of 0 left out. English where none fits.
 */
export function preferredLanguage(acceptLanguage: string | null): Language {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part, place) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const weight = parameters.map((one) => /^\s*q=([\d.]+)$/.exec(one)?.[1]).find((q) => q !== undefined);
      return { primary: tag.split('-')[0], weight: weight === undefined ? 1 : Number(weight), place };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.place - b.place);
  return wanted.map(({ primary }) => primary).find(isLanguage) ?? 'en';
}

/**
 * The instructions as somebody reads them: what the study says, or, where it says no more than the standard question,
 * that question in the reader's language.
 */
export function instructionsIn(
  language: Language,
  design: Parameters<Words['question']>[0] & { instructions: string }
): string {
  const standard = design.instructions === '' || design.instructions === en.question(design);
  return standard ? wordsIn[language].question(design) : design.instructions;
}
