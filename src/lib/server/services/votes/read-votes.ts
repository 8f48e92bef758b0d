import { createHash } from 'node:crypto';
import { protocols } from '#lib/domain/protocols/index.ts';
import { denseRanks, type Answer } from '#lib/domain/response.ts';
import type { StudyDesign } from '#lib/domain/study.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { openTable, quoted, type TableSource } from '#lib/server/tables/read-table.ts';
import {
  eachPair,
  eachRanking,
  eachRating,
  type ColumnNames,
  type VoteColumn
} from '#lib/server/tables/read-votes.ts';
import { hashed } from '../metrics/import-scores.ts';
import { passCounter } from './pass-counter.ts';

export type VoteKind = 'rater' | 'model' | 'synthetic';
export const VOTE_KINDS: readonly VoteKind[] = ['rater', 'model', 'synthetic'];

/** How a file of votes is to be read. */
export interface VoteReading {
  /** How the file calls its columns, where not by the usual names. */
  columns: ColumnNames;
  /** Whose votes they are, where no column says it: all of them are this one observer's. */
  name: string | null;
  /** The ends of the file's rating scale, mapped linearly to 0–100; null: ratings are on the study's own scale. */
  range: { low: number; high: number } | null;
  /** Which rank is the best one. */
  best: 'highest' | 'lowest';
  /** Votes about what the study does not judge are left out and counted, instead of ending the import. */
  passOver: boolean;
}

export const READING: VoteReading = {
  columns: {},
  name: null,
  range: null,
  best: 'highest',
  passOver: false
};

/** A file on this machine, and what its owner calls it. */
export interface VoteFile {
  path: string;
  label: string;
}

/** What votes are about: the trials that they belong to, by the stimuli that they name. */
export interface VoteTarget {
  design: StudyDesign;
  stimulus(name: string): { id: number } | { problem: string };
  /** The trial that judges exactly these; null where there is none. */
  trial(stimuli: readonly number[]): { id: number; index: number; stimuli: readonly number[] } | null;
  /** How many trials there are, or at most will be. */
  trials: number;
}

export interface ReadVote {
  /** Place in the order of first appearance. */
  observer: number;
  trialId: number;
  pass: number;
  order: number[];
  answer: Answer;
  /** The rating or ranks as the file has them, where the answer is not literally that. */
  given: number | number[] | null;
}

export interface VoteCount {
  /** Names in the order of first appearance. */
  observers: string[];
  votes: number;
  missing: number;
  passedOver: number;
  /** Of the file's bytes. */
  sha256: string;
}

/** More passes of one observer over one trial than a person would make. */
const MOST_PASSES = 200;
const MOST_OBSERVERS = 200_000;
const LONGEST_NAME = 100;

/**
 * Reads a file of votes from start to end; rows pass through one by one.
 *
 * @param onVote called for each vote in the file's order.
 * @param onProblem takes what is wrong with a row, where reading should go on; otherwise the first ends it.
 * @param between awaited after each piece of the file: what `onVote` collected can be put away.
 * @throws BadInput naming file, line and column.
 */
