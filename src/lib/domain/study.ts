import { extraProblems, type GoldPlan, type TrainingPlan } from './extra-trials.ts';
import { scalesFor } from './scales.ts';
import { sittingProblems, type SittingPlan } from './sitting-plan.ts';
import { LANGUAGES, type Language } from './words/words.ts';

/** How stimuli are put before an observer: BT.500's "method". */
export type Protocol = 'single-stimulus' | 'double-stimulus' | 'multiple-stimulus';
export const PROTOCOLS: readonly Protocol[] = ['single-stimulus', 'double-stimulus', 'multiple-stimulus'];

/** Whether the undistorted original stands beside what is judged. */
export type Scenario = 'full-reference' | 'no-reference';
export const SCENARIOS: readonly Scenario[] = ['full-reference', 'no-reference'];

/** How a model is prompted. Protocol × strategy are the nine prompting systems of Wu et al. (ECCV 2024). */
export type Strategy = 'standard' | 'chain-of-thought' | 'in-context';
export const STRATEGIES: readonly Strategy[] = ['standard', 'chain-of-thought', 'in-context'];

/**
 * On what a person answers. Scores: a slider from 0 to 100, the five or nine grades of ITU-T P.910's ACR, or its DCR's
 * five grades of impairment. Pairs: `ccr-7`, the seven grades of ITU-T P.800's CCR; anything else is a plain choice.
 */
export type ScaleKind = 'continuous-100' | 'acr-5' | 'acr-9' | 'dcr-5' | 'ccr-7';
export const SCALE_KINDS: readonly ScaleKind[] = ['continuous-100', 'acr-5', 'acr-9', 'dcr-5', 'ccr-7'];

/** Where a reference stands: as the room allows (beside, else above, else in place), or in one of these ways alone. */
export type ReferencePlace = 'auto' | 'beside' | 'above' | 'in-place';
export const REFERENCE_PLACES: readonly ReferencePlace[] = ['auto', 'beside', 'above', 'in-place'];

/** How many stimuli a ranking may order. */
export const GROUP_SIZES = [2, 3, 4, 5, 6] as const;
export type GroupSize = (typeof GROUP_SIZES)[number];

/** Grey between two trials unless the study says otherwise. */
export const DEFAULT_INTERVAL_MS = 500;

/** What happens when a trial does not fit the screen at one image pixel per device pixel. */
export type FitPolicy = 'refuse' | 'scroll' | 'scale';
export const FIT_POLICIES: readonly FitPolicy[] = ['refuse', 'scroll', 'scale'];

/** The visual attributes that an instruction names unless the study says otherwise. */
export const DEFAULT_ATTRIBUTES: readonly string[] = [
  'structure and texture preservation',
  'color and luminance reproduction',
  'noise',
  'contrast',
  'sharpness',
  'any other low-level distortions'
];

/** A stimulus that serves as a demonstration: never a test stimulus, shown to people as training. */
export interface Exemplar {
  stimulusId: string;
  /** Its own undistorted original in a full-reference study, else null. */
  referenceId: string | null;
  /** The real human value from the dataset, mapped linearly to 0–100, higher is better (`onHundredScale`). */
  quality: number;
}

/**
 * Everything about a study that is frozen at its lock and enters its design hash. Plain JSON: no dates, no
 * classes, no undefined. Stimuli and trials are hashed beside it (`planning/design-text.ts`).
 */
export interface StudyDesign {
  protocol: Protocol;
  scenario: Scenario;
  /** `answerScale` says what a trial asks for. Models always answer on 0–100; grades are mapped there. */
  scale: ScaleKind;
  /** Whether `same` (double-stimulus) and equal ranks (multiple-stimulus) may be answered. */
  allowTies: boolean;
  /** What quality is judged in terms of; joined with commas and "and". */
  attributes: readonly string[];
  /** What people read before the trials; `protocols[…].questionForPeople(design)` is the text to start from. */
  instructions: string;
  /** Double-stimulus: k, with k·N pairs planned over N stimuli (per reference in full-reference studies). */
  pairsPerImage: number;
  /** Multiple-stimulus: m, with m·N groups planned over N stimuli. */
  groupsPerImage: number;
  /** One demonstration (1, 2 or 4 exemplars by protocol, in the order shown), or none. */
  exemplars: readonly Exemplar[];
  /** From which the trials are planned. */
  seed: number;
  fitPolicy: FitPolicy;
  /** How many test trials one person sees, least-filled first; null for all of them. Models see all. */
  trialsPerSession: number | null;
  /** Whether people see each pair twice with the sides swapped. A model's run decides that by itself. */
  bothOrders: boolean;
  /** How many test trials one person sees a second time, unannounced. */
  hiddenRepeats: number;
  /** Images are downsized so that the longer side is at most this, for people and models alike; null for never. */
  maxSidePx: number | null;
  /** An answer is not accepted sooner than this after onset; null for no lower bound. */
  shortestViewMs: number | null;
  /** The stimuli are hidden this long after onset (the answer stays open); null for no upper bound. */
  longestViewMs: number | null;
  /** Multiple-stimulus: how many stimuli a group has. Absent for four, which alone models are asked for. */
  groupSize?: Exclude<GroupSize, 4>;
  /** Full-reference: absent for `auto`. */
  referencePlace?: Exclude<ReferencePlace, 'auto'>;
  /** Grey between two trials; absent for `DEFAULT_INTERVAL_MS`. */
  intervalMs?: number;
  /**
   * Double-stimulus: a person's pairs are those whose votes are expected to say most about the scale so far, among the
   * study's own (`planning/active-pairs.ts`). Absent for the least-filled first.
   */
  assignment?: 'active';
  /**
   * Where the trials come from: `votes`: they are exactly those that a file of votes collected elsewhere holds. Absent where
   * they were planned here (`pairsPerImage`, `groupsPerImage`).
   */
  trialsFrom?: 'votes';
  /** What surrounds a person's trials; absent where nothing does. */
  sitting?: SittingPlan;
  /** Practice before a person's trials, besides the exemplars' one; absent where there is none. */
  training?: TrainingPlan;
  /** Trials with a known answer, spread over each person's sitting; absent where there are none. */
  gold?: GoldPlan;
  /** How many trials ask for one end of the answer instead of a judgment; absent for none. */
  traps?: number;
  /** What the rating room speaks; absent for the language of each rater's browser. */
  language?: Language;
}

