import { peopleOnlyReason } from '../scales.ts';
import { STIMULI_PER_TRIAL, type Protocol, type Scenario, type Strategy } from '../study.ts';
import { chainOfThought } from './chain-of-thought.ts';
import { demonstrationHasTies, inContext } from './in-context.ts';
import type { ComposedPrompt, PromptPart, PromptRequest, QuestionRequest } from './prompt.ts';
import { formatSentence, responseFormat } from './response-format.ts';
import { standard } from './standard.ts';

export type { ComposedPrompt, ImageSlot, PromptPart, PromptRequest } from './prompt.ts';

/** Raised with every change to the wording, so that completions of different wordings never mix unseen. */
export const PROMPT_VERSION = 1;

const QUESTIONS: Readonly<Record<Strategy, (request: QuestionRequest) => string>> = {
  standard,
  'chain-of-thought': chainOfThought,
  'in-context': inContext
};

/** Why this cannot be asked, as a sentence, or null. */
export function promptProblem(request: Omit<PromptRequest, 'edited'>): string | null {
  const exemplars = request.exemplars ?? request.design.exemplars;
  const { protocol, design } = request;
  const peopleOnly = peopleOnlyReason({
    protocol,
    scale: design.scale ?? 'continuous-100',
    groupSize: design.groupSize
  });
  if (peopleOnly !== null) return peopleOnly;
  if (request.readout === 'logprobs' && request.protocol === 'multiple-stimulus') {
    return 'A ranking cannot be read from token probabilities: use the text or the JSON readout.';
  }
  if (request.strategy !== 'in-context') return null;
  const wanted = STIMULI_PER_TRIAL[request.protocol];
  if (exemplars.length !== wanted) {
    return (
      `In-context prompting needs a demonstration of ${wanted} ${wanted === 1 ? 'exemplar' : 'exemplars'} ` +
      `for ${request.protocol}, and the study has ${exemplars.length}.`
    );
  }
  if (request.scenario === 'full-reference' && exemplars.some((exemplar) => exemplar.referenceId === null)) {
    return 'A full-reference demonstration needs its own reference.';
  }
  if (!request.design.allowTies && demonstrationHasTies(exemplars)) {
    return 'The exemplars have equal human values, and this study allows no ties.';
  }
  return null;
}

/**
 * The prompt of one of the eighteen (3 protocols × 3 strategies × {FR, NR}), under one readout. Images come first, the
 * demonstration's before the judged ones, then the question in the slides' words, then our response format. In
 * full-reference studies every image stands under a label and a sentence in front says which are references.
 *
 * Throws where `promptProblem` has something to say: ask it before a run starts.
 */
export function composePrompt(request: PromptRequest): ComposedPrompt {
  const problem = promptProblem(request);
  if (problem !== null) throw new Error(problem);
  const { protocol, strategy, scenario, readout, edited } = request;
  const exemplars = request.exemplars ?? request.design.exemplars;
  const { allowTies } = request.design;
  const format = { protocol, strategy, readout, allowTies };
  const question =
    edited?.text ??
    `${QUESTIONS[strategy]({ design: { ...request.design, exemplars, protocol } })} ${formatSentence(format)}`;
  const images =
    scenario === 'full-reference'
      ? imagesWithReferences(protocol, strategy)
      : imagesAlone(protocol, strategy);
  return {
    promptId: edited?.id ?? promptId(request),
    promptVersion: edited?.version ?? PROMPT_VERSION,
    system: null,
    parts: [...images, { type: 'text', text: question }],
    responseFormat: responseFormat(format)
  };
}

function promptId({ protocol, strategy, scenario, readout, design }: PromptRequest): string {
  const parts: string[] = [protocol, strategy, shortScenario(scenario), readout];
  if (!design.allowTies && protocol !== 'single-stimulus') parts.push('no-ties');
  return parts.join('/');
}

function shortScenario(scenario: Scenario): 'fr' | 'nr' {
  return scenario === 'full-reference' ? 'fr' : 'nr';
}

