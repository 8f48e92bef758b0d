/** What a person does before the trials to say how they see: each optional, each kept with what was answered. */
export const CHECKS = ['screen-size', 'distance', 'acuity', 'colour', 'contrast'] as const;
export type Check = (typeof CHECKS)[number];

export interface Question {
  text: string;
  kind: 'text' | 'number' | 'choice';
  /** Of a choice. */
  choices?: readonly string[];
}

/** When attention counts as failed; each part is absent where it does not decide. */
export interface AttentionRule {
  /** More traps missed than this. */
  trapMisses?: number;
  /** Less than this percentage of gold right. */
  gold?: number;
}

/** Who is paid besides those who answered everything. */
export interface PayableRule {
  /** From this percentage of the trials on. */
  reached?: number;
  /** Not who failed the attention rule. */
  attention?: true;
}

/** Whose answers enter the analyses; each part is absent where it does not decide. */
export interface UsableRule extends AttentionRule {
  finished?: true;
  /** At least this percentage of what was asked twice answered alike. */
  repeats?: number;
  /** A median response of at least so long. */
  medianMs?: number;
  /** At most this percentage of all answers the same. */
  sameShare?: number;
  /** No longer away between two trials. */
  gapMinutes?: number;
}

/** What happens to whoever comes back; absent where they go on, whenever that is. */
export interface ResumeRule {
  /** Within so many minutes they go on where they were. */
  withinMinutes: number;
  /**
   * After that their sitting is over, for good or with a new one from the beginning; or the block that they were in begins
   * again, and what they answered in it is superseded.
   */
  then: 'ends' | 'anew' | 'restarts-block';
}

/** A block that was begun again because its rater had been away. */
export interface BlockRestart {
  at: string;
  /** Positions from `from` on and before `to`. */
  from: number;
  to: number;
  /** How many answers it superseded. */
  answers: number;
}

/**
 * The block that a position stands in, as positions from `from` on and before `to`: all of the training, or one stretch of
 * `size` trials after it.
 */
export function blockOf(position: number, training: number, size: number): { from: number; to: number } {
  if (position < training) return { from: 0, to: training };
  const from = training + Math.floor((position - training) / size) * size;
  return { from, to: from + size };
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
  /** Who fails it ends with their link's code for failed attention, once everything is answered. */
  attention?: AttentionRule;
  payable?: PayableRule;
  usable?: UsableRule;
  resume?: ResumeRule;
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
    if (!['text', 'number', 'choice'].includes(kind)) {
      problems.push(
        `The question ${JSON.stringify(text)} is text, number or choice, not ${JSON.stringify(kind)}.`
      );
    }
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
  const { attention, payable, usable, resume } = plan;
  const within = (field: string, value: number | undefined, least: number, most: number) => {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= least && value <= most)) {
      problems.push(`sitting.${field} is a whole number from ${least} to ${most}, or absent, not ${value}.`);
    }
  };
  within('attention.trapMisses', attention?.trapMisses, 0, 200);
  within('attention.gold', attention?.gold, 1, 100);
  within('payable.reached', payable?.reached, 1, 100);
  within('usable.trapMisses', usable?.trapMisses, 0, 200);
  within('usable.gold', usable?.gold, 1, 100);
  within('usable.repeats', usable?.repeats, 1, 100);
  within('usable.medianMs', usable?.medianMs, 1, 600_000);
  within('usable.sameShare', usable?.sameShare, 1, 100);
  within('usable.gapMinutes', usable?.gapMinutes, 1, 100_000);
  within('resume.withinMinutes', resume?.withinMinutes, 1, 100_000);
  if (resume !== undefined && !['ends', 'anew', 'restarts-block'].includes(resume.then)) {
    problems.push(
      `sitting.resume.then is "ends", "anew" or "restarts-block", not ${JSON.stringify(resume.then)}.`
    );
  }
  if (resume?.then === 'restarts-block' && blockTrials === undefined) {
    problems.push('A block begins again where there are blocks: sitting.blockTrials says how long they are.');
  }
  if (payable?.attention && attention === undefined) {
    problems.push('sitting.payable.attention needs sitting.attention, which says when attention has failed.');
  }
  for (const [field, rule] of Object.entries({ attention, payable, usable })) {
    if (rule !== undefined && Object.keys(rule).length === 0) problems.push(`sitting.${field} says nothing.`);
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
