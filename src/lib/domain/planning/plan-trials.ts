import { seededRandom, shuffled, type Random } from '#lib/stats/random.ts';
import { stimuliPerTrial, type Protocol, type Scenario, type StudyDesign } from '../study.ts';
import type { PlannedTrial } from '../trial.ts';
import { groupsOf, planGroups } from './plan-groups.ts';
import { planPairs } from './plan-pairs.ts';
import { reportPlan, type PlanReport } from './plan-report.ts';
import { balanceSlots } from './slot-balance.ts';

export type { PlanReport } from './plan-report.ts';

/** One stimulus that a study judges. */
export interface PlannableStimulus {
  id: string;
  /** Its reference; needed in full-reference studies, ignored in no-reference ones. */
  referenceId: string | null;
}

export interface PlanInput {
  protocol: Protocol;
  scenario: Scenario;
  /** The distorted stimuli of the subset, references not among them. Exemplars may be: they are set aside. */
  stimuli: readonly PlannableStimulus[];
  design: Pick<StudyDesign, 'pairsPerImage' | 'groupsPerImage' | 'exemplars' | 'groupSize'>;
  seed: number;
  /** What a refusal calls a stimulus or a reference; its id where absent. */
  nameOf?: (id: string) => string;
}

export type Plan = { ok: true; trials: PlannedTrial[]; report: PlanReport } | { ok: false; reason: string };

/** Beyond this a plan is a typing error rather than a study. */
export const MOST_TRIALS = 2_000_000;

/**
 * The trials of a study, from its seed alone: the same input gives the same trials in the same order.
 *
 * - single-stimulus: one trial for each stimulus.
 * - double-stimulus: k·N pairs over N stimuli, or all pairs where there are fewer (`planPairs`).
 * - multiple-stimulus: m·N groups (of four unless the design says otherwise), or all groups where there are fewer (`planGroups`), each stimulus in each
 *   slot as often as in any other, ±1.
 *
 * Full-reference studies plan within each reference, N counted there, and no trial mixes references. Exemplars are
 * never test stimuli (`exemplarTrials` makes their training trial).
 *
 * Refused, with a sentence that names the numbers: no stimuli, a stimulus twice, a full-reference stimulus without its
 * reference, fewer stimuli than a pair or a group has under a reference, more than `MOST_TRIALS` trials.
 */
export function planTrials(input: PlanInput): Plan {
  const { protocol, scenario, design } = input;
  const exemplars = new Set(design.exemplars.map((exemplar) => exemplar.stimulusId));
  const judged = input.stimuli.filter((stimulus) => !exemplars.has(stimulus.id));
  const refusal = refuse(input, judged);
  if (refusal !== null) return { ok: false, reason: refusal };

  const random = seededRandom(`plan/${input.seed}`);
  const pools = poolsOf(judged, scenario);
  const test = pools.flatMap((pool): PlannedTrial[] =>
    groupsWithin(pool.ids.length, input, random.fork(pool.referenceId ?? 'all')).map((members) => ({
      role: 'test',
      stimuli: members.map((index) => pool.ids[index] as string),
      referenceId: pool.referenceId
    }))
  );
  const trials = shuffled(test, random.fork('order'));
  return { ok: true, trials, report: reportPlan({ protocol, scenario, pools, trials }) };
}

/**
 * What a model sees as its demonstration, people see as training: one trial of the exemplars, in their order, or none
 * where the study has no exemplars. It stands before the planned test trials.
 */
export function exemplarTrials(design: Pick<StudyDesign, 'exemplars'>): PlannedTrial[] {
  const [first] = design.exemplars;
  if (first === undefined) return [];
  return [
    {
      role: 'training',
      stimuli: design.exemplars.map((exemplar) => exemplar.stimulusId),
      referenceId: first.referenceId
    }
  ];
}

/** The stimuli among which trials are made: all of them, or those of one reference. */
export interface StimulusPool {
  referenceId: string | null;
  ids: string[];
}

