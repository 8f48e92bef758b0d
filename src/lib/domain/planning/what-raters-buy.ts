import { meanInterval, proportionInterval } from '#lib/stats/intervals.ts';
import { stimuliPerTrial, type Protocol, type StudyDesign } from '../study.ts';
import type { PlanReport } from './plan-report.ts';
import {
  leastMeanDifference,
  leastScaleDifference,
  scaleStandardError,
  type ComparisonDesign
} from './telling-apart.ts';

/** A panel that is asked for in the literature, as answers to each trial. */
export interface PanelTarget {
  observers: number;
  /** Whose figure it is. */
  source: string;
}

/** How many observers each stimulus is to be judged by. What follows these is not thereby compliant with them. */
export const PANEL_TARGETS: readonly PanelTarget[] = [
  { observers: 15, source: 'BT.500, laboratory' },
  { observers: 24, source: 'P.910, controlled' },
  { observers: 35, source: 'P.910, public' }
];

/** A sitting longer than this tires: BT.500 asks for at most half an hour. */
export const LONGEST_SITTING_MINUTES = 30;

export interface PanelAssumptions {
  protocol: Protocol;
  /** What the study holds. */
  testTrials: number;
  trainingTrials: number;
  /** Gold and traps, which everybody meets. */
  checkTrials?: number;
  /** How many test trials one person sees; null for all. */
  trialsPerSession: number | null;
  /** Double-stimulus alone: each trial twice, swapped. */
  bothOrders: boolean;
  hiddenRepeats: number;
  /** In how many test trials a stimulus stands, on average (`PlanReport.appearances.mean`). */
  appearances: number;
  /** SD of the opinion scores of one stimulus, on 0–100; single-stimulus alone. */
  assumedSigma: number;
  /** Looking, answering and the grey between. */
  secondsPerTrial: number;
  /** Pairs and groups alone: how stimuli meet; without it nothing is said of the scale. */
  comparison?: ComparisonDesign | null;
  /** In any currency; null where nobody is paid by the hour. */
  payPerHour?: number | null;
}

/** How a plan's stimuli meet; null for scores. */
export function comparisonOf(
  design: Pick<StudyDesign, 'protocol' | 'groupSize'>,
  report: Pick<PlanReport, 'degree'>
): ComparisonDesign | null {
  return report.degree === null ? null : { together: stimuliPerTrial(design), degree: report.degree.mean };
}

/** What one person does in a sitting. */
export interface Sitting {
  /** Training, test, repeats, gold and traps together. */
  presentations: number;
  minutes: number;
}

export interface PanelWorth {
  raters: number;
  /** Independent answers to each trial, on average; a second look by the same person is not one more. */
  answersPerTrial: number;
  /** Answers in which a stimulus is judged, on average. */
  judgmentsPerStimulus: number;
  /** Half the 95 % interval of what one trial yields (`unit`); null where that many answers have none. */
  halfWidth: number | null;
  /** `points` of 100 of a MOS, or `share` of the votes for one of a pair that is seen as equal. */
  unit: 'points' | 'share';
  /** All sittings together. */
  hours: number;
  /** Of all of them, and of one; null without a pay. */
  cost: { all: number; each: number } | null;
  /** Half the 95 % interval of a scale value, where all are about equal; null for scores. */
  scaleHalfWidth: number | null;
  /** The least difference of two stimuli that is found in four of five such studies. */
  least: { difference: number; share: number | null } | null;
}

function testPerSession(plan: PanelAssumptions): number {
  return Math.min(plan.trialsPerSession ?? plan.testTrials, plan.testTrials);
}

/** How long a sitting is: training once, then the person's share of the test trials, with what comes twice. */
export function sittingOf(plan: PanelAssumptions): Sitting {
  const test = testPerSession(plan);
  const both = plan.protocol === 'double-stimulus' && plan.bothOrders;
  const again = both ? test : Math.min(plan.hiddenRepeats, Math.floor(test / 2));
  const presentations = plan.trainingTrials + test + again + (plan.checkTrials ?? 0);
  return { presentations, minutes: (presentations * plan.secondsPerTrial) / 60 };
}

/**
 * What a number of raters buys, before anybody has sat.
 *
 * A MOS has the interval of a mean, ± t(0.975, n − 1)·σ/√n with the assumed σ. A pair's (or, in a group, each of its six
 * pairs') share of votes has Wilson's interval at one half, where it is widest: ± z / (2·√(n + z²)). Fractional answers
 * per trial are rounded down, so that what is promised is what the least-filled trial has. What is said of the scale, and
 * of telling two stimuli apart, comes from `telling-apart`.
 */
export function whatRatersBuy(raters: number, plan: PanelAssumptions): PanelWorth {
  const answersPerTrial = plan.testTrials === 0 ? 0 : (raters * testPerSession(plan)) / plan.testTrials;
  const whole = Math.floor(answersPerTrial + 1e-9);
  const interval =
    plan.protocol === 'single-stimulus'
      ? meanInterval(0, plan.assumedSigma, whole)
      : proportionInterval(whole / 2, whole);
  const judgmentsPerStimulus = answersPerTrial * plan.appearances;
  const { comparison = null, payPerHour = null } = plan;
  const { minutes } = sittingOf(plan);
  const se = comparison && scaleStandardError(judgmentsPerStimulus * (comparison.together - 1), comparison);
  const mean = plan.protocol === 'single-stimulus' ? leastMeanDifference(plan.assumedSigma, whole) : null;
  return {
    raters,
    answersPerTrial,
    judgmentsPerStimulus,
    halfWidth: interval === null ? null : (interval[1] - interval[0]) / 2,
    unit: plan.protocol === 'single-stimulus' ? 'points' : 'share',
    hours: (raters * minutes) / 60,
    cost:
      payPerHour === null
        ? null
        : { all: (payPerHour * raters * minutes) / 60, each: (payPerHour * minutes) / 60 },
    scaleHalfWidth: se === null ? null : 1.959963984540054 * se,
    least: mean !== null ? { difference: mean, share: null } : se === null ? null : leastScaleDifference(se)
  };
}

/** How many people must be invited so that each trial has `answers` answers, where all of them finish. */
export function ratersFor(answers: number, plan: PanelAssumptions): number {
  const test = testPerSession(plan);
  return test === 0 ? 0 : Math.ceil((answers * plan.testTrials) / test);
}
