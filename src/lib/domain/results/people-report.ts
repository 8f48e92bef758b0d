import type { Random } from '#lib/stats/random.ts';
import { krippendorffAlpha } from '../agreement/between-observers/krippendorff.ts';
import { humanCeiling, type HumanCeiling } from '../agreement/human-ceiling.ts';
import { modelAgainstPeople, type PeopleScores } from '../agreement/model-against-people.ts';
import { meanOpinionScores } from '../scaling/mos.ts';
import type { Ratings } from '../scaling/ratings.ts';
import { agreementIntervals, drawObservers, type Yardstick } from './agreement-intervals.ts';
import type { PeopleReport } from './agreement-report.ts';
import { missing, orMissing, type Finding } from './finding.ts';
import { positionBiasOf, retestOf, transitivityOf } from './observer-consistency.ts';
import { forecastOfOthers } from './forecasts.ts';
import { correctness, psychometricOf, truthOf } from './pair-judgments.ts';
import { sharedErrors } from './shared-errors.ts';
import { answersAsRatings, ratingsOfRows, type Sitting, type Sittings } from './sittings.ts';
import type { StudyRecord } from './study-results.ts';
import { ceilingOfVotes } from './votes-ceiling.ts';
import { weightedValues, type ValueSpace, type WeightedValues } from './weighted-values.ts';

/** The study's people prepared once for every model that is held against them. */
export interface Panel {
  sittings: readonly Sitting[];
  values: WeightedValues;
  /** Their values with raters drawn again; the same draws for all that is held against them. */
  yardstick: Yardstick;
  /** Raters × stimuli, NaN-free; null unless the study asks for scores. */
  ratings: Ratings | null;
  /** Means, SDs and counts of the scores over the stimuli; null unless the study asks for scores. */
  scores: PeopleScores | null;
  ceiling: Finding<HumanCeiling>;
  /** Per rater which comparisons agreed with the MOS. */
  correct: ReadonlyMap<string, boolean>[];
}

export interface ReportOptions {
  replicates: number;
  epsilon: number;
  random: Random;
  onProgress: (share: number) => void;
}

export const NO_PEOPLE = 'nobody has answered this study yet';

export function panelOfPeople(
  { people }: Sittings,
  record: StudyRecord,
  space: ValueSpace,
  { replicates, random, onProgress }: Omit<ReportOptions, 'epsilon'>
): Panel | null {
  if (people.length === 0) return null;
  const values = weightedValues(people, record, space);
  const isScores = record.study.design.protocol === 'single-stimulus';
  const ratings = isScores ? ratingsOverStimuli(people, record, space) : null;
  const truth = truthOf(record);
  const ceiling = ratings
    ? humanCeiling(ratings, random.fork('ceiling'))
    : ceilingOfVotes(values, people.length, space, random.fork('ceiling'), Math.min(100, replicates));
  return {
    sittings: people,
    values,
    yardstick: drawObservers(
      (drawn) => values.values(weightsOf(drawn, people.length)),
      people.length,
      replicates,
      random.fork('raters'),
      onProgress
    ),
    ratings,
    scores: ratings && scoresOf(ratings),
    ceiling:
      people.length < 2
        ? missing('one rater alone has nobody to agree with')
        : orMissing(ceiling, 'no half of the raters can be compared with the other'),
    correct: isScores ? [] : people.map((sitting) => correctness(sitting, record, space, truth))
  };
}

/** Each sitting's mean score of each stimulus. */
function ratingsOverStimuli(sittings: readonly Sitting[], record: StudyRecord, space: ValueSpace): Ratings {
  const rows = sittings.map((sitting) =>
    Array.from(weightedValues([sitting], record, space).values(), (value) =>
      Number.isNaN(value) ? null : value
    )
  );
  return ratingsOfRows(rows, space.stimuli.length);
}

function scoresOf(ratings: Ratings): PeopleScores {
  const scores = meanOpinionScores(ratings);
  return {
    // A stimulus without ratings has no prediction put beside it: see `besideScores`.
    mos: scores.map((score) => score.mos ?? 0),
    sigma: scores.map((score) => score.sigma),
    n: scores.map((score) => score.n)
  };
}

/** Values as predictions, null where either side is missing. */
export function besideScores(values: Float64Array, scores: PeopleScores): (number | null)[] {
  return Array.from(values, (value, s) => (Number.isNaN(value) || scores.n?.[s] === 0 ? null : value));
}

/** Per stimulus its MOS with higher better, NaN where unknown. */
export function mosOver(space: ValueSpace, record: StudyRecord): Float64Array {
  const truth = truthOf(record);
  return Float64Array.from(space.stimuli, (id) => truth.get(id) ?? Number.NaN);
}

export function peopleReport(
  panel: Panel,
  { peopleName, simulated }: Sittings,
  record: StudyRecord,
  space: ValueSpace,
  options: ReportOptions
): PeopleReport {
  const { sittings, values, ratings, scores, ceiling, correct } = panel;
  const { replicates, epsilon, random, onProgress } = options;
  const mos = mosOver(space, record);
  const isScores = ratings !== null;
  const alpha = krippendorffAlpha(
    answersAsRatings(sittings, record, space.trials).ratings,
    isScores ? 'interval' : 'ordinal'
  );
  return {
    observer: peopleName,
    simulated,
    raters: sittings.length,
    ceiling,
    alpha: orMissing(alpha, 'no two raters answered the same, or every answer is the same'),
    // The panel is what is judged, so its members are drawn: they stand where else the truth stands. Correlations
    // do not mind which side is which; the logistic does, and is fitted from the MOS to the panel here.
    againstMos: agreementIntervals({
      model: mos,
      yardstick: panel.yardstick,
      pool: space.pool,
      pools: space.pools,
      replicates,
      random: random.fork('people against MOS'),
      onProgress
    }),
    sigmaNormalisedError: scores
      ? orMissing(
          modelAgainstPeople(scores, besideScores(values.values(), scores), { epsilon })
            .humanSigmaNormalisedError,
          'no stimulus has scores of two raters'
        )
      : missing('σ of opinions is known where scores are given, not from votes'),
    positionBias: positionBiasOf(sittings, record),
    retest: retestOf(sittings, record, space),
    transitivity: transitivityOf(values, random.fork('transitivity')),
    psychometric: psychometricOf(sittings, record, space),
    errorConsistency: sharedErrors(correct, correct, record.study.design.protocol, {
      replicates,
      random: random.fork('errors')
    }),
    calibration: forecastOfOthers(sittings, record, space)
  };
}

/** How often each of so many observers was drawn. */
function weightsOf(drawn: Int32Array, observers: number): Float64Array {
  const weights = new Float64Array(observers);
  for (const one of drawn) weights[one] = (weights[one] as number) + 1;
  return weights;
}