function poolsOf(stimuli: readonly PlannableStimulus[], scenario: Scenario): StimulusPool[] {
  const pools = new Map<string | null, StimulusPool>();
  for (const stimulus of stimuli) {
    const referenceId = scenario === 'full-reference' ? stimulus.referenceId : null;
    const pool = pools.get(referenceId);
    if (pool) pool.ids.push(stimulus.id);
    else pools.set(referenceId, { referenceId, ids: [stimulus.id] });
  }
  return [...pools.values()];
}

function groupsWithin(count: number, input: PlanInput, random: Random): number[][] {
  switch (input.protocol) {
    case 'single-stimulus':
      return Array.from({ length: count }, (_, index) => [index]);
    case 'double-stimulus':
      return planPairs(count, input.design.pairsPerImage, random);
    case 'multiple-stimulus':
      return balanceSlots(
        planGroups(count, input.design.groupsPerImage, random, input.design.groupSize ?? 4),
        count,
        random
      );
  }
}

function refuse(input: PlanInput, judged: readonly PlannableStimulus[]): string | null {
  const { protocol, scenario, design } = input;
  const name = (id: string) => input.nameOf?.(id) ?? id;
  const wholeFrom1 = (value: number) => Number.isSafeInteger(value) && value >= 1;
  if (protocol === 'double-stimulus' && !wholeFrom1(design.pairsPerImage)) {
    return `Pairs per image is a whole number from 1, not ${design.pairsPerImage}.`;
  }
  if (protocol === 'multiple-stimulus' && !wholeFrom1(design.groupsPerImage)) {
    return `Groups per image is a whole number from 1, not ${design.groupsPerImage}.`;
  }
  const seen = new Set<string>();
  for (const { id } of input.stimuli) {
    if (seen.has(id)) return `The stimulus ${name(id)} is given twice.`;
    seen.add(id);
  }
  if (judged.length === 0) {
    return input.stimuli.length === 0
      ? 'A study needs at least one stimulus, and there are none.'
      : `All ${input.stimuli.length} stimuli are exemplars: none is left to be judged.`;
  }
  if (scenario === 'full-reference') {
    const orphan = judged.find((stimulus) => stimulus.referenceId === null);
    if (orphan)
      return `The stimulus ${name(orphan.id)} has no reference, which a full-reference study needs.`;
  }
  const pools = poolsOf(judged, scenario);
  const least = stimuliPerTrial({ protocol, groupSize: design.groupSize });
  const small = pools.find((pool) => pool.ids.length < least);
  if (small) {
    const what = protocol === 'double-stimulus' ? 'Pairs need' : `Groups of ${least} need`;
    const where = small.referenceId === null ? 'there' : `the reference ${name(small.referenceId)}`;
    const number = small.ids.length;
    const verb = small.referenceId === null ? (number === 1 ? 'is' : 'are') : 'has';
    const rest = exemplarsNote(input, judged);
    return `${what} at least ${least} stimuli, but ${where} ${verb} only ${number}${rest}.`;
  }
  const trials = pools.reduce((total, pool) => total + trialsIn(pool.ids.length, input), 0);
  if (trials > MOST_TRIALS) {
    return `This design has ${trials} trials; a study holds at most ${MOST_TRIALS}.`;
  }
  return null;
}

function exemplarsNote(input: PlanInput, judged: readonly PlannableStimulus[]): string {
  const aside = input.stimuli.length - judged.length;
  if (aside === 0) return '';
  return ` (${aside} of ${input.stimuli.length} set aside as ${aside === 1 ? 'an exemplar' : 'exemplars'})`;
}

function trialsIn(count: number, input: PlanInput): number {
  switch (input.protocol) {
    case 'single-stimulus':
      return count;
    case 'double-stimulus':
      return Math.min(input.design.pairsPerImage * count, (count * (count - 1)) / 2);
    case 'multiple-stimulus':
      return Math.min(input.design.groupsPerImage * count, groupsOf(input.design.groupSize ?? 4, count));
  }
}
