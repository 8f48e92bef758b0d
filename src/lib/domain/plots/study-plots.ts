import { againstMos, residualsAgainstMos } from './against-mos.ts';
import { calibrationPlot, ceilingPlot, equivalentsPlot, psychometricPlot } from './agreement-plots.ts';
import { mosSigma, ratingHistograms, scaleWithIntervals } from './people-plots.ts';
import { undrawn, type PlotOrReason } from './plot.ts';
import type { PlotInput } from './plot-input.ts';
import { positionPlot, winMatrix } from './votes-plots.ts';

/** What is said of a plot wherever it stands. */
export interface PlotKind {
  title: string;
  /** How to read it, in a line. */
  reading: string;
  /** How it was made. */
  method: string;
  /** The anchor in docs/methods.md that has the formula; a test holds it to its headings. */
  section: string;
  /** Whether it is another one for another observer. */
  ofObserver: boolean;
  draw: (input: PlotInput) => PlotOrReason;
}

/** Every plot of a study's results, in the order in which they are shown. */
export const STUDY_PLOTS = {
  mos: {
    title: 'Against MOS',
    reading:
      'The closer to one rising curve, the better the order; a wide cloud between the bars is disagreement.',
    method:
      'Each stimulus at the observer’s value and the dataset’s MOS, ±σ of the opinions. The curve is the monotone four-parameter logistic from values to MOS, by least squares.',
    section: 'logistic-fit',
    ofObserver: true,
    draw: againstMos
  },
  residuals: {
    title: 'Residual / σ against MOS',
    reading:
      'Points within ±1 are no further from the MOS than one opinion is; a slope shows a part of the scale that is misjudged.',
    method: '(f(value) − MOS) / σ with f the fitted logistic, σ the SD of the opinions of each stimulus.',
    section: 'σ-normalised-error',
    ofObserver: true,
    draw: residualsAgainstMos
  },
  scale: {
    title: 'Scale with intervals',
    reading:
      'Stimuli whose bars overlap widely are not told apart; marks of the two observers far apart are disagreement.',
    method:
      'Mean scores with the standard error of the mean, or Thurstone Case V values with standard errors from the inverse observed information; bars are ± 1.96 of them.',
    section: 'thurstone',
    ofObserver: true,
    draw: scaleWithIntervals
  },
  psychometric: {
    title: 'Psychometric curves',
    reading:
      'The steeper, the smaller the differences that are told apart; a curve that passes beside ½ at 0 has a position bias.',
    method:
      'P(first) = λ/2 + (1 − λ)·Φ(k·Δ + b) by maximum likelihood, for people and the model on the same pairs; intervals cluster-robust.',
    section: 'psychometric-curve',
    ofObserver: true,
    draw: psychometricPlot
  },
  position: {
    title: 'Position bias',
    reading: 'An interval that leaves out 0 prefers a place, whatever stands in it.',
    method:
      'From pairs shown in both orders where there are any and Agreement has been computed; else the share of “first” over all answers, whose places are counterbalanced, with Student’s interval over people, or over answers of one run.',
    section: 'position-bias',
    ofObserver: false,
    draw: positionPlot
  },
  ceiling: {
    title: 'Human ceiling',
    reading: 'A model inside the cloud of people agrees with the others as one of them does.',
    method:
      'Each person against the mean of the others (leave one out), models against the mean of all; the ceiling is √ of the reliability of that mean. A model has all people on the other side, a person all but one.',
    section: 'human-ceiling',
    ofObserver: false,
    draw: ceilingPlot
  },
  equivalents: {
    title: 'Rater equivalents',
    reading: 'Where the dashed line meets the curve is how many people the model is worth.',
    method:
      'The mean correlation of the mean of k random people with one held out, for k from 1; the model’s mean correlation with single people is laid across.',
    section: 'rater-equivalents',
    ofObserver: true,
    draw: equivalentsPlot
  },
  sos: {
    title: 'MOS and σ',
    reading:
      'Points high above the curve are stimuli on which people disagree more than the scale makes them.',
    method: 'σ² = a (x − L)(H − x), a by least squares over all stimuli with two ratings or more.',
    section: 'sos',
    ofObserver: false,
    draw: mosSigma
  },
  ratings: {
    title: 'Histograms of ratings',
    reading:
      'Shows which part of the scale is used: piles at the ends or at round figures are a habit of the observer.',
    method:
      'Usable ratings counted in equal parts of the scale, or by grade; shares of each observer’s own ratings.',
    section: 'grades',
    ofObserver: true,
    draw: ratingHistograms
  },
  wins: {
    title: 'Win matrix',
    reading:
      'Dark above the diagonal and light below is one clear order; 0.5 beside the diagonal cannot be told apart.',
    method:
      'The share of comparisons won by the row, “same” as half; beyond 16 stimuli in ten groups of equal size.',
    section: 'thurstone',
    ofObserver: true,
    draw: winMatrix
  },
  calibration: {
    title: 'Calibration',
    reading: 'On the diagonal, what the model states is what people do; below it, it is too sure of “first”.',
    method:
      'Stated probabilities of “first” in ten equal bins against the share of people who chose it, with Wilson’s intervals.',
    section: 'calibration',
    ofObserver: true,
    draw: calibrationPlot
  }
} as const satisfies Record<string, PlotKind>;

export type StudyPlotName = keyof typeof STUDY_PLOTS;
export const STUDY_PLOT_NAMES = Object.keys(STUDY_PLOTS) as StudyPlotName[];

/** One of a study's plots, or why it cannot be drawn. */
export function studyPlot(name: StudyPlotName, input: PlotInput): PlotOrReason {
  if (input.results.observers.length === 0) return undrawn('nobody has sat this study yet');
  return STUDY_PLOTS[name].draw(input);
}
