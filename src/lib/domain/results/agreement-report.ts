import type { ModelComparison } from '../agreement/comparisons.ts';
import type { HumanCeiling } from '../agreement/human-ceiling.ts';
import type { Calibration, Hesitation } from '../agreement/calibration.ts';
import type { PositionBias } from '../agreement/position-bias.ts';
import type { PsychometricFit } from '../agreement/psychometric.ts';
import type { RaterEquivalents } from '../agreement/rater-equivalents.ts';
import type { Replacement } from '../agreement/replacement.ts';
import type { RetestOfChoices, RetestOfScores } from '../agreement/test-retest.ts';
import type { Transitivity } from '../agreement/transitivity.ts';
import type { Bounds } from '#lib/stats/bootstrap.ts';
import type { Finding } from './finding.ts';
import type { SharedErrors } from './shared-errors.ts';

/**
 * What `studyAgreement` says: everything about a study that takes longer to compute than a page may wait. Plain
 * data (it crosses from a worker thread and into JSON). Every figure that may not exist is a `Finding`: a value, or
 * null with the reason in words that a page can print as they are.
 */
export interface StudyAgreement {
  study: string;
  version: number;
  designHash: string;
  protocol: string;
  scenario: 'nr' | 'fr';
  /** What the intervals draw: stimuli, or whole references where scales are within a reference. */
  unit: 'stimuli' | 'references';
  /** From which every random number here was drawn; the same seed and answers give the same report. */
  seed: number;
  /** Resamples behind every interval. */
  replicates: number;
  /** ε of the σ-normalised errors, in squared units of the scores. */
  epsilon: number;
  /** The study's own people; simulated ones where no real person has answered, and `simulated` says so. */
  people: Finding<PeopleReport>;
  /** One entry for each session through the model door, synthetic ones included. */
  models: ModelReport[];
  /**
   * Which model agrees with the MOS better than which: every pair of models, p by Meng, Rosenthal and Rubin, corrected by
   * Holm over all of them, and the interval of the difference from paired resamples. No-reference studies alone: figures
   * elsewhere are means over references.
   */
  comparisons: Finding<ModelComparison[]>;
  /** What answers drawn at random reach in this very study: below it a figure says nothing. */
  noiseFloor: Finding<NoiseFloor>;
}

/** An estimate with two bootstrap intervals from the same resamples. */
export interface Interval {
  estimate: number;
  /** The one to show: the percentile interval where raters are drawn, else the BCa where it exists. */
  shown: Bounds | null;
  /** Quantiles of the resamples. null where no resample has the figure. */
  percentile: Bounds | null;
  /**
   * Bias-corrected and accelerated: right where stimuli or references alone are drawn (with raters it covers less
   * than it says). null where all resamples lie on one side of the estimate.
   */
  bca: Bounds | null;
}

/** SRCC and PLCC with intervals. Over references the plain mean of each; stimuli pooled otherwise. */
export interface IntervalPair {
  srcc: Finding<Interval>;
  /** After the monotone logistic, fitted once on all data and not again on resamples. */
  plcc: Finding<Interval>;
}

/** The people among themselves. */
export interface PeopleReport {
  /** `people`, or `simulated people`. */
  observer: string;
  simulated: boolean;
  raters: number;
  /** Of scores for single-stimulus; of each rater's scale otherwise. Correlations over stimuli. */
  ceiling: Finding<HumanCeiling>;
  /** Krippendorff's α: interval for scores, ordinal (second < same < first) over pairs for choices and rankings. */
  alpha: Finding<number>;
  /**
   * SRCC and PLCC of the people's own values with the dataset's MOS, stimuli and raters drawn together. The logistic runs
   * from the MOS to the people here, so that PLCC is not to the last digit that of `studyResults`.
   */
  againstMos: IntervalPair;
  /** What one of the people has in the place of a model, against the mean of the others. */
  sigmaNormalisedError: Finding<number>;
  positionBias: Finding<PositionBias>;
  retest: Finding<Retest>;
  transitivity: Finding<Transitivity>;
  /** P(first) over the difference of MOS, all raters pooled. */
  psychometric: Finding<PsychometricFit>;
  /** Whether two people err on the same pairs: error consistency κ over all pairs of raters. */
  errorConsistency: Finding<SharedErrors>;
  /** How well the others' shares forecast each one's choice (pairs alone): what a model's probabilities can hope for. */
  calibration: Finding<Calibration>;
}

