import { acceptedProblem, readAccepted, writeAccepted, type Accepted } from './known-answer.ts';
import { stimuliPerTrial, type StudyDesign } from './study.ts';

/** Practice before the trials that count: answered in the same room, kept, and in no rating. */
export interface TrainingPlan {
  /** So many that the lab chooses, spread over the range of quality, both ends among them. */
  spread?: number;
  /** Trials of the researcher's own, each its stimuli by name. They come first. */
  trials?: readonly (readonly string[])[];
  /** After each answer people read what others gave; these stimuli are then in no test trial. */
  feedback?: true;
}

/** A trial whose answer is known. */
export interface GoldTrial {
  stimuli: readonly string[];
  accepted: Accepted;
}

export interface GoldPlan {
  /** So many that the lab makes of the ends of the MOS range. */
  ends?: number;
  /** The researcher's own. */
  trials?: readonly GoldTrial[];
}

/** More of these than a sitting can bear are a typing error. */
export const MOST_EXTRA_TRIALS = 200;

type Extra = Pick<StudyDesign, 'training' | 'gold' | 'traps' | 'exemplars'>;

/** How many practice trials a person sees first. */
export function trainingTrials({ training, exemplars }: Pick<Extra, 'training' | 'exemplars'>): number {
  return (exemplars.length > 0 ? 1 : 0) + (training?.spread ?? 0) + (training?.trials?.length ?? 0);
}

/** How many gold trials and traps a person meets among the others. */
export function checkTrials({ gold, traps }: Pick<Extra, 'gold' | 'traps'>): number {
  return (gold?.ends ?? 0) + (gold?.trials?.length ?? 0) + (traps ?? 0);
}

/** What is wrong with a design's training, gold and traps, one sentence each, naming the field. */
export function extraProblems(
  design: Extra & Pick<StudyDesign, 'protocol' | 'scale' | 'groupSize' | 'scenario'>
): string[] {
  const problems: string[] = [];
  const counted = (field: string, value: number | undefined) => {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1 && value <= MOST_EXTRA_TRIALS)) {
      problems.push(`${field} is a whole number from 1 to ${MOST_EXTRA_TRIALS}, or absent, not ${value}.`);
    }
  };
  const size = stimuliPerTrial(design);
  const named = (field: string, stimuli: unknown) => {
    if (
      !Array.isArray(stimuli) ||
      stimuli.length !== size ||
      stimuli.some((name) => typeof name !== 'string')
    ) {
      problems.push(
        `${field}: a ${design.protocol} trial names ${size} ${size === 1 ? 'stimulus' : 'stimuli'}, not ${Array.isArray(stimuli) ? stimuli.length : 'none'}.`
      );
    } else if (new Set(stimuli).size !== size) problems.push(`${field}: a stimulus is named twice.`);
  };
  const { training, gold, traps } = design;
  counted('training.spread', training?.spread);
  training?.trials?.forEach((stimuli, index) => named(`training.trials[${index}]`, stimuli));
  if (training?.feedback !== undefined && training.feedback !== true) {
    problems.push('training.feedback is true or absent.');
  }
  if (training !== undefined && (training.spread ?? 0) + (training.trials?.length ?? 0) === 0) {
    problems.push('training needs spread, trials, or both.');
  }
  counted('gold.ends', gold?.ends);
  gold?.trials?.forEach((trial, index) => {
    named(`gold.trials[${index}].stimuli`, trial.stimuli);
    const problem = acceptedProblem(trial.accepted, design);
    if (problem !== null) problems.push(`gold.trials[${index}].accepted: ${problem}.`);
  });
  if (gold !== undefined && (gold.ends ?? 0) + (gold.trials?.length ?? 0) === 0) {
    problems.push('gold needs ends, trials, or both.');
  }
  counted('traps', traps);
  const all = trainingTrials(design) + checkTrials(design);
  if (all > MOST_EXTRA_TRIALS) {
    problems.push(`Training, gold and traps together are at most ${MOST_EXTRA_TRIALS} trials, not ${all}.`);
  }
  return problems;
}

const BETWEEN = ' | ';
const ANSWERED = ' = ';

/** Trials by name, one a line, stimuli with " | " between them. */
export function readNamedTrials(text: string): string[][] {
  return lines(text).map((line) => line.split('|').map((name) => name.trim()));
}

export function writeNamedTrials(trials: readonly (readonly string[])[]): string {
  return trials.map((stimuli) => stimuli.join(BETWEEN)).join('\n');
}

/**
 * Gold by name, one a line: "a.png = 70 to 100", "a.png | b.png = first", "a | b | c | d = 1 above 4".
 *
 * @returns the trials, or the first line that is none.
 */
export function readGold(
  text: string,
  design: Pick<StudyDesign, 'protocol' | 'scale' | 'groupSize'>
): { ok: true; trials: GoldTrial[] } | { ok: false; line: string } {
  const trials: GoldTrial[] = [];
  for (const line of lines(text)) {
    const at = line.lastIndexOf(ANSWERED.trim());
    const accepted = at < 0 ? null : readAccepted(line.slice(at + 1), design);
    if (accepted === null) return { ok: false, line };
    trials.push({
      stimuli: line
        .slice(0, at)
        .split('|')
        .map((name) => name.trim()),
      accepted
    });
  }
  return { ok: true, trials };
}

export function writeGold(trials: readonly GoldTrial[]): string {
  return trials
    .map(({ stimuli, accepted }) => `${stimuli.join(BETWEEN)}${ANSWERED}${writeAccepted(accepted)}`)
    .join('\n');
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