/**
 * The fields of a design that came after the first studies were planned are absent at their defaults, so that a design
 * which does not use them has the text, and the hash, that it always had.
 */
export function withoutDefaults(
  design: Omit<StudyDesign, 'groupSize' | 'referencePlace'> & {
    groupSize?: GroupSize;
    referencePlace?: ReferencePlace;
  }
): StudyDesign {
  const { groupSize = 4, referencePlace = 'auto', intervalMs = DEFAULT_INTERVAL_MS, ...rest } = design;
  return {
    ...rest,
    ...(design.protocol === 'multiple-stimulus' && groupSize !== 4 ? { groupSize } : {}),
    ...(design.scenario === 'full-reference' && referencePlace !== 'auto' ? { referencePlace } : {}),
    ...(intervalMs === DEFAULT_INTERVAL_MS ? {} : { intervalMs })
  };
}

/** How many judged stimuli one trial of a study holds; so many exemplars make one demonstration, too. */
export function stimuliPerTrial(design: Pick<StudyDesign, 'protocol' | 'groupSize'>): number {
  return design.protocol === 'multiple-stimulus'
    ? (design.groupSize ?? 4)
    : STIMULI_PER_TRIAL[design.protocol];
}

/** The same where nothing is said of groups: as the prompts have it. */
export const STIMULI_PER_TRIAL: Readonly<Record<Protocol, 1 | 2 | 4>> = {
  'single-stimulus': 1,
  'double-stimulus': 2,
  'multiple-stimulus': 4
};

/** A design with the defaults of Wu et al.: 5 pairs and 2 groups per image, ties allowed, 0–100, 1:1 or refuse. */
export function defaultDesign(protocol: Protocol, scenario: Scenario, seed = 1): StudyDesign {
  return {
    protocol,
    scenario,
    scale: 'continuous-100',
    allowTies: true,
    attributes: DEFAULT_ATTRIBUTES,
    instructions: '',
    pairsPerImage: 5,
    groupsPerImage: 2,
    exemplars: [],
    seed,
    fitPolicy: 'refuse',
    trialsPerSession: null,
    bothOrders: false,
    hiddenRepeats: 0,
    maxSidePx: null,
    shortestViewMs: null,
    longestViewMs: null
  };
}

