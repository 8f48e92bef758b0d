import type { Protocol, ScaleKind, Strategy, StudyDesign } from '../study.ts';

/**
 * The sentences of Wu et al.'s prompts (ECCV 2024, the conference slides), to the letter, with `[...]` after "in terms
 * of" filled. They are the instrument: whoever changes a word here raises `PROMPT_VERSION`.
 */

/** What the images of a prompt are called, a demonstration's before the judged ones. */
export const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth'
] as const;

export const NUMBER_WORDS: Readonly<Record<number, string>> = {
  2: 'two',
  3: 'three',
  4: 'four',
  5: 'five',
  6: 'six',
  7: 'seven',
  8: 'eight',
  10: 'ten',
  12: 'twelve',
  14: 'fourteen'
};

/** "a, b, and c": the attributes as they stand in a sentence. */
export function attributeList(attributes: readonly string[]): string {
  const [first, second] = attributes;
  if (first === undefined) throw new Error('a question names at least one visual attribute');
  if (attributes.length === 1) return first;
  if (attributes.length === 2) return `${first} and ${second}`;
  return `${attributes.slice(0, -1).join(', ')}, and ${attributes[attributes.length - 1]}`;
}

export const SCORE_RANGE =
  'The score must range from 0 to 100, with a higher score denoting better image quality.';
/** Of four, as the slides have it; groups of another size in the same words with their own numbers. */
const rankRange = (size: number) =>
  `The image with the lowest perceptual quality is ranked 0, and the image with the highest perceptual quality is ranked ${size - 1}.`;
const RANK_TIES =
  'If you judge that some distorted images have the same perceptual quality, their ranking can be the same.';

/** Which code stands for which choice; without ties the clause about the same quality is left out. */
function pairCodes(first: string, second: string, allowTies: boolean): string {
  const codes =
    `If you judge that the ${first} image has better quality than the ${second} image, output 1, ` +
    `if you judge that the ${second} image has better quality than the ${first} image, output 0`;
  return allowTies ? `${codes}, if you judge that two images have the same quality, output 2.` : `${codes}.`;
}

function rankCodes(allowTies: boolean, size: number): string {
  return allowTies ? `${rankRange(size)} ${RANK_TIES}` : rankRange(size);
}

/** Slides, (a): the question without the response format. `size`: how many images a group has. */
export function standardQuestion(
  protocol: Protocol,
  attributes: readonly string[],
  allowTies: boolean,
  size = 4
): string {
  const terms = attributeList(attributes);
  switch (protocol) {
    case 'single-stimulus':
      return `Please assign a perceptual quality score in terms of ${terms}. ${SCORE_RANGE}`;
    case 'double-stimulus':
      return (
        `Please assign a perceptual quality comparison result between the two images in terms of ${terms}. ` +
        pairCodes('first', 'second', allowTies)
      );
    case 'multiple-stimulus':
      return (
        `Please assign a perceptual quality ranking result among ${NUMBER_WORDS[size]} images in terms of ${terms}. ` +
        rankCodes(allowTies, size)
      );
  }
}

/** Slides, (b). */
export function chainOfThoughtQuestion(
  protocol: Protocol,
  attributes: readonly string[],
  allowTies: boolean,
  size = 4
): string {
  const terms = attributeList(attributes);
  switch (protocol) {
    case 'single-stimulus':
      return (
        `Please first detail its perceptual quality in terms of ${terms}. ` +
        'Then, based on the perceptual analysis of the given image, assign a quality score to the given image. ' +
        SCORE_RANGE
      );
    case 'double-stimulus':
      return (
        `Please first detail their perceptual quality comparison in terms of ${terms}. ` +
        'Then, based on the quality comparison analysis between them, ' +
        'assign a perceptual quality comparison result between the two images. ' +
        pairCodes('first', 'second', allowTies)
      );
    case 'multiple-stimulus':
      return (
        `Please first detail their perceptual quality comparison in terms of ${terms}. ` +
        'Then, based on the quality comparison analysis among them, ' +
        `please assign a perceptual quality ranking result among ${NUMBER_WORDS[size]} images. ` +
        rankCodes(allowTies, size)
      );
  }
}

/** The demonstration's human answer, in the words and codes of the slides' examples. */
export type Demonstration =
  | { protocol: 'single-stimulus'; score: number }
  | { protocol: 'double-stimulus'; choice: 'first' | 'second' | 'same' }
  | { protocol: 'multiple-stimulus'; ranks: readonly number[] };

