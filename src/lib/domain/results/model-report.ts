import { pearson, spearman } from '#lib/stats/correlation.ts';
import { hesitation, type Hesitation } from '../agreement/calibration.ts';
import { ceilingNormalised, shareOfObserversBelow } from '../agreement/human-ceiling.ts';
import { modelAgainstPeople, type PeopleScores } from '../agreement/model-against-people.ts';
import { raterEquivalents, type RaterEquivalents } from '../agreement/rater-equivalents.ts';
import { replacement, type Replacement } from '../agreement/replacement.ts';
import { agreementIntervals } from './agreement-intervals.ts';
import type { IntervalPair, ModelReport } from './agreement-report.ts';
import { found, missing, orMissing, type Finding } from './finding.ts';
import { pipelinesOf } from './noise-floor.ts';
import { positionBiasOf, retestOf, transitivityOf } from './observer-consistency.ts';
import { calibrationOf } from './forecasts.ts';
import { correctness, psychometricOf, truthOf } from './pair-judgments.ts';
import { sharedErrors } from './shared-errors.ts';
import { besideScores, mosOver, NO_PEOPLE, type Panel, type ReportOptions } from './people-report.ts';
import { answersAsRatings, ratingsOfRows, type Sitting } from './sittings.ts';
import type { StudyRecord } from './study-results.ts';
import { meanCorrelation } from './votes-ceiling.ts';
import { weightedValues, type ValueSpace } from './weighted-values.ts';

const NO_ANSWERS = 'the model has given no usable answer';
const NO_SIGMA = 'σ of opinions is known where scores are given, not from votes';

/** Everything about one model. @param panel the study's people, prepared; null without any. */
export function modelReport(
  sitting: Sitting,
  panel: Panel | null,
  record: StudyRecord,
  space: ValueSpace,
  options: ReportOptions
): ModelReport {
  const { session } = sitting;
  const { replicates, epsilon, random, onProgress } = options;
  const source = weightedValues([sitting], record, space);
  const values = source.values();
  const answered = values.some((value) => !Number.isNaN(value));
  const mos = mosOver(space, record);
  const truth = truthOf(record);
  const { pool, pools } = space;
  const common = { model: values, pool, pools, replicates };
  const both = (question: () => IntervalPair, why: string | null): IntervalPair =>
    why === null ? question() : { srcc: missing(why), plcc: missing(why) };
  const trialsOfPeople = new Set(panel?.sittings.flatMap(({ byTrial }) => [...byTrial.keys()]));
  const shared = (trialId: number) => sitting.byTrial.has(trialId) && trialsOfPeople.has(trialId);
  const protocol = record.study.design.protocol;
  return {
    observer: session.observer,
    sessionId: session.sessionId,
    strategy: session.strategy,
    simulated: session.kind === 'synthetic',
    againstMos: both(
      () =>
        agreementIntervals({
          ...common,
          yardstick: { whole: mos, resampled: null, withoutOne: [] },
          random: random.fork('against MOS'),
          onProgress: (share) => onProgress(0.2 * share)
        }),
      answered ? null : NO_ANSWERS
    ),
    againstPeople: both(
      () =>
        agreementIntervals({
          ...common,
          yardstick: (panel as Panel).yardstick,
          random: random.fork('against people'),
          onProgress: (share) => onProgress(0.2 + 0.4 * share)
        }),
      panel === null ? NO_PEOPLE : answered ? null : NO_ANSWERS
    ),
    ...besideTheCeiling(values, panel, space),
    raterEquivalents: equivalents(values, panel, space, options),
    sigmaNormalisedError: {
      mos: errorAgainstMos(values, mos, record, space, epsilon),
      people: errorAgainstPeople(values, panel, epsilon)
    },
    positionBias: positionBiasOf([sitting], record),
    retest: retestOf([sitting], record, space),
    transitivity: transitivityOf(source, random.fork('transitivity')),
    psychometric: {
      model: psychometricOf([sitting], record, space, panel ? shared : undefined),
      people: panel ? psychometricOf(panel.sittings, record, space, shared) : missing(NO_PEOPLE)
    },
    replacement: replacementOf(sitting, panel, record, space),
    errorConsistency: panel
      ? sharedErrors([correctness(sitting, record, space, truth)], panel.correct, protocol, {
          replicates,
          random: random.fork('errors')
        })
      : missing(NO_PEOPLE),
    hesitation: hesitationOf(sitting, panel, record, space),
    calibration: panel ? calibrationOf(sitting, panel.sittings, record, space) : missing(NO_PEOPLE),
    pipelines: orMissing(pipelinesOf(source, mos, space), 'no stimulus has both a value and a MOS')
  };
}

/** Correlations with the people's values against how far the people can be relied on, both over the same pools. */
function besideTheCeiling(
  values: Float64Array,
  panel: Panel | null,
  space: ValueSpace
): Pick<ModelReport, 'ceilingNormalised' | 'shareOfRatersBelow'> {
  const ceiling = panel?.ceiling ?? missing<never>(NO_PEOPLE);
  if (panel === null || ceiling.value === null) {
    const why = ceiling.why ?? NO_PEOPLE;
    return {
      ceilingNormalised: { srcc: missing(why), plcc: missing(why) },
      shareOfRatersBelow: missing(why)
    };
  }
  const people = panel.values.values();
  // Scores share one unit over all stimuli, so that their reliability is over all stimuli too.
  const over = panel.ratings ? { pool: new Int32Array(space.pool.length), pools: 1 } : space;
  const srcc = meanCorrelation(values, people, over, spearman).r;
  const plcc = meanCorrelation(values, people, over, pearson).r;
  const { reliability } = ceiling.value;
  const why = 'the people do not agree at all, or one side gives all stimuli the same value';
  return {
    ceilingNormalised: {
      srcc: orMissing(ceilingNormalised(srcc, reliability), why),
      plcc: orMissing(ceilingNormalised(plcc, reliability), why)
    },
    shareOfRatersBelow:
      srcc === null ? missing(why) : orMissing(shareOfObserversBelow(ceiling.value, srcc, 'spearman'), why)
  };
}

