import { NUMBER_WORDS, ORDINALS } from '../prompts/wording.ts';
import type { Strategy } from '../study.ts';
import type { ParseFailure } from './judgment.ts';
import { labelledPlaces } from './labels.ts';

/** Ranks in the order shown, unchecked but for being as many as are asked for, or what is wrong. */
export type RanksRead =
  | { found: 'ranks'; ranks: number[] }
  | { found: 'problem'; outcome: ParseFailure; reason: string }
  | { found: 'cut' }
  | { found: 'absent' };

const SHORT = ['1st', '2nd', '3rd', ...Array.from({ length: 9 }, (_, index) => `${index + 4}th`)];
const CHINESE = '一二三四五六七八九十';
const NUMBER = '1[0-2]|[1-9]';

const NAME = `(?:the )?(${[...ORDINALS, ...SHORT].join('|')})(?: (?:given |shown |distorted |test )?image)?|(?:image|img|picture)[ _]?#?(${NUMBER})|第([${CHINESE}]|${NUMBER})(?:张|幅|个)?(?:图像|图片|图)?`;
const VALUE = '([+-]?\\d+(?:[.,]\\d+)?)(?![\\d./,]*\\d|[\\p{L}_%])';
const NAMED = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${NAME})["']?(?: ?\\([^()\\d]*\\))?\\s*(?::|=>|=|->|→|–|—|-(?= )|(?:is|was|gets|receives|has|:)? ?\\b(?:a )?(?:rank(?:ed|s|ing)?|scored?)\\b(?: (?:of|as|is|at))?:?|is|为|是|排名)["'[(\\s]*(?:rank(?:ed)? ?:? ?)?${VALUE}`,
  'giu'
);
/** "1. 0", "2) 3": the number in front names the image. */
const NUMBERED_LINE = new RegExp(`^ *([1-8])[.)] +(?:rank:? ?)?${VALUE} *$`, 'gimu');
const LIST = /^[[({\s]*([+-]?\d+(?:\.\d+)?(?:(?:\s*[,;]\s*|\s+)[+-]?\d+(?:\.\d+)?)+)(\s*[\])}])?/;
const BRACKETED = /[[({]\s*([+-]?\d+(?:\.\d+)?(?:\s*[,;]\s*[+-]?\d+(?:\.\d+)?)+)\s*[\])}]/g;

/**
 * The ranking in a cleaned text: behind "Score:", "Ranking:" and their like, else in the text as a whole. Ranks are
 * named (of four first … fourth, or fifth … eighth after a demonstration; also "Image 2: 1", "2nd: 1") or a bare list.
 * Several rankings must agree.
 */
export function readRanking(text: string, cut: boolean, strategy: Strategy | undefined, size = 4): RanksRead {
  const places = labelledPlaces(text);
  const segments = places.map((place, index) =>
    text.slice(place.valueStart, places[index + 1]?.start ?? text.length)
  );
  const labelled = agreed(segments.map((segment) => readSegment(segment, cut, strategy, size)));
  if (labelled.found === 'ranks' || labelled.found === 'cut') return labelled;
  const whole = readWhole(text, cut, strategy, size);
  return whole.found === 'absent' || (whole.found === 'problem' && labelled.found === 'problem')
    ? labelled
    : whole;
}