/** Slides, (c), with the demonstration's real human values in the places of the example's. */
export function inContextQuestion(
  demonstration: Demonstration,
  attributes: readonly string[],
  allowTies: boolean
): string {
  const terms = attributeList(attributes);
  switch (demonstration.protocol) {
    case 'single-stimulus':
      return (
        `For the shown two images, the human perceptual quality score of the first image is ${demonstration.score}. ` +
        `Now, based on the above example, please assign a perceptual quality score to the second image in terms of ${terms}. ` +
        SCORE_RANGE
      );
    case 'double-stimulus': {
      const result = {
        first: 'the first image is of better quality than the second image',
        second: 'the second image is of better quality than the first image',
        same: 'the first image and the second image are of the same quality'
      }[demonstration.choice];
      return (
        'For the first two images (the first and the second images), ' +
        `the human perceptual quality comparison result is that ${result}. ` +
        'Now, based on the above example, please assign a perceptual quality comparison result ' +
        `between the second two images (the third and the fourth images) in terms of ${terms}. ` +
        pairCodes('third', 'fourth', allowTies)
      );
    }
    case 'multiple-stimulus': {
      const size = demonstration.ranks.length;
      const number = NUMBER_WORDS[size];
      const place = (index: number) => ORDINALS[index] as string;
      const ranks = demonstration.ranks.map((rank, slot) => `${place(slot)}: ${rank}`).join(', ');
      return (
        `For the shown ${NUMBER_WORDS[2 * size]} images, for the first ${number} images (from the first to the ${place(size - 1)} images), ` +
        `the human perceptual quality ranking result is [${ranks}]. ` +
        'Now, based on the above example, please assign a perceptual quality ranking result ' +
        `among the second ${number} images (from the ${place(size)} to the ${place(2 * size - 1)} images) in terms of ${terms}. ` +
        rankCodes(allowTies, size)
      );
    }
  }
}

/** What the judged images are called in a prompt, in the order shown: after a demonstration they count on. */
export function judgedNames(protocol: Protocol, strategy: Strategy, size = 4): readonly string[] {
  const demonstrated = strategy === 'in-context';
  switch (protocol) {
    case 'single-stimulus':
      return demonstrated ? ['second'] : ['first'];
    case 'double-stimulus':
      return demonstrated ? ['third', 'fourth'] : ['first', 'second'];
    case 'multiple-stimulus':
      return demonstrated ? ORDINALS.slice(size, 2 * size) : ORDINALS.slice(0, size);
  }
}

/** What a score may be, as people read it. */
const PEOPLE_SCORES: Readonly<Record<ScaleKind, string>> = {
  'continuous-100': SCORE_RANGE,
  'ccr-7': SCORE_RANGE,
  'acr-5': 'The score must be one of five grades: Bad (1), Poor (2), Fair (3), Good (4), or Excellent (5).',
  'acr-9':
    'The score must be one of nine grades, with Bad at 1, Poor at 3, Fair at 5, Good at 7, and Excellent at 9; ' +
    'the grades between lie between two of them.',
  'dcr-5':
    'The score must be one of five grades: the impairment is Very annoying (1), Annoying (2), Slightly annoying (3), ' +
    'Perceptible but not annoying (4), or Imperceptible (5).'
};

const PEOPLE_CCR =
  'Say how the quality of the second image compares to the quality of the first: Much worse (−3), Worse (−2), ' +
  'Slightly worse (−1), About the same (0), Slightly better (+1), Better (+2), or Much better (+3).';

/**
 * The standard question as people read it: the same task and the same attributes; the codes that a model writes
 * become what a person does on the page.
 */
export function peopleQuestion(
  design: Pick<StudyDesign, 'scenario' | 'attributes' | 'allowTies' | 'groupSize'> & {
    protocol: Protocol;
    scale: ScaleKind;
    counterpart?: boolean;
  }
): string {
  const terms = attributeList(design.attributes);
  const what = `The image marked as the reference is ${design.counterpart === true ? 'what to compare with' : 'the undistorted original'}.`;
  const reference =
    design.scenario === 'full-reference'
      ? design.protocol === 'single-stimulus'
        ? `${what} Judge the other image against it. `
        : `${what} It is not judged itself: judge the other images against it. `
      : '';
  switch (design.protocol) {
    case 'single-stimulus':
      return design.scale === 'dcr-5'
        ? `${reference}Please assign a score to how the image is impaired in terms of ${terms}. ${PEOPLE_SCORES['dcr-5']}`
        : `${reference}Please assign a perceptual quality score in terms of ${terms}. ${PEOPLE_SCORES[design.scale]}`;
    case 'double-stimulus':
      if (design.scale === 'ccr-7') {
        return (
          `${reference}Please assign a perceptual quality comparison result between the two images in terms of ${terms}. ` +
          PEOPLE_CCR
        );
      }
      return (
        `${reference}Please assign a perceptual quality comparison result between the two images in terms of ${terms}. ` +
        'If you judge that the first image has better quality than the second image, choose the first, ' +
        'if you judge that the second image has better quality than the first image, choose the second' +
        (design.allowTies ? ', if you judge that two images have the same quality, choose same.' : '.')
      );
    case 'multiple-stimulus':
      return (
        `${reference}Please assign a perceptual quality ranking result among ${NUMBER_WORDS[design.groupSize ?? 4]} images in terms of ${terms}. ` +
        'Order them from the lowest to the highest perceptual quality.' +
        (design.allowTies ? ` ${RANK_TIES}` : '')
      );
  }
}
