import { peopleOnlyReason } from '../scales.ts';
import { stimuliPerTrial, type Scenario, type Strategy } from '../study.ts';
import { chainOfThought } from './chain-of-thought.ts';
import { demonstrationHasTies, inContext } from './in-context.ts';
import type { ComposedPrompt, PromptPart, PromptRequest, QuestionRequest } from './prompt.ts';
import { formatSentence, responseFormat } from './response-format.ts';
import { standard } from './standard.ts';
import { NUMBER_WORDS, ORDINALS } from './wording.ts';

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
    scale: design.scale ?? 'continuous-100'
  });
  if (peopleOnly !== null) return peopleOnly;
  if (request.readout === 'logprobs' && request.protocol === 'multiple-stimulus') {
    return 'A ranking cannot be read from token probabilities: use the text or the JSON readout.';
  }
  if (request.strategy !== 'in-context') return null;
  const wanted = stimuliPerTrial({ protocol, groupSize: design.groupSize });
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
  const { allowTies, groupSize } = request.design;
  const format = { protocol, strategy, readout, allowTies, groupSize };
  const size = stimuliPerTrial({ protocol, groupSize });
  const question =
    edited?.text ??
    `${QUESTIONS[strategy]({ design: { ...request.design, exemplars, protocol } })} ${formatSentence(format)}`;
  const images =
    scenario === 'full-reference' ? imagesWithReferences(size, strategy) : imagesAlone(size, strategy);
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
  if (protocol === 'multiple-stimulus' && design.groupSize !== undefined) {
    parts.push(`groups-of-${design.groupSize}`);
  }
  return parts.join('/');
}

function shortScenario(scenario: Scenario): 'fr' | 'nr' {
  return scenario === 'full-reference' ? 'fr' : 'nr';
}

/** Without references nothing but the images stands before the question, as in the slides. */
function imagesAlone(size: number, strategy: Strategy): PromptPart[] {
  const parts: PromptPart[] = [];
  if (strategy === 'in-context') {
    for (let index = 0; index < size; index++)
      parts.push({ type: 'image', slot: { kind: 'exemplar', index } });
  }
  for (let index = 0; index < size; index++) parts.push({ type: 'image', slot: { kind: 'test', index } });
  return parts;
}

/** How many images are shown, as a sentence begins with it. */
const many = (count: number) => capital(NUMBER_WORDS[count] as string);

function imagesWithReferences(size: number, strategy: Strategy): PromptPart[] {
  const parts: PromptPart[] = [{ type: 'text', text: referenceSentences(size, strategy) }];
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
function referenceSentences(size: number, strategy: Strategy): string {
  if (strategy !== 'in-context') {
    return size === 1
      ? 'Two images are shown, each below its label. Image 1 of 2 is the reference image: it is undistorted. ' +
          'Image 2 of 2 is the given image, and the only one to be judged. Judge its quality relative to the reference image.'
      : `${many(size + 1)} images are shown, each below its label. Image 1 of ${size + 1} is the reference image: it is undistorted, ` +
          `it is not judged, and it is not counted among the ${NUMBER_WORDS[size]} images below. ` +
          `The ${size === 2 ? 'first and the second images' : `first to the ${ORDINALS[size - 1]} images`} are images 2 ${size === 2 ? 'and' : 'to'} ${size + 1} of ${size + 1}. ` +
          'Judge their quality relative to the reference image.';
  }
  const total = 2 * size + 2;
  return (
    `${many(total)} images are shown, each below its label. Two of them are undistorted reference images, ` +
    `which are not judged and not counted below, where the shown ${NUMBER_WORDS[2 * size]} images are the others: ` +
    `image 1 of ${total} is the reference of ${namesFrom(0, size)}, and image ${size + 2} of ${total} is the reference of ${namesFrom(size, size)}. ` +
    'The quality of an image is judged relative to its own reference image.'
  );
}

/** "the first image", "the third and the fourth images", "the fifth to the eighth images". */
function namesFrom(start: number, size: number): string {
  const first = ORDINALS[start] as string;
  const last = ORDINALS[start + size - 1] as string;
  if (size === 1) return `the ${first} image`;
  return size === 2 ? `the ${first} and the ${last} images` : `the ${first} to the ${last} images`;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
