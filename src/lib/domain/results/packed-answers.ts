import type { JudgedPresentation } from './observer-values.ts';

/**
 * Answers as columns: about 40 bytes each where an object takes hundreds, and copied to a worker thread as a block. A
 * missing score or time is NaN; orders, choices and rankings are places in lists of those that occur (0 for none).
 */
export interface PackedAnswers {
  count: number;
  session: Int32Array;
  trial: Int32Array;
  pass: Int16Array;
  order: Int32Array;
  score: Float64Array;
  choice: Uint8Array;
  ranking: Int32Array;
  at: Float64Array;
  orders: number[][];
  choices: string[];
  rankings: number[][];
  /** Of few answers: those of models whose token probabilities were read. */
  probabilities: Map<number, NonNullable<JudgedPresentation['probabilities']>>;
}

export type Answers = readonly JudgedPresentation[] | PackedAnswers;

export function answerCount(answers: Answers): number {
  return 'count' in answers ? answers.count : answers.length;
}

/** One after another, in the order in which they were packed. */
export function* eachOf(answers: Answers): Generator<JudgedPresentation> {
  if (!('count' in answers)) {
    yield* answers;
    return;
  }
  for (let i = 0; i < answers.count; i++) yield answerAt(answers, i);
}

function answerAt(packed: PackedAnswers, i: number): JudgedPresentation {
  const score = packed.score[i] as number;
  const at = packed.at[i] as number;
  const probabilities = packed.probabilities.get(i);
  return {
    sessionId: packed.session[i] as number,
    trialId: packed.trial[i] as number,
    pass: packed.pass[i] as number,
    order: packed.orders[packed.order[i] as number] as number[],
    score: Number.isNaN(score) ? null : score,
    choice: packed.choices[(packed.choice[i] as number) - 1] ?? null,
    ranking: packed.rankings[(packed.ranking[i] as number) - 1] ?? null,
    ...(probabilities === undefined ? {} : { probabilities }),
    ...(Number.isNaN(at) ? {} : { at })
  };
}

/** Takes answers one by one; the columns double as they fill. */
export class AnswerPacker {
  #packed: PackedAnswers = sized(1024);
  #places = { order: new Map<string, number>(), ranking: new Map<string, number>() };

  get count(): number {
    return this.#packed.count;
  }

  add(answer: JudgedPresentation): void {
    if (this.#packed.count === this.#packed.session.length) this.#resize(2 * this.#packed.count);
    const packed = this.#packed;
    const i = packed.count++;
    packed.session[i] = answer.sessionId;
    packed.trial[i] = answer.trialId;
    packed.pass[i] = answer.pass;
    packed.order[i] = placeOf(this.#places.order, packed.orders, answer.order);
    packed.score[i] = answer.score ?? Number.NaN;
    packed.choice[i] = answer.choice === null ? 0 : 1 + choiceOf(packed.choices, answer.choice);
    packed.ranking[i] =
      answer.ranking === null ? 0 : 1 + placeOf(this.#places.ranking, packed.rankings, answer.ranking);
    packed.at[i] = answer.at ?? Number.NaN;
    if (answer.probabilities) packed.probabilities.set(i, answer.probabilities);
  }

  /** What was taken, without the room left over. */
  finish(): PackedAnswers {
    this.#resize(this.#packed.count);
    return this.#packed;
  }

  #resize(length: number): void {
    const { session, trial, pass, order, score, choice, ranking, at, ...rest } = this.#packed;
    this.#packed = {
      ...rest,
      session: resized(session, new Int32Array(length)),
      trial: resized(trial, new Int32Array(length)),
      pass: resized(pass, new Int16Array(length)),
      order: resized(order, new Int32Array(length)),
      score: resized(score, new Float64Array(length)),
      choice: resized(choice, new Uint8Array(length)),
      ranking: resized(ranking, new Int32Array(length)),
      at: resized(at, new Float64Array(length))
    };
  }
}

function sized(length: number): PackedAnswers {
  return {
    count: 0,
    session: new Int32Array(length),
    trial: new Int32Array(length),
    pass: new Int16Array(length),
    order: new Int32Array(length),
    score: new Float64Array(length),
    choice: new Uint8Array(length),
    ranking: new Int32Array(length),
    at: new Float64Array(length),
    orders: [],
    choices: [],
    rankings: [],
    probabilities: new Map()
  };
}

function resized<T extends Int32Array | Int16Array | Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from.subarray(0, to.length));
  return to;
}

function placeOf(places: Map<string, number>, list: number[][], value: number[]): number {
  const key = value.join();
  let place = places.get(key);
  if (place === undefined) {
    place = list.push(value) - 1;
    places.set(key, place);
  }
  return place;
}

function choiceOf(choices: string[], choice: string): number {
  const place = choices.indexOf(choice);
  return place >= 0 ? place : choices.push(choice) - 1;
}

/** Those that are kept, packed. */
export function keepAnswers(answers: Answers, keep: (answer: JudgedPresentation) => boolean): PackedAnswers {
  const packer = new AnswerPacker();
  for (const answer of eachOf(answers)) if (keep(answer)) packer.add(answer);
  return packer.finish();
}