export async function eachVote(
  file: VoteFile,
  target: VoteTarget,
  reading: VoteReading,
  onVote: (vote: ReadVote) => void,
  onProblem?: (problem: BadInput) => void,
  between: () => Promise<void> = () => Promise.resolve()
): Promise<VoteCount> {
  checkReading(target.design, reading);
  const hash = createHash('sha256');
  const source = paced(hashed({ ...(await openTable(file.path)), label: file.label }, hash), between);
  const observers = new Map<string, number>();
  if (reading.name !== null) observers.set(reading.name, 0);
  const count = { votes: 0, missing: 0, passedOver: 0 };
  const passes = passCounter(target.trials);
  const known = new Map<string, number>();
  const called = (column: VoteColumn) => reading.columns[column] ?? column;
  const { protocol } = target.design;

  const observerOf = (name: string, line: number): number => {
    if (reading.name !== null) return 0;
    const number = observers.get(name);
    if (number !== undefined) return number;
    const place = { file: file.label, line, column: called('observer') };
    if (name.length > LONGEST_NAME)
      throw new BadInput(`${quoted(name)} has more than ${LONGEST_NAME} characters`, place);
    if (observers.size >= MOST_OBSERVERS)
      throw new BadInput(`is one observer more than the ${MOST_OBSERVERS} that one file may have`, place);
    observers.set(name, observers.size);
    return observers.size - 1;
  };
  const stimulusOf = (name: string, line: number, column: VoteColumn): number => {
    const id = known.get(name);
    if (id !== undefined) return id;
    const found = target.stimulus(name);
    if ('problem' in found)
      throw new BadInput(found.problem, { file: file.label, line, column: called(column) });
    known.set(name, found.id);
    return found.id;
  };
  const take = (
    row: { observer: string; line: number },
    column: VoteColumn,
    names: readonly string[],
    stimuli: readonly number[],
    value: unknown,
    times: number,
    given: ReadVote['given']
  ): void => {
    const place = { file: file.label, line: row.line, column: called(column) };
    const observer = observerOf(row.observer, row.line);
    if (new Set(stimuli).size !== stimuli.length)
      throw new BadInput(`${names.map(quoted).join(' and ')} are the same stimulus`, place);
    const trial = target.trial(stimuli);
    if (trial === null) {
      if (!reading.passOver)
        throw new BadInput(`no test trial of the study judges ${names.map(quoted).join(' with ')}`, place);
      count.passedOver += times;
      return;
    }
    const answerColumn = ANSWER_COLUMN[protocol];
    const checked = protocols[protocol].validateAnswer(value, target.design);
    if (!checked.ok)
      throw new BadInput(`${checked.reason.replace(/\.$/, '')}`, { ...place, column: called(answerColumn) });
    const order = stimuli.map((id) => trial.stimuli.indexOf(id));
    for (let time = 0; time < times; time++) {
      const pass = passes.next(observer, trial.index);
      if (pass > 0 && protocol === 'single-stimulus')
        throw new BadInput(
          `${quoted(row.observer || (reading.name ?? ''))} has rated ${names.map(quoted).join('')} before`,
          place
        );
      if (pass >= MOST_PASSES)
        throw new BadInput(
          `is more than the ${MOST_PASSES}th vote of one observer on the same stimuli`,
          place
        );
      count.votes++;
      onVote({ observer, trialId: trial.id, pass, order, answer: checked.answer, given });
    }
  };

  const options = {
    columns: reading.columns,
    observers: reading.name === null,
    ...(onProblem ? { onProblem } : {})
  };
  switch (protocol) {
    case 'single-stimulus':
      await eachRating(source, options, (row) => {
        const stimulus = stimulusOf(row.stimulus, row.line, 'stimulus');
        if (row.rating === null) {
          observerOf(row.observer, row.line);
          count.missing++;
          return;
        }
        const raw = reading.range === null ? row.rating : mapped(row.rating, reading.range);
        if (raw === null) {
          throw new BadInput(
            `${row.rating} lies outside of ${reading.range?.low} to ${reading.range?.high}`,
            { file: file.label, line: row.line, column: called('rating') }
          );
        }
        const given = reading.range === null ? null : row.rating;
        take(row, 'stimulus', [row.stimulus], [stimulus], { kind: 'score', raw }, 1, given);
      });
      break;
    case 'double-stimulus':
      await eachPair(source, { ...options, graded: target.design.scale === 'ccr-7' }, (row) => {
        const pair = [stimulusOf(row.first, row.line, 'first'), stimulusOf(row.second, row.line, 'second')];
        const { choice, grade } = row;
        const value = { kind: 'choice', choice, ...(grade === null ? {} : { grade }) };
        take(row, 'second', [row.first, row.second], pair, value, row.count, null);
      });
      break;
    case 'multiple-stimulus':
      await eachRanking(source, options, (row) => {
        const group = row.stimuli.map((name) => stimulusOf(name, row.line, 'stimuli'));
        const ranks = denseRanks(row.ranks.map((rank) => (reading.best === 'highest' ? rank : 0 - rank)));
        const given = reading.best === 'highest' ? null : row.ranks;
        take(row, 'stimuli', row.stimuli, group, { kind: 'ranking', ranks }, 1, given);
      });
  }
  await between();
  if (count.votes === 0 && onProblem === undefined) {
    throw new BadInput(
      count.passedOver > 0
        ? 'holds no vote about what this study judges'
        : 'holds no vote: every rating is empty',
      { file: file.label }
    );
  }
  return { observers: [...observers.keys()], ...count, sha256: hash.digest('hex') };
}

const ANSWER_COLUMN = {
  'single-stimulus': 'rating',
  'double-stimulus': 'choice',
  'multiple-stimulus': 'ranking'
} as const satisfies Record<StudyDesign['protocol'], VoteColumn>;

/** Linearly to 0–100; null outside of the range. */
function mapped(rating: number, { low, high }: { low: number; high: number }): number | null {
  if (rating < low || rating > high) return null;
  return ((rating - low) * 100) / (high - low);
}

function checkReading(design: StudyDesign, { range, name }: VoteReading): void {
  if (name !== null && (name.trim() === '' || name.length > LONGEST_NAME)) {
    throw new BadInput(`the observer's name has from 1 to ${LONGEST_NAME} characters`);
  }
  if (range === null) return;
  if (!(Number.isFinite(range.low) && Number.isFinite(range.high) && range.low < range.high)) {
    throw new BadInput('the range of the ratings is two numbers, the lower first');
  }
  if (design.protocol !== 'single-stimulus') {
    throw new BadInput('only ratings have a range; this study compares');
  }
  if (design.scale !== 'continuous-100') {
    throw new BadInput(
      `this study grades on ${design.scale}: ratings on another range are another scale, and belong into a study on 0–100`
    );
  }
}

/** The same bytes; before each further piece, whatever was made of those before is put away. */
function paced(source: TableSource, between: () => Promise<void>): TableSource {
  return {
    label: source.label,
    bytes: (async function* () {
      for await (const chunk of source.bytes) {
        yield chunk;
        await between();
      }
    })()
  };
}
