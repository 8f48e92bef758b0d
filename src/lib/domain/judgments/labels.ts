/** Where an answer's label ends and its value should begin. */
export interface Labelled {
  /** Where the label itself begins. */
  start: number;
  /** The first character behind label, separator and opening brackets. */
  valueStart: number;
}

const WORDS =
  /\b(?:score|rating|answer|output|result|rank(?:s|ing|ings)?|scores)\b|质量(?:分数|评分|得分)|评分|得分|分数|答案|结果|排名|排序/giu;

/** What may stand between the beginning of a sentence and its label. */
const MODIFIERS =
  /(?:\b(?:so|thus|hence|therefore|the|my|your|our|a|final|overall|total|predicted|estimated|assigned|perceptual|perceived|visual|image|picture|quality|given|second|comparison|ranking|result|numeric|numerical|iqa|response)[ ]+|比较|质量|总体|综合|最终|图像|感知|的)+$/iu;

const HEDGE = '(?:(?:about|around|approximately|approx\\.?|roughly|circa|exactly|~|≈) ?)?';
const SEPARATOR = '(?:\\s*(?::|=>|=|->|→|–|—|-(?=\\s)|\\bis\\b|\\bwould be\\b|为|是))*';

const AFTER_LABEL = new RegExp(
  `["']?(?: (?:of|for) (?:this|the(?: (?:given|second|test|shown))?) image)?(?: ?\\([^()\\d]*\\))?(${SEPARATOR})(\\s*)["'[({\\s]*${HEDGE}["'[(]*`,
  'iuy'
);

/**
 * The places where a text says "Score:" about the whole judgment: at the beginning of a line or a clause, or as
 * "Score:" with a capital behind a lower-case word. "Sharpness score: 80" is about something else and is passed over.
 */
export function labelledPlaces(text: string): Labelled[] {
  const places: Labelled[] = [];
  for (const match of text.matchAll(WORDS)) {
    const word = match[0];
    const end = match.index + word.length;
    const before = text.slice(Math.max(0, match.index - 120), match.index);
    if (!isAnchored(before, word, text.charAt(end), match.index <= 120)) continue;
    AFTER_LABEL.lastIndex = end;
    const after = AFTER_LABEL.exec(text);
    if (after === null) continue;
    const valueStart = end + after[0].length;
    const separator = after[1] ?? '';
    const gap = after[2] ?? '';
    if (separator === '') {
      // "Score 85", or "Score" alone on its line and the value below: not "a score" within a sentence's flow.
      if (gap === '' && !/["'[({]/.test(text.charAt(end))) continue;
      if (gap.includes('\n') && !/(?:^|\n)\s*$/.test(before.replace(MODIFIERS, ''))) continue;
    }
    places.push({ start: match.index, valueStart });
  }
  return places;
}

function isAnchored(before: string, word: string, next: string, fromStart: boolean): boolean {
  const rest = before.replace(MODIFIERS, '');
  if (rest.trim() === '') return fromStart || /\n\s*$/.test(rest);
  if (/[\n.!?;:,{|"'>)\]\ue100][ ]*["']?[ ]*$/.test(rest)) return true;
  return /^S/.test(word) && next === ':' && /(?:^|[ \n])\p{Ll}+ $/u.test(rest);
}

/** The same, for sentences: "gives a score of 85", "the score would be 85". */
export const IN_SENTENCE = new RegExp(
  `\\b(?:(?:score|rating|output|answer|result)(?: (?:of|is|at|as|would be|to be)| ?[:=])+|I (?:would )?output) ["'[(]*${HEDGE}`,
  'giu'
);