/** A design's own contradictions, one sentence each; empty when there are none. Planning has its own refusals. */
export function designProblems(design: StudyDesign): string[] {
  const problems: string[] = [];
  const wholeFrom = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  if (design.attributes.length === 0 || design.attributes.some((attribute) => attribute.trim() === '')) {
    problems.push('A study names at least one visual attribute, and none of them is empty.');
  }
  if (!wholeFrom(design.pairsPerImage, 1)) {
    problems.push(`Pairs per image is a whole number from 1, not ${design.pairsPerImage}.`);
  }
  if (!wholeFrom(design.groupsPerImage, 1)) {
    problems.push(`Groups per image is a whole number from 1, not ${design.groupsPerImage}.`);
  }
  if (!Number.isSafeInteger(design.seed)) problems.push(`A seed is a whole number, not ${design.seed}.`);
  const scales = scalesFor(design.protocol, design.scenario);
  if (design.protocol === 'single-stimulus' && !scales.includes(design.scale)) {
    problems.push(
      design.scale === 'dcr-5'
        ? 'DCR grades an impairment against the reference: it needs a full-reference study.'
        : `A single-stimulus study has no scale ${design.scale}.`
    );
  }
  if (design.protocol === 'double-stimulus' && design.scale === 'ccr-7' && !design.allowTies) {
    problems.push('CCR has a grade for "about the same": it needs ties allowed.');
  }
  if (!GROUP_SIZES.includes(design.groupSize ?? 4)) {
    problems.push(`A group has 2 to 6 images, not ${design.groupSize}.`);
  }
  if (!REFERENCE_PLACES.includes(design.referencePlace ?? 'auto')) {
    problems.push(`A reference cannot stand ${JSON.stringify(design.referencePlace)}.`);
  }
  const { attention, usable } = design.sitting ?? {};
  for (const [field, rule] of Object.entries({ attention, usable })) {
    if (rule?.gold !== undefined && design.gold === undefined) {
      problems.push(`sitting.${field}.gold needs gold trials.`);
    }
    if (rule?.trapMisses !== undefined && !design.traps) {
      problems.push(`sitting.${field}.trapMisses needs traps.`);
    }
  }
  if (usable?.repeats !== undefined && design.hiddenRepeats === 0 && !design.bothOrders) {
    problems.push('sitting.usable.repeats needs hidden repeats, or both orders.');
  }
  if (!FIT_POLICIES.includes(design.fitPolicy)) {
    problems.push(`fitPolicy is ${FIT_POLICIES.join(', ')}, not ${JSON.stringify(design.fitPolicy)}.`);
  }
  const intervalMs = design.intervalMs ?? DEFAULT_INTERVAL_MS;
  if (!wholeFrom(intervalMs, 0) || intervalMs > 10_000) {
    problems.push(`The grey interval is a whole number of milliseconds up to 10,000, not ${intervalMs}.`);
  }
  problems.push(...extraProblems(design));
  if (design.sitting !== undefined) problems.push(...sittingProblems(design.sitting));
  if (design.language !== undefined && !LANGUAGES.includes(design.language)) {
    problems.push(`The rating room does not speak ${JSON.stringify(design.language)}.`);
  }
  if (design.assignment !== undefined) {
    if (design.assignment !== 'active') {
      problems.push(`Pairs cannot be assigned ${JSON.stringify(design.assignment)}.`);
    } else if (design.protocol !== 'double-stimulus') {
      problems.push('Active sampling chooses pairs: it needs a double-stimulus study.');
    } else if (design.trialsPerSession === null) {
      problems.push(
        'Active sampling chooses which pairs a person sees: it needs a number of trials per session.'
      );
    }
  }
  const wanted = stimuliPerTrial(design);
  if (design.exemplars.length !== 0 && design.exemplars.length !== wanted) {
    problems.push(
      `A ${design.protocol} demonstration takes ${wanted} ${wanted === 1 ? 'exemplar' : 'exemplars'}, not ${design.exemplars.length}.`
    );
  }
  if (new Set(design.exemplars.map((exemplar) => exemplar.stimulusId)).size !== design.exemplars.length) {
    problems.push('An exemplar is given twice.');
  }
  if (design.exemplars.some(({ quality }) => !(quality >= 0 && quality <= 100))) {
    problems.push('Every exemplar needs its human value, between 0 and 100.');
  }
  if (design.scenario === 'full-reference') {
    const references = new Set(design.exemplars.map((exemplar) => exemplar.referenceId));
    if (references.has(null)) problems.push('In a full-reference study every exemplar needs its reference.');
    else if (references.size > 1) problems.push('The exemplars of one demonstration share one reference.');
  } else if (design.exemplars.some((exemplar) => exemplar.referenceId !== null)) {
    problems.push('In a no-reference study an exemplar has no reference.');
  }
  if (design.trialsPerSession !== null && !wholeFrom(design.trialsPerSession, 1)) {
    problems.push(`Trials per session is a whole number from 1, or none, not ${design.trialsPerSession}.`);
  }
  if (!wholeFrom(design.hiddenRepeats, 0)) {
    problems.push(`Hidden repeats is a whole number from 0, not ${design.hiddenRepeats}.`);
  }
  if (design.maxSidePx !== null && !wholeFrom(design.maxSidePx, 16)) {
    problems.push(`The longest side is a whole number of pixels from 16, or none, not ${design.maxSidePx}.`);
  }
  for (const [name, value] of [
    ['shortest', design.shortestViewMs],
    ['longest', design.longestViewMs]
  ] as const) {
    if (value !== null && !wholeFrom(value, 1)) {
      problems.push(
        `The ${name} viewing time is a whole number of milliseconds from 1, or none, not ${value}.`
      );
    }
  }
  if (
    design.shortestViewMs !== null &&
    design.longestViewMs !== null &&
    design.shortestViewMs > design.longestViewMs
  ) {
    problems.push(
      `The shortest viewing time (${design.shortestViewMs} ms) is above the longest (${design.longestViewMs} ms).`
    );
  }
  return problems;
}