/** One model, held against the dataset's MOS and against the study's own people. */
export interface ModelReport {
  observer: string;
  sessionId: number;
  strategy: string | null;
  /** A synthetic observer that came through the model door. */
  simulated: boolean;
  /** Against the dataset's MOS; stimuli or references drawn. */
  againstMos: IntervalPair;
  /**
   * Against the study's own people; stimuli (or references) and raters drawn together, their means taken or
   * their scale fitted again in every resample.
   */
  againstPeople: IntervalPair;
  /** SRCC and PLCC against people over √(reliability of the people): about 1 for a model as good as the panel shows. */
  ceilingNormalised: { srcc: Finding<number>; plcc: Finding<number> };
  /** The share of raters who agree less with the others than the model does, by Spearman. */
  shareOfRatersBelow: Finding<number>;
  /** Single-stimulus alone. */
  raterEquivalents: Finding<RaterEquivalents>;
  /** mean (mapped − score)²/(σ² + ε): the model's, and what a person would have in its place. */
  sigmaNormalisedError: {
    /** Against the dataset's MOS and σ. The human value needs the number of people behind each MOS, which datasets rarely say. */
    mos: { model: Finding<number>; human: Finding<number> };
    /** Against the study's own raters, single-stimulus alone. */
    people: { model: Finding<number>; human: Finding<number> };
  };
  positionBias: Finding<PositionBias>;
  retest: Finding<Retest>;
  transitivity: Finding<Transitivity>;
  /** Both on the same pairs: those that model and people answered, with the MOS of both stimuli known. */
  psychometric: { model: Finding<PsychometricFit>; people: Finding<PsychometricFit> };
  /** α with the model added and in each person's place, on the answers as given. */
  replacement: Finding<Replacement>;
  /** Error consistency κ with each of the people; `PeopleReport.errorConsistency` is what to compare with. */
  errorConsistency: Finding<SharedErrors>;
  /** The variance of the model's repeated scores against σ: of the dataset, and of the study's own people. */
  hesitation: { mos: Finding<Hesitation>; people: Finding<Hesitation> };
  /** The model's stated probabilities of `first` (log-probability readout of pairs) against people's choices. */
  calibration: Finding<Calibration>;
  /** The same answers through both pipelines. */
  pipelines: Finding<Pipelines>;
}

/** Answers given twice to the same trial, by the kind of answer. */
export type Retest =
  | ({ kind: 'scores' } & RetestOfScores)
  | ({ kind: 'choices' } & RetestOfChoices)
  | {
      kind: 'rankings';
      /** Groups ranked twice. */ n: number;
      /** Mean τ-b of the two rankings. */ tau: number;
      ci95: Bounds | null;
    };

export interface PipelineFigures {
  srcc: number | null;
  plcc: number | null;
}

/** One set of answers, scored as Wu et al.'s published code does, and as this lab does. */
export interface Pipelines {
  /** SRCC after the logistic (within each reference), ties 1 + 1, min–max within each reference, undefined counted as 0. */
  paperFaithful: PipelineFigures;
  /** SRCC of the values themselves, ties ½ + ½, undefined left out. */
  corrected: PipelineFigures;
}

export interface NoiseFloor {
  /** Simulated observers who answer every trial at random. */
  simulations: number;
  paperFaithful: { srcc: Floor; plcc: Floor };
  corrected: { srcc: Floor; plcc: Floor };
  /** Two-sided 95 % bound of the corrected SRCC in theory; null for fewer than three stimuli. */
  analytic: { srcc95: number | null };
}

/** How a figure of random answers is distributed. */
export interface Floor {
  mean: number;
  /** 95 % lie below in absolute value. */
  bound95: number;
}
