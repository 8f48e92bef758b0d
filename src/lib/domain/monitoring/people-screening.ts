import { spearman } from '#lib/stats/correlation.ts';
import { proportionInterval } from '#lib/stats/intervals.ts';
import { figuresOf, meanOverPools, type Point } from '../results/agreement-figures.ts';
import { collectValues, type JudgedPresentation, type ObserverValue } from '../results/observer-values.ts';
import { sittingsOf, votesIn, type Sitting } from '../results/sittings.ts';
import type { StudyRecord } from '../results/study-results.ts';
import { valueSpace, weightedValues, type ValueSpace } from '../results/weighted-values.ts';
import type { Ratings } from '../scaling/ratings.ts';
import {
  bt500Screening,
  correlationScreening,
  type Bt500Verdict,
  type CorrelationVerdict
} from '../scaling/screening.ts';
import { fitSubjectModel, type SubjectModel } from '../scaling/subject-model.ts';
import { T_OF_N, type IntervalStep } from './interval-course.ts';

/** How often somebody's votes go with the scale of the others. */
export interface VoteAgreement {
  /** Votes for one side, between stimuli that the scale tells apart. */
  decided: number;
  agreed: number;
  /** Wilson's 95 % interval of the share. */
  ci95: readonly [number, number] | null;
  /** Whether the interval reaches down to one half: not shown to be better than a coin. */
  rejected: boolean;
}

export interface ScreenedSitting {
  sessionId: number;
  observer: string;
  /** Present where the votes were collected elsewhere: there is no sitting to replay. */
  imported?: true;
  answers: number;
  /** Scores alone. */
  bt500: Bt500Verdict | null;
  correlation: CorrelationVerdict | null;
  bias: number | null;
  inconsistency: number | null;
  /** Pairs and rankings alone. */
  votes: VoteAgreement | null;
}

export type VariantId = 'all' | 'bt500' | 'correlation' | 'subject-model' | 'votes' | 'usable';

/** The study's figures from some of its people. */
export interface PanelVariant {
  id: VariantId;
  sittings: number;
  answers: number;
  /** Half the 95 % interval of a stimulus, the median over all judged; null while half of them have none. */
  halfWidth: number | null;
  /** Mean σ of a stimulus's scores; null for votes and for the subject model. */
  sigma: number | null;
  /** Spearman with the dataset's MOS (the mean over references in a full-reference study). */
  srcc: number | null;
  /** Spearman with the values of everybody. */
  srccWithAll: number | null;
  /** The stimulus that moved furthest from its value with everybody. */
  moved: { stimulus: string; from: number; to: number } | null;
}

export interface PeopleScreening {
  people: string;
  simulated: boolean;
  scores: boolean;
  /** Whether each sitting was held against a scale that its own votes had no part in. */
  leftOut: boolean;
  sittings: ScreenedSitting[];
  variants: PanelVariant[];
  /** Per judged stimulus its value in each variant, in their order; every k-th where there are many. */
  points: { stimulus: string; values: (number | null)[] }[];
  stimuli: number;
  /** Votes alone: how the scale's standard errors shrank. */
  course: IntervalStep[];
}

/**
 * With few ratings the subject model draws the qualities to one observer's own scores until nothing is left of that
 * observer's inconsistency (`fitSubjectModel`). Below this, in points of 100, its intervals mean nothing and are not told.
 */
const RAN_AWAY_BELOW = 1;
const MOST_POINTS = 600;
/** Above so many sittings × stimuli each sitting's votes stay in the scale that they are held against. */
const LEFT_OUT_UP_TO = 20_000;
const COURSE_STEPS = 8;
const COURSE_UP_TO = 1000;

/**
 * A study's people, each with every diagnostic of ITU-R BT.500 (screening), ITU-T P.913 (correlation) and ITU-T P.910
 * (subject model), or for votes with how often they go with the others; and the study's figures from everybody beside those
 * without whom each criterion names. Nobody is left out of anything else because of it. Null before anybody has answered.
 */
