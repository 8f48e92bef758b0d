import { protocols } from '../protocols/index.ts';
import type { PairVote } from '../protocols/protocol.ts';
import type { SwappedPair } from '../agreement/position-bias.ts';
import type { Answer, Choice } from '../response.ts';
import type { Ratings } from '../scaling/ratings.ts';
import type { JudgedPresentation } from './observer-values.ts';
import { eachOf } from './packed-answers.ts';
import { PEOPLE, SIMULATED_PEOPLE, type SessionRecord, type StudyRecord } from './study-results.ts';

/** One session with its usable answers, by trial, each trial's in the order of its passes. */
export interface Sitting {
  session: SessionRecord;
  byTrial: ReadonlyMap<number, readonly JudgedPresentation[]>;
}

export interface Sittings {
  models: Sitting[];
  /** The study's people: real ones where there are any, else simulated ones. */
  people: Sitting[];
  /** `people` or `simulated people`. */
  peopleName: string;
  simulated: boolean;
}

/** A study's sessions by their door, with the answers of each. */
export function sittingsOf(record: StudyRecord): Sittings {
  const answers = new Map<number, Map<number, JudgedPresentation[]>>();
  for (const session of record.sessions) answers.set(session.sessionId, new Map());
  for (const answer of eachOf(record.answers)) {
    const trials = answers.get(answer.sessionId);
    const list = trials?.get(answer.trialId);
    if (list) list.push(answer);
    else trials?.set(answer.trialId, [answer]);
  }
  const all = record.sessions.map((session): Sitting => {
    const byTrial = answers.get(session.sessionId) as Map<number, JudgedPresentation[]>;
    for (const list of byTrial.values()) list.sort((a, b) => a.pass - b.pass);
    return { session, byTrial };
  });
  const through = (door: string) => all.filter(({ session }) => session.door === door);
  const withAnswers = through('page').filter(({ byTrial }) => byTrial.size > 0);
  const real = withAnswers.filter(({ session }) => session.kind !== 'synthetic');
  const simulated = real.length === 0 && withAnswers.length > 0;
  return {
    models: through('model'),
    people: simulated ? withAnswers : real,
    peopleName: simulated ? SIMULATED_PEOPLE : PEOPLE,
    simulated
  };
}

/** The answer of a presentation, about the slots as shown; null for a score. */
export function comparisonIn({ choice, ranking }: JudgedPresentation): Answer | null {
  if (choice !== null) return { kind: 'choice', choice: choice as Choice };
  return ranking === null ? null : { kind: 'ranking', ranks: ranking };
}

/** The comparisons in an answer, stimuli in the trial's own order: none for a score, one for a pair, six for four. */
export function votesIn(
  answer: JudgedPresentation,
  record: StudyRecord,
  stimuli: readonly number[]
): PairVote<number>[] {
  const rules = protocols[record.study.design.protocol];
  const given = comparisonIn(answer);
  return given === null ? [] : rules.toPairVotes(rules.toStudyOrder(given, answer.order), stimuli);
}

/** The same, with whatever stood further to the front as `first`. */
export function votesAsShown(
  answer: JudgedPresentation,
  record: StudyRecord,
  stimuli: readonly number[]
): PairVote<number>[] {
  const given = comparisonIn(answer);
  if (given === null) return [];
  const shown = answer.order.map((slot) => stimuli[slot] as number);
  return protocols[record.study.design.protocol].toPairVotes(given, shown);
}

const CODE: Readonly<Record<Choice, number>> = { second: 0, same: 1, first: 2 };

/**
 * Answers as ratings, for α: scores by stimulus (the mean where a sitting has several), or choices by trial and pair
 * (the first pass), coded second 0, same 1, first 2 in the trial's own order.
 */
export interface AnswersAsRatings {
  ratings: Ratings;
  /** Per sitting given, its answers over the units of `ratings`; null where it has none. */
  rows: (number | null)[][];
}

export function answersAsRatings(
  sittings: readonly Sitting[],
  record: StudyRecord,
  trials: ReadonlyMap<number, { stimuli: number[] }>
): AnswersAsRatings {
  const unitOf = new Map<string, number>();
  const cells = sittings.map(({ byTrial }) => {
    const sums = new Map<number, { sum: number; n: number }>();
    const add = (key: string, value: number) => {
      let unit = unitOf.get(key);
      if (unit === undefined) unitOf.set(key, (unit = unitOf.size));
      const cell = sums.get(unit) ?? { sum: 0, n: 0 };
      sums.set(unit, { sum: cell.sum + value, n: cell.n + 1 });
    };
    for (const [trialId, answers] of byTrial) {
      const stimuli = trials.get(trialId)?.stimuli;
      if (!stimuli) continue;
      for (const { score } of answers) if (score !== null) add(String(stimuli[0]), score);
      const first = answers[0];
      if (first === undefined || first.score !== null) continue;
      votesIn(first, record, stimuli).forEach(({ choice }, pair) => add(`${trialId}/${pair}`, CODE[choice]));
    }
    return sums;
  });
  const rows = cells.map((sums) => {
    const row = new Array<number | null>(unitOf.size).fill(null);
    for (const [unit, { sum, n }] of sums) row[unit] = sum / n;
    return row;
  });
  return { ratings: ratingsOfRows(rows, unitOf.size), rows };
}

/** Observers × units with gaps as ratings. */
export function ratingsOfRows(rows: readonly (readonly (number | null)[])[], units: number): Ratings {
  const observer: number[] = [];
  const stimulus: number[] = [];
  const rating: number[] = [];
  rows.forEach((row, i) =>
    row.forEach((value, j) => {
      if (value === null) return;
      observer.push(i);
      stimulus.push(j);
      rating.push(value);
    })
  );
  return {
    observers: rows.length,
    stimuli: units,
    observer: Int32Array.from(observer),
    stimulus: Int32Array.from(stimulus),
    rating: Float64Array.from(rating)
  };
}

/** Pairs that a sitting saw in both orders, the first showing of each order. */
export function swappedPairs({ byTrial }: Sitting): SwappedPair[] {
  return [...byTrial.values()].flatMap((answers) => {
    const forth = answers.find(({ order, choice }) => order[0] === 0 && choice !== null);
    const back = answers.find(({ order, choice }) => order[0] === 1 && choice !== null);
    if (!forth || !back) return [];
    return [{ forth: forth.choice as Choice, back: back.choice as Choice }];
  });
}

/** The first two answers to every trial that a sitting answered at least twice. */
export function answeredTwice({
  byTrial
}: Sitting): { trialId: number; test: JudgedPresentation; retest: JudgedPresentation }[] {
  return [...byTrial].flatMap(([trialId, [test, retest]]) =>
    test && retest ? [{ trialId, test, retest }] : []
  );
}