function equivalents(
  values: Float64Array,
  panel: Panel | null,
  space: ValueSpace,
  { replicates, random, onProgress }: ReportOptions
): Finding<RaterEquivalents> {
  if (panel === null) return missing(NO_PEOPLE);
  if (!panel.ratings || !panel.scores) {
    return missing('one person’s votes are too few for a value per stimulus: rater equivalents need scores');
  }
  if (panel.sittings.length < 3) return missing('at least three raters are needed');
  const predictions = besideScores(values, panel.scores);
  if (predictions.every((value) => value === null)) return missing(NO_ANSWERS);
  // One resample of the curve goes over raters × raters × stimuli.
  const affordable = Math.floor(2e9 / (panel.sittings.length ** 2 * values.length));
  const result = raterEquivalents(panel.ratings, predictions, {
    random: random.fork('equivalents'),
    replicates: Math.min(replicates, 300, Math.max(50, affordable)),
    ...(space.pools > 1 ? { content: Array.from(space.pool, String) } : {}),
    onProgress: (share) => onProgress(0.6 + 0.4 * share)
  });
  return result.empirical === null && result.closedForm === null
    ? missing('the people do not agree at all, or the model gives all stimuli the same score')
    : found(result);
}

function errorAgainstMos(
  values: Float64Array,
  mos: Float64Array,
  record: StudyRecord,
  space: ValueSpace,
  epsilon: number
): { model: Finding<number>; human: Finding<number> } {
  const sigmaOf = new Map(record.stimuli.map(({ id, sigma }) => [id, sigma]));
  const human = missing<number>('the dataset does not say how many people stand behind each MOS');
  if (space.pools > 1 && record.study.design.protocol !== 'single-stimulus') {
    return { model: missing('scales of different references share no unit to be mapped from'), human };
  }
  const people: PeopleScores = {
    mos: Array.from(mos, (value) => (Number.isNaN(value) ? 0 : value)),
    sigma: space.stimuli.map((id) => sigmaOf.get(id) ?? null)
  };
  const predictions = Array.from(values, (value, s) =>
    Number.isNaN(value) || Number.isNaN(mos[s] as number) ? null : value
  );
  return {
    model: orMissing(
      modelAgainstPeople(people, predictions, { epsilon }).sigmaNormalisedError,
      'no σ is known, or no value stands beside a MOS'
    ),
    human
  };
}

function errorAgainstPeople(
  values: Float64Array,
  panel: Panel | null,
  epsilon: number
): { model: Finding<number>; human: Finding<number> } {
  const why = panel === null ? NO_PEOPLE : NO_SIGMA;
  if (!panel?.scores) return { model: missing(why), human: missing(why) };
  const result = modelAgainstPeople(panel.scores, besideScores(values, panel.scores), { epsilon });
  const few = 'no stimulus that the model scored has scores of two raters';
  return {
    model: orMissing(result.sigmaNormalisedError, few),
    human: orMissing(result.humanSigmaNormalisedError, few)
  };
}

function replacementOf(
  sitting: Sitting,
  panel: Panel | null,
  record: StudyRecord,
  space: ValueSpace
): Finding<Replacement> {
  if (panel === null) return missing(NO_PEOPLE);
  if (sitting.byTrial.size === 0) return missing(NO_ANSWERS);
  const { rows, ratings } = answersAsRatings([...panel.sittings, sitting], record, space.trials);
  const people = ratingsOfRows(rows.slice(0, -1), ratings.stimuli);
  const level = panel.ratings ? 'interval' : 'ordinal';
  const result = replacement(people, rows.at(-1) as (number | null)[], level);
  return result.people === null
    ? missing('no two raters answered the same, or every answer is the same')
    : found(result);
}

/** The variance (n − 1) of a model's repeated scores, stimulus by stimulus. */
function hesitationOf(
  { byTrial }: Sitting,
  panel: Panel | null,
  record: StudyRecord,
  space: ValueSpace
): { mos: Finding<Hesitation>; people: Finding<Hesitation> } {
  const repeated = 'the model scored no two stimuli more than once';
  const scores = new Map<number, number[]>();
  for (const [trialId, answers] of byTrial) {
    const stimulus = space.trials.get(trialId)?.stimuli[0];
    if (stimulus === undefined) continue;
    for (const { score } of answers) {
      if (score !== null) scores.set(stimulus, [...(scores.get(stimulus) ?? []), score]);
    }
  }
  const variance = space.stimuli.map((id) => {
    const given = scores.get(id) ?? [];
    if (given.length < 2) return null;
    const mean = given.reduce((sum, value) => sum + value, 0) / given.length;
    return given.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (given.length - 1);
  });
  const sigmaOf = new Map(record.stimuli.map(({ id, sigma }) => [id, sigma]));
  const against = (sigma: readonly (number | null)[]): Finding<Hesitation> => {
    const result = hesitation(variance, sigma);
    if (result.n < 2) return missing(repeated);
    return result.pearson === null
      ? missing('the model’s variance or σ is the same everywhere')
      : found(result);
  };
  return {
    mos: against(space.stimuli.map((id) => sigmaOf.get(id) ?? null)),
    people:
      panel === null
        ? missing(NO_PEOPLE)
        : panel.scores
          ? against(panel.scores.sigma ?? [])
          : missing(NO_SIGMA)
  };
}