export function peopleScreening(record: StudyRecord): PeopleScreening | null {
  const { people, peopleName, simulated } = sittingsOf(record);
  if (people.length === 0) return null;
  const space = valueSpace(record);
  const scores = record.study.design.protocol === 'single-stimulus';
  const ratings = scores ? ratingsOfSittings(people, space) : null;
  const bt500 = ratings && bt500Screening(ratings);
  const correlation = ratings && correlationScreening(ratings);
  const model = ratings && fitSubjectModel(ratings);
  const leftOut = !scores && people.length * space.stimuli.length <= LEFT_OUT_UP_TO;
  const votes = scores ? null : voteAgreement(people, record, space, leftOut);
  const sittings = people.map(({ session, byTrial }, i): ScreenedSitting => ({
    sessionId: session.sessionId,
    observer: session.observer,
    ...(session.imported === true ? { imported: true as const } : {}),
    answers: [...byTrial.values()].reduce((sum, list) => sum + list.length, 0),
    bt500: bt500?.[i] ?? null,
    correlation: correlation?.[i] ?? null,
    bias: model?.observers[i]?.bias ?? null,
    inconsistency: model?.observers[i]?.inconsistency ?? null,
    votes: votes?.[i] ?? null
  }));

  const kept: { id: VariantId; keep: (at: number) => boolean }[] = [
    { id: 'all', keep: () => true },
    ...(record.unusable
      ? [
          {
            id: 'usable' as const,
            keep: (i: number) => record.unusable?.includes(people[i]?.session.sessionId ?? -1) !== true
          }
        ]
      : []),
    ...(bt500 ? [{ id: 'bt500' as const, keep: (i: number) => bt500[i]?.rejected !== true }] : []),
    ...(correlation
      ? [{ id: 'correlation' as const, keep: (i: number) => correlation[i]?.rejected !== true }]
      : []),
    ...(votes ? [{ id: 'votes' as const, keep: (i: number) => votes[i]?.rejected !== true }] : [])
  ];
  const variants: { id: VariantId; sittings: number; answers: number; values: Map<number, Valued> }[] =
    kept.map(({ id, keep }) => {
      const chosen = people.filter((_, i) => keep(i));
      return {
        id,
        sittings: chosen.length,
        answers: chosen.reduce((sum, one) => sum + answersOf(one).length, 0),
        values: valuesOf(chosen.flatMap(answersOf), record, space)
      };
    });
  if (model)
    variants.push({
      ...(variants[0] as (typeof variants)[0]),
      id: 'subject-model',
      values: modelled(model, space)
    });

  const nameOf = new Map(record.stimuli.map(({ id, name }) => [id, name]));
  const everybody = variants[0]?.values ?? new Map<number, Valued>();
  const every = Math.ceil(space.stimuli.length / MOST_POINTS);
  return {
    people: peopleName,
    simulated,
    scores,
    leftOut,
    sittings,
    variants: variants.map(({ values, ...variant }) => ({
      ...variant,
      ...figures(values, everybody, record, space, (id) => nameOf.get(id) ?? String(id))
    })),
    points: space.stimuli
      .filter((_, at) => at % every === 0)
      .map((id) => ({
        stimulus: nameOf.get(id) ?? String(id),
        values: variants.map(({ values }) => values.get(id)?.value ?? null)
      })),
    stimuli: space.stimuli.length,
    course: scores ? [] : courseOfScales(people.flatMap(answersOf), record, space)
  };
}

type Valued = Pick<ObserverValue, 'value' | 'sigma'> & { half: number | null };

const answersOf = ({ byTrial }: Sitting): JudgedPresentation[] => [...byTrial.values()].flat();

function valuesOf(
  answers: readonly JudgedPresentation[],
  record: StudyRecord,
  space: ValueSpace
): Map<number, Valued> {
  const collector = collectValues({ design: record.study.design, trials: new Map(space.trials) });
  for (const answer of answers) collector.add(answer);
  return new Map([...collector.values()].map(([id, value]) => [id, withHalf(value)]));
}

/** A mean's interval by Student's t, a scale value's by the normal distribution. */
function withHalf({ value, sigma, se, n }: ObserverValue): Valued {
  const quantile = sigma === null ? 1.959963984540054 : (T_OF_N[Math.min(n, T_OF_N.length) - 1] as number);
  return { value, sigma, half: se === null ? null : quantile * se };
}

function modelled(model: SubjectModel, space: ValueSpace): Map<number, Valued> {
  const ranAway = model.observers.some(
    ({ n, inconsistency }) => n > 1 && inconsistency !== null && inconsistency < RAN_AWAY_BELOW
  );
  return new Map(
    model.stimuli.flatMap(({ quality, qualitySe }, at): [number, Valued][] =>
      quality === null
        ? []
        : [
            [
              space.stimuli[at] as number,
              {
                value: quality,
                sigma: null,
                half: qualitySe === null || ranAway ? null : 1.959963984540054 * qualitySe
              }
            ]
          ]
    )
  );
}

