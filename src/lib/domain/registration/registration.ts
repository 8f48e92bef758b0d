import { canonicalJson } from '../planning/design-text.ts';
import type { StudyDesign } from '../study.ts';

/** What a study is to be judged by: the figure that a paper's first sentence is about. */
export const PRIMARY_FIGURES = ['srcc', 'plcc', 'krcc'] as const;
export type PrimaryFigure = (typeof PRIMARY_FIGURES)[number];
export const TRUTHS = ['mos', 'people'] as const;

/** What is free to choose in an analysis, as it is decided beforehand. */
export interface AnalysisChoices {
  primaryFigure: PrimaryFigure;
  /** Against the dataset's MOS, or the study's own people. */
  against: (typeof TRUTHS)[number];
  /** Resamples behind every interval. */
  replicates: number;
  /** From which they are drawn. */
  seed: number;
  /** How many people are to sit; null where that is not decided. */
  people: number | null;
  /** Which models are to be run; empty where that is not decided. */
  models: readonly string[];
  /** Whatever else was decided, in words. */
  notes: string;
}

/** What the lab's analyses do, of which nothing can be chosen: it goes into the text, so that the text is whole. */
export const ANALYSIS_RULES = {
  fit: 'monotone logistic of docs/methods.md (VQEG 2000; Sheikh et al. 2006) before PLCC and RMSE; none before SRCC and KRCC',
  ties: 'mid-ranks for SRCC, tau-b for KRCC; a tied vote counts half for each side',
  missing: 'no imputation: what is refused, unreadable or unanswered is left out, counted and reported',
  intervals: '95 %, percentile where raters are drawn, else BCa',
  family: 'every pair of models of the study: Meng, Rosenthal and Rubin, corrected by Holm',
  withdrawn: 'withdrawn sittings are in no analysis'
} as const;

export interface RegistrationInput {
  study: string;
  version: number;
  designHash: string;
  design: StudyDesign;
  choices: AnalysisChoices;
  software: string;
}

/**
 * The text whose SHA-256 is a study's pre-registration: canonical JSON (sorted keys, no spaces) of the design and its
 * hash, who is left out, and how the analysis is done.
 */
export function registrationText({
  study,
  version,
  designHash,
  design,
  choices,
  software
}: RegistrationInput): string {
  const { attention = null, payable = null, usable = null } = design.sitting ?? {};
  return canonicalJson({
    format: 'limen-preregistration-1',
    study,
    version,
    designHash,
    design: JSON.parse(JSON.stringify(design)) as unknown,
    exclusion: { attention, payable, usable },
    analysis: { ...choices, models: [...choices.models], rules: ANALYSIS_RULES },
    software
  });
}

/** What a text says of the analysis; null for a text of another kind. */
export function choicesIn(text: string): AnalysisChoices | null {
  const { format, analysis } = JSON.parse(text) as { format?: string; analysis?: AnalysisChoices };
  return format === 'limen-preregistration-1' && analysis !== undefined ? analysis : null;
}

/** The problems of choices, each naming its field; empty where there are none. */
export function choiceProblems(choices: AnalysisChoices): string[] {
  const whole = (name: string, value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most
      ? []
      : [`${name} has to be a whole number from ${least} to ${most}`];
  return [
    ...(PRIMARY_FIGURES.includes(choices.primaryFigure)
      ? []
      : [`the primary figure is one of ${PRIMARY_FIGURES.join(', ')}`]),
    ...(TRUTHS.includes(choices.against) ? [] : [`it is held against one of ${TRUTHS.join(', ')}`]),
    ...whole('the number of resamples', choices.replicates, 100, 100_000),
    ...whole('the seed', choices.seed, 0, Number.MAX_SAFE_INTEGER),
    ...(choices.people === null ? [] : whole('the number of people', choices.people, 1, 1_000_000)),
    ...(choices.notes.length > 20_000 ? ['the notes are longer than 20000 characters'] : [])
  ];
}

/** Something that was decided or done after the registration. */
export interface Later {
  /** ISO 8601; null where nobody wrote down when. */
  at: string | null;
  what: string;
  /** Whether it departs from what was registered; else it is said so that a reader can judge. */
  departs: boolean;
}

export interface LaterInput {
  registeredAt: string;
  unblindedAt: string | null;
  choices: AnalysisChoices;
  softwareThen: string;
  softwareNow: string;
  runs: readonly { observer: string; model: string; startedAt: string; control: boolean }[];
  people: { completed: number; startedAfterLook: readonly string[] };
  withdrawn: readonly { observer: string; at: string | null }[];
  imports: readonly { file: string; at: string }[];
  versions: readonly { address: string; at: string; rule: 'same' | 'another' }[];
}

/** What was decided after a registration, oldest first. What happened before it is none of this. */
export function decidedAfter(input: LaterInput): Later[] {
  const { choices, unblindedAt } = input;
  const named = new Set(choices.models);
  const found: Later[] = [];
  for (const { observer, model, startedAt, control } of input.runs) {
    if (control || startedAt <= input.registeredAt) continue;
    const afterLook = unblindedAt !== null && startedAt > unblindedAt;
    const unnamed = named.size > 0 && !named.has(model);
    if (!afterLook && !unnamed) continue;
    const why = [
      ...(unnamed ? ['not among the models registered'] : []),
      ...(afterLook ? ['begun after results were looked at'] : [])
    ];
    found.push({ at: startedAt, what: `run ${observer}: ${why.join(', ')}`, departs: true });
  }
  for (const at of input.people.startedAfterLook)
    found.push({ at, what: 'a person began after results were looked at', departs: true });
  for (const { observer, at } of input.withdrawn)
    if (at === null || at > input.registeredAt)
      found.push({ at, what: `the sitting of ${observer} was withdrawn`, departs: false });
  for (const { file, at } of input.imports)
    if (at > input.registeredAt)
      found.push({ at, what: `votes collected elsewhere were added from ${file}`, departs: true });
  for (const { address, at, rule } of input.versions)
    if (at > input.registeredAt)
      found.push({
        at,
        what: `a new version was planned, ${address}, with ${rule === 'same' ? 'the same rules of exclusion' : 'other rules of exclusion'}`,
        departs: rule === 'another'
      });
  if (choices.people !== null && input.people.completed !== choices.people)
    found.push({
      at: null,
      what: `${input.people.completed} people completed, ${choices.people} were registered`,
      departs: true
    });
  if (input.softwareNow !== input.softwareThen)
    found.push({
      at: null,
      what: `the figures are of Limen ${input.softwareNow}, ${input.softwareThen} was registered`,
      departs: false
    });
  return found.sort((a, b) => (a.at ?? '￿').localeCompare(b.at ?? '￿'));
}

/** Choices of an analysis that are others than those registered, in words. */
export function otherChoices(
  registered: AnalysisChoices,
  used: { replicates: number; seed: number }
): string[] {
  return [
    ...(registered.replicates === used.replicates
      ? []
      : [`${used.replicates} resamples, ${registered.replicates} were registered`]),
    ...(registered.seed === used.seed
      ? []
      : [`drawn from seed ${used.seed}, ${registered.seed} was registered`])
  ];
}
