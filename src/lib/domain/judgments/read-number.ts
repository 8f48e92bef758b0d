import { OF_HUNDRED } from './clean-text.ts';
import type { ParseFailure } from './judgment.ts';
import { IN_SENTENCE, labelledPlaces } from './labels.ts';

/** A number that stands where an answer belongs, or what is wrong with what stands there. */
export type NumberRead =
  | { found: 'number'; value: number; end: number }
  | { found: 'problem'; outcome: ParseFailure; reason: string }
  | { found: 'cut' }
  | { found: 'absent' };

const NUMBER = /[+-]? ?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)/y;

/**
 * The one number that a cleaned text answers with: behind "Score:" and its like; else in "a score of …" or before "out
 * of 100"; else the text as a whole. The first of these that is there decides. Several places must agree; a range, a
 * list, a fraction of another maximum, "85+" are problems, never a choice of ours.
 *
 * @param cut whether the text ends because the length limit was reached: a number that runs into the end may go on.
 */
export function readNumber(text: string, cut: boolean): NumberRead {
  const labelled = labelledPlaces(text).map((place) => numberAt(text, place.valueStart, cut));
  const fromLabels = agreed(labelled);
  if (fromLabels.found !== 'absent') return fromLabels;

  const inSentence = [...text.matchAll(IN_SENTENCE)].map((match) =>
    numberAt(text, match.index + match[0].length, cut)
  );
  const fromSentences = agreed([...inSentence, ...numbersOfHundred(text, cut)]);
  if (fromSentences.found !== 'absent') return fromSentences;

  const start = /^[\s"'[({]*/.exec(text)?.[0].length ?? 0;
  const alone = numberAt(text, start, cut);
  if (alone.found !== 'number') return alone.found === 'cut' ? alone : { found: 'absent' };
  const rest = text.slice(alone.end);
  return /^(?: ?(?:points?|分|%|\ue100))?[\s"'\])}.!]*$/i.test(rest) ? alone : { found: 'absent' };
}

function numbersOfHundred(text: string, cut: boolean): NumberRead[] {
  return [...text.matchAll(/[+-]?\d+(?:[.,]\d+)?["'\])]?\ue100/g)].map((match) =>
    numberAt(text, match.index, cut)
  );
}

/** One reading out of several: all the same number, or the first problem, or a contradiction. */
function agreed(readings: readonly NumberRead[]): NumberRead {
  const problem = readings.find((reading) => reading.found === 'problem');
  if (problem) return problem;
  const numbers = readings.filter((reading) => reading.found === 'number');
  const values = new Set(numbers.map((reading) => reading.value));
  if (values.size > 1) {
    return {
      found: 'problem',
      outcome: 'unparseable',
      reason: `the answer gives different scores: ${[...values].join(', ')}`
    };
  }
  return readings.find((reading) => reading.found === 'cut') ?? numbers[0] ?? { found: 'absent' };
}

/** The number at `start`, with a look at what follows it. */
function numberAt(text: string, start: number, cut: boolean): NumberRead {
  NUMBER.lastIndex = start;
  const match = NUMBER.exec(text);
  if (match === null) {
    return cut && text.slice(start).trim() === '' ? { found: 'cut' } : { found: 'absent' };
  }
  const end = start + match[0].length;
  const tail = text.slice(end);
  if (cut && /^[.,/\ue100]?$/.test(tail)) return { found: 'cut' };
  const closed = tail.replace(/^["'\])}]+/, '');
  const problem = problemBehind(closed);
  if (problem)
    return { found: 'problem', outcome: 'unparseable', reason: `${problem}: "${match[0]}${glimpse(tail)}"` };
  return { found: 'number', value: toNumber(match[0]), end };
}

function problemBehind(tail: string): string | null {
  const rest = tail.replace(/^\ue100|^ ?%/, '');
  if (/^ ?(?:\/|out of\b|of\b) ?\d/.test(rest)) return 'a fraction of another maximum than 100';
  if (/^[.,]\d/.test(rest)) return 'not a number';
  if (/^\+|^ ?(?:±|\+\/-)/.test(rest)) return 'not one number';
  // "85points" and "85分" are units; "85th", "1e2" and "85px" are something else.
  if (/^[\p{L}_]/u.test(rest) && !/^(?:points?|分|点)/iu.test(rest)) return 'not a number';
  if (/^ *(?:[-–—~,;/<>]|\bto\b|\bor\b|\band\b|\bvs\.?|至|到|或) *[-+]?\.?\d/.test(rest))
    return 'more than one number';
  if (/^ +[-+]?\.?\d/.test(rest)) return 'more than one number';
  if (/^ *\n\s*[-+]?\d+(?:\.\d+)? *(?:\n|$)/.test(rest)) return 'more than one number';
  return null;
}

/** "72,5" is a decimal comma, "1,000" groups thousands. */
function toNumber(written: string): number {
  const text = written.replace(' ', '');
  return Number(
    /^[+-]?\d{1,3}(?:,\d{3})+(?:\.|$)/.test(text) ? text.replaceAll(',', '') : text.replace(',', '.')
  );
}

function glimpse(tail: string): string {
  const shown = tail.replaceAll(OF_HUNDRED, '/100').replace(/\s+/g, ' ');
  return shown.length > 20 ? `${shown.slice(0, 20)}…` : shown;
}