function readSegment(segment: string, cut: boolean, strategy: Strategy | undefined, size: number): RanksRead {
  const named = readNamed(segment, cut, strategy, size);
  if (named.found !== 'absent') return named;
  const list = LIST.exec(segment);
  if (list === null) {
    return /^[[({\s]*[+-]?\d/.test(segment)
      ? unparseable(`one number is not a ranking of ${NUMBER_WORDS[size]}`)
      : { found: 'absent' };
  }
  const rest = segment.slice(list[0].length);
  if (cut && rest === '' && list[2] === undefined) return { found: 'cut' };
  if (/^\s*[<>/.%]\s*\d|^[\p{L}_]/u.test(rest)) return unparseable('not a list of ranks');
  const lists = [toList(list[1] as string), ...bracketed(rest)];
  return agreed(lists.map((one) => ranksOf(one, size)));
}

/** Without a label only a complete naming, one bracketed list, or a text that is nothing but a list will do. */
function readWhole(text: string, cut: boolean, strategy: Strategy | undefined, size: number): RanksRead {
  const named = readNamed(text, cut, strategy, size);
  if (named.found !== 'absent') return named;
  const list = LIST.exec(text);
  if (list !== null && /^[\s.!]*$/.test(text.slice(list[0].length))) {
    return cut && list[2] === undefined ? { found: 'cut' } : ranksOf(toList(list[1] as string), size);
  }
  const lists = bracketed(text);
  return lists.length === 0 ? { found: 'absent' } : agreed(lists.map((one) => ranksOf(one, size)));
}

function readNamed(text: string, cut: boolean, strategy: Strategy | undefined, size: number): RanksRead {
  const ranks = new Map<number, number>();
  const matches = [...text.matchAll(NAMED)].map((match) => ({
    place: placeOf(match[1], match[2] ?? match[3]),
    value: match[4] as string,
    end: match.index + match[0].length
  }));
  for (const match of text.matchAll(NUMBERED_LINE)) {
    matches.push({
      place: Number(match[1]) - 1,
      value: match[2] as string,
      end: match.index + match[0].length
    });
  }
  // No prompt has more images than a demonstration and a group.
  const named = matches.filter(({ place }) => place < 2 * size);
  if (named.length === 0) return { found: 'absent' };
  for (const { place, value } of named) {
    const rank = Number(value.replace(',', '.'));
    const known = ranks.get(place);
    if (known !== undefined && known !== rank) {
      return unparseable(`the ${ORDINALS[place]} image has two ranks, ${known} and ${rank}`);
    }
    ranks.set(place, rank);
  }
  if (cut && named.some(({ end }) => end === text.length)) return { found: 'cut' };
  const early = Array.from({ length: size }, (_, place) => place);
  const late = early.map((place) => size + place);
  const has = (places: number[]) => places.every((place) => ranks.has(place));
  const hasAny = (places: number[]) => places.some((place) => ranks.has(place));
  // After a demonstration the first ones are people's ranks repeated, if they are there at all.
  const wanted = strategy === 'in-context' ? late : strategy === undefined && !hasAny(early) ? late : early;
  if (!has(wanted) || (strategy !== 'in-context' && hasAny(wanted === early ? late : early))) {
    const names = [...ranks.keys()].sort((a, b) => a - b).map((place) => ORDINALS[place]);
    return unparseable(`ranks are given for ${names.join(', ')}`);
  }
  return { found: 'ranks', ranks: wanted.map((place) => ranks.get(place) as number) };
}

function placeOf(ordinal: string | undefined, digit: string | undefined): number {
  if (ordinal !== undefined) {
    const lower = ordinal.toLowerCase();
    const place = ORDINALS.findIndex((name) => name === lower);
    return place >= 0 ? place : SHORT.findIndex((name) => name === lower);
  }
  const chinese = CHINESE.indexOf(digit ?? '');
  return chinese >= 0 ? chinese : Number(digit) - 1;
}

function bracketed(text: string): number[][] {
  return [...text.matchAll(BRACKETED)].map((match) => toList(match[1] as string));
}

function toList(written: string): number[] {
  return written
    .split(/[\s,;]+/)
    .filter((item) => item !== '')
    .map(Number);
}

function ranksOf(list: readonly number[], size: number): RanksRead {
  if (list.length !== size) {
    return unparseable(`a ranking of ${list.length}, where ${NUMBER_WORDS[size]} are asked for`);
  }
  return { found: 'ranks', ranks: list.slice() };
}

function agreed(readings: readonly RanksRead[]): RanksRead {
  const found = readings.filter((reading) => reading.found === 'ranks');
  const different = new Set(found.map((reading) => reading.ranks.join(' ')));
  if (different.size > 1)
    return unparseable(`the answer gives different rankings: ${[...different].join('; ')}`);
  if (found[0]) return found[0];
  return (
    readings.find((reading) => reading.found === 'cut') ??
    readings.find((reading) => reading.found === 'problem') ?? { found: 'absent' }
  );
}

function unparseable(reason: string): RanksRead {
  return { found: 'problem', outcome: 'unparseable', reason };
}
