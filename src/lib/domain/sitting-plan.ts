/** What a person does before the trials to say how they see: each optional, each kept with what was answered. */
export const CHECKS = ['screen-size', 'distance', 'acuity', 'colour', 'contrast'] as const;
export type Check = (typeof CHECKS)[number];

export interface Question {
  text: string;
  kind: 'text' | 'number' | 'choice';
  /** Of a choice. */
  choices?: readonly string[];
}

/** A person's sitting round the trials; every part is absent where the study has none. */
export interface SittingPlan {
  /** The study's own consent text, instead of the lab's. */
  consent?: string;
  before?: readonly Question[];
  after?: readonly Question[];
  /** In this order. */
  checks?: readonly Check[];
  /** A break after every so many trials. */
  blockTrials?: number;
}

export type Step = 'questions-before' | 'questions-after' | Check;

/** The first step that is not done yet, before the trials or after them; null when there is none. */
export function nextStep(
  plan: SittingPlan | undefined,
  evidence: Readonly<Record<string, unknown>> | null,
  when: 'before' | 'after'
): Step | null {
  const steps: Step[] =
    when === 'after'
      ? (plan?.after?.length ?? 0) > 0
        ? ['questions-after']
        : []
      : [
          ...((plan?.before?.length ?? 0) > 0 ? (['questions-before'] as const) : []),
          ...(plan?.checks ?? [])
        ];
  return steps.find((step) => !Object.hasOwn(evidence ?? {}, step)) ?? null;
}

/**
 * One question a line: "Your age | number", "Do you wear glasses? | yes / no", or its text alone for a free answer.
 */
export function readQuestions(text: string): Question[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): Question => {
      const [question = '', how = ''] = line.split('|').map((part) => part.trim());
      if (how === '' || how === 'text') return { text: question, kind: 'text' };
      if (how === 'number') return { text: question, kind: 'number' };
      return { text: question, kind: 'choice', choices: how.split('/').map((choice) => choice.trim()) };
    });
}

/** The inverse of `readQuestions`. */
export function writeQuestions(questions: readonly Question[]): string {
  return questions
    .map(({ text, kind, choices }) =>
      kind === 'text' ? text : `${text} | ${kind === 'number' ? 'number' : (choices ?? []).join(' / ')}`
    )
    .join('\n');
}

/** What is wrong with a plan, one sentence each. */
export function sittingProblems(plan: SittingPlan): string[] {
  const problems: string[] = [];
  for (const { text, kind, choices } of [...(plan.before ?? []), ...(plan.after ?? [])]) {
    if (text === '') problems.push('A question has no text.');
    if (kind === 'choice' && ((choices?.length ?? 0) < 2 || choices?.some((choice) => choice === ''))) {
      problems.push(`The question ${JSON.stringify(text)} needs at least two choices, none of them empty.`);
    }
  }
  if (plan.checks?.some((check) => !CHECKS.includes(check))) problems.push('There is no such check.');
  if (plan.checks?.includes('distance') && !plan.checks.includes('screen-size')) {
    problems.push(
      'The distance is measured on a screen whose size is known: ask for the screen’s size as well.'
    );
  }
  const { blockTrials } = plan;
  if (blockTrials !== undefined && !(Number.isSafeInteger(blockTrials) && blockTrials >= 1)) {
    problems.push(`A block is a whole number of trials from 1, or none, not ${blockTrials}.`);
  }
  return problems;
}

/** A bank card (ISO/IEC 7810 ID-1) is this wide and high. */
export const CARD_MM = { width: 85.6, height: 53.98 } as const;
/** From where one looks to where one does not see: the blind spot's eccentricity (Li et al. 2020, Scientific Reports 10, 904). */
export const BLIND_SPOT_DEGREES = 13.5;

/** The eye's distance from the screen in mm, from how far off a dot vanished, each time, and the screen's CSS pixels per mm. */
export function blindSpotDistance(vanishedPx: readonly number[], cssPxPerMm: number): number | null {
  if (vanishedPx.length === 0 || !(cssPxPerMm > 0)) return null;
  const sorted = vanishedPx.slice().sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  // The median: one slip does not move it.
  const median =
    sorted.length % 2 === 1
      ? (sorted[middle] as number)
      : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  return median / cssPxPerMm / Math.tan((BLIND_SPOT_DEGREES * Math.PI) / 180);
}

/** How many CSS pixels one degree at the screen's middle spans: 2·d·tan(½°) times pixels per mm. */
export function pixelsPerDegree(distanceMm: number, cssPxPerMm: number): number {
  return 2 * distanceMm * Math.tan(Math.PI / 360) * cssPxPerMm;
}