function figures(
  values: Map<number, Valued>,
  everybody: Map<number, Valued>,
  record: StudyRecord,
  space: ValueSpace,
  nameOf: (id: number) => string
): Omit<PanelVariant, 'id' | 'sittings' | 'answers'> {
  const known = new Map(record.stimuli.map((stimulus) => [stimulus.id, stimulus]));
  const points = [...values].flatMap(([id, { value }]): Point[] => {
    const stimulus = known.get(id);
    return stimulus?.mos == null
      ? []
      : [{ value, truth: record.mosDirection * stimulus.mos, sigma: null, pool: stimulus.referenceId }];
  });
  const shared = [...values].flatMap(([id, { value }]) => {
    const other = everybody.get(id);
    return other === undefined ? [] : [{ id, value, other: other.value }];
  });
  const furthest = shared.reduce<(typeof shared)[0] | null>(
    (most, one) =>
      most !== null && Math.abs(most.value - most.other) >= Math.abs(one.value - one.other) ? most : one,
    null
  );
  const sigmas = [...values.values()].flatMap(({ sigma }) => (sigma === null ? [] : [sigma]));
  const full = record.study.design.scenario === 'full-reference';
  return {
    halfWidth: quantileOfHalves(values, space.stimuli.length, 0.5),
    sigma: sigmas.length === 0 ? null : sigmas.reduce((sum, one) => sum + one, 0) / sigmas.length,
    srcc: points.length < 2 ? null : (full ? meanOverPools(points) : figuresOf(points)).srcc,
    srccWithAll: spearman(
      shared.map(({ value }) => value),
      shared.map(({ other }) => other)
    ),
    moved:
      furthest === null || furthest.value === furthest.other
        ? null
        : { stimulus: nameOf(furthest.id), from: furthest.other, to: furthest.value }
  };
}

/** Over all judged stimuli, those without an interval as infinite; null where that is what it comes to. */
function quantileOfHalves(values: Map<number, Valued>, stimuli: number, p: number): number | null {
  const halves = [...values.values()]
    .flatMap(({ half }) => (half === null ? [] : [half]))
    .sort((a, b) => a - b);
  return halves[Math.max(0, Math.ceil(p * stimuli) - 1)] ?? null;
}

function ratingsOfSittings(people: readonly Sitting[], space: ValueSpace): Ratings {
  const observer: number[] = [];
  const stimulus: number[] = [];
  const rating: number[] = [];
  people.forEach(({ byTrial }, i) => {
    const own = new Map<number, { sum: number; n: number }>();
    for (const [trialId, answers] of byTrial) {
      const at = space.indexOf.get(space.trials.get(trialId)?.stimuli[0] ?? -1);
      if (at === undefined) continue;
      for (const { score } of answers) {
        if (score === null) continue;
        const sum = own.get(at) ?? { sum: 0, n: 0 };
        own.set(at, { sum: sum.sum + score, n: sum.n + 1 });
      }
    }
    for (const [at, { sum, n }] of own) {
      observer.push(i);
      stimulus.push(at);
      rating.push(sum / n);
    }
  });
  return {
    observers: people.length,
    stimuli: space.stimuli.length,
    observer: Int32Array.from(observer),
    stimulus: Int32Array.from(stimulus),
    rating: Float64Array.from(rating)
  };
}

function voteAgreement(
  people: readonly Sitting[],
  record: StudyRecord,
  space: ValueSpace,
  leaveOut: boolean
): VoteAgreement[] {
  const scale = weightedValues(people, record, space);
  const pooled = leaveOut ? null : scale.values();
  return people.map((sitting, i) => {
    const values = pooled ?? scale.values(people.map((_, other) => (other === i ? 0 : 1)));
    let decided = 0;
    let agreed = 0;
    for (const [trialId, answers] of sitting.byTrial) {
      const stimuli = space.trials.get(trialId)?.stimuli ?? [];
      for (const answer of answers) {
        for (const { first, second, choice } of votesIn(answer, record, stimuli)) {
          const ahead =
            (values[space.indexOf.get(first) as number] as number) -
            (values[space.indexOf.get(second) as number] as number);
          if (choice === 'same' || Number.isNaN(ahead) || ahead === 0) continue;
          decided++;
          if (ahead > 0 === (choice === 'first')) agreed++;
        }
      }
    }
    const ci95 = proportionInterval(agreed, decided);
    return { decided, agreed, ci95, rejected: ci95 !== null && ci95[0] <= 0.5 };
  });
}

/** Standard errors of the scale after so many answers, in the order in which they came; empty for very large studies. */
function courseOfScales(
  answers: JudgedPresentation[],
  record: StudyRecord,
  space: ValueSpace
): IntervalStep[] {
  if (space.stimuli.length > COURSE_UP_TO) return [];
  const inOrder = answers.slice().sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const steps: IntervalStep[] = [];
  let from = 0;
  for (let step = 1; step <= COURSE_STEPS; step++) {
    const to = Math.round((step * inOrder.length) / COURSE_STEPS);
    if (to === from) continue;
    from = to;
    const values = valuesOf(inOrder.slice(0, to), record, space);
    steps.push({
      at: new Date(inOrder[to - 1]?.at ?? 0),
      answers: to,
      median: quantileOfHalves(values, space.stimuli.length, 0.5),
      ninth: quantileOfHalves(values, space.stimuli.length, 0.9)
    });
  }
  return steps;
}