/** Without references nothing but the images stands before the question, as in the slides. */
function imagesAlone(protocol: Protocol, strategy: Strategy): PromptPart[] {
  const size = STIMULI_PER_TRIAL[protocol];
  const parts: PromptPart[] = [];
  if (strategy === 'in-context') {
    for (let index = 0; index < size; index++)
      parts.push({ type: 'image', slot: { kind: 'exemplar', index } });
  }
  for (let index = 0; index < size; index++) parts.push({ type: 'image', slot: { kind: 'test', index } });
  return parts;
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'] as const;
const NUMBERS: Readonly<Record<number, string>> = {
  2: 'Two',
  3: 'Three',
  4: 'Four',
  5: 'Five',
  6: 'Six',
  10: 'Ten'
};

function imagesWithReferences(protocol: Protocol, strategy: Strategy): PromptPart[] {
  const size = STIMULI_PER_TRIAL[protocol];
  const parts: PromptPart[] = [{ type: 'text', text: referenceSentences(protocol, strategy) }];
  const push = (
    label: string,
    kind: 'reference' | 'test' | 'exemplar' | 'exemplar-reference',
    index: number
  ) => parts.push({ type: 'text', text: `${label}:` }, { type: 'image', slot: { kind, index } });

  if (strategy !== 'in-context') {
    push('Reference image', 'reference', 0);
    for (let index = 0; index < size; index++) {
      push(size === 1 ? 'Given image' : `${capital(ORDINALS[index] as string)} image`, 'test', index);
    }
    return parts;
  }
  push(`Reference of ${namesFrom(0, size)}`, 'exemplar-reference', 0);
  for (let index = 0; index < size; index++)
    push(`${capital(ORDINALS[index] as string)} image`, 'exemplar', index);
  push(`Reference of ${namesFrom(size, size)}`, 'reference', 0);
  for (let index = 0; index < size; index++) {
    push(`${capital(ORDINALS[size + index] as string)} image`, 'test', index);
  }
  return parts;
}

/** Which of the images shown are references, by their number among all of them, and that the words below skip them. */
function referenceSentences(protocol: Protocol, strategy: Strategy): string {
  const size = STIMULI_PER_TRIAL[protocol];
  if (strategy !== 'in-context') {
    return size === 1
      ? 'Two images are shown, each below its label. Image 1 of 2 is the reference image: it is undistorted. ' +
          'Image 2 of 2 is the given image, and the only one to be judged. Judge its quality relative to the reference image.'
      : `${NUMBERS[size + 1]} images are shown, each below its label. Image 1 of ${size + 1} is the reference image: it is undistorted, ` +
          `it is not judged, and it is not counted among the ${size === 2 ? 'two' : 'four'} images below. ` +
          `The ${size === 2 ? 'first and the second images' : 'first to the fourth images'} are images 2 ${size === 2 ? 'and' : 'to'} ${size + 1} of ${size + 1}. ` +
          'Judge their quality relative to the reference image.';
  }
  const total = 2 * size + 2;
  return (
    `${NUMBERS[total]} images are shown, each below its label. Two of them are undistorted reference images, ` +
    `which are not judged and not counted below, where the shown ${{ 1: 'two', 2: 'four', 4: 'eight' }[size]} images are the others: ` +
    `image 1 of ${total} is the reference of ${namesFrom(0, size)}, and image ${size + 2} of ${total} is the reference of ${namesFrom(size, size)}. ` +
    'The quality of an image is judged relative to its own reference image.'
  );
}

/** "the first image", "the third and the fourth images", "the fifth to the eighth images". */
function namesFrom(start: number, size: 1 | 2 | 4): string {
  const first = ORDINALS[start] as string;
  const last = ORDINALS[start + size - 1] as string;
  if (size === 1) return `the ${first} image`;
  return size === 2 ? `the ${first} and the ${last} images` : `the ${first} to the ${last} images`;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
