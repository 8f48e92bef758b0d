import { CHOICES, type Choice } from '#lib/domain/response.ts';
import { BadInput } from './bad-input.ts';
import { numberIn, quoted, readTable, type TableHeader, type TableSource } from './read-table.ts';

/** Columns of a file of votes; a file may call them otherwise. */
export const VOTE_COLUMNS = [
  'observer',
  'stimulus',
  'rating',
  'first',
  'second',
  'choice',
  'count',
  'stimuli',
  'ranking'
] as const;
export type VoteColumn = (typeof VOTE_COLUMNS)[number];
export type ColumnNames = Partial<Record<VoteColumn, string>>;

export interface ReadOptions {
  /** How the file calls its columns, where not by these names. */
  columns?: ColumnNames;
  /** Whether every row names its observer in a column; otherwise that column is not looked at. */
  observers: boolean;
  /** Where a bad row should be noted and passed over instead of ending the reading. */
  onProblem?: (problem: BadInput) => void;
}

export interface RatingRow {
  observer: string;
  stimulus: string;
  /** null where the cell is empty: a missing rating. */
  rating: number | null;
  line: number;
}

export interface PairRow {
  observer: string;
  first: string;
  second: string;
  choice: Choice;
  /** With `graded`, the cell as a whole number; its sign is the choice. */
  grade: number | null;
  /** How many votes the row stands for; 0 for none. */
  count: number;
  line: number;
}

export interface RankingRow {
  observer: string;
  /** In the order shown. */
  stimuli: string[];
  /** One number a stimulus, as the file has them. */
  ranks: number[];
  line: number;
}

/** Beyond it sums of squares would leave the range of doubles. */
const LARGEST = 1e100;
/** Between the entries of a list in a cell, as in this lab's own exports. */
const LIST = '|';

/**
 * Reads opinion scores row by row: a CSV with the columns observer, stimulus, rating. An empty rating is missing.
 * @throws BadInput for an empty name, a rating that is not a finite number; whatever `onRow` throws.
 */
export function eachRating(
  source: TableSource,
  options: ReadOptions,
  onRow: (row: RatingRow) => void
): Promise<number> {
  return eachRow(source, options, ['stimulus', 'rating'], (at, { cells, line }) => {
    const observer = options.observers ? at.name(cells, 'observer', line, 'rating has its observer') : '';
    const stimulus = at.name(cells, 'stimulus', line, 'rating has its stimulus');
    const value = at.cell(cells, 'rating');
    if (value.trim() === '') return onRow({ observer, stimulus, rating: null, line });
    const place = at.place('rating', line);
    const rating = numberIn(value, place);
    if (Math.abs(rating) > LARGEST) {
      throw new BadInput(`${quoted(value)} is too large for a rating`, place);
    }
    onRow({ observer, stimulus, rating, line });
  });
}

/**
 * Reads pair votes row by row: a CSV with the columns first, second, choice (first, second or same), and optionally count,
 * a whole number of votes (empty is 1, 0 is no vote). With `graded` the choice is a whole number: by how much the second is
 * better than the first.
 * @throws BadInput for an empty name, a stimulus beside itself, another choice or count; whatever `onRow` throws.
 */
export function eachPair(
  source: TableSource,
  options: ReadOptions & { graded?: boolean },
  onRow: (row: PairRow) => void
): Promise<number> {
  return eachRow(source, options, ['first', 'second', 'choice'], (at, { cells, line }) => {
    const observer = options.observers ? at.name(cells, 'observer', line, 'vote has its observer') : '';
    const first = at.name(cells, 'first', line);
    const second = at.name(cells, 'second', line);
    if (first === second) {
      throw new BadInput(`${quoted(second)} is compared with itself`, at.place('second', line));
    }
    const chosen = at.cell(cells, 'choice').trim();
    const place = at.place('choice', line);
    const grade = options.graded === true ? gradeIn(chosen, place) : null;
    const choice = grade === null ? choiceIn(chosen, place) : signOf(grade);
    const count = at.has('count') ? countIn(at.cell(cells, 'count'), at.place('count', line)) : 1;
    onRow({ observer, first, second, choice, grade, count, line });
  });
}

/**
 * Reads rankings row by row: a CSV with the columns stimuli and ranking, lists separated by `|`, the ranks in the order of
 * the stimuli.
 * @throws BadInput for an empty or repeated name, a rank that is no number, lists of different lengths; whatever `onRow`
 *   throws.
 */
export function eachRanking(
  source: TableSource,
  options: ReadOptions,
  onRow: (row: RankingRow) => void
): Promise<number> {
  return eachRow(source, options, ['stimuli', 'ranking'], (at, { cells, line }) => {
    const observer = options.observers ? at.name(cells, 'observer', line, 'ranking has its observer') : '';
    const stimuli = at.name(cells, 'stimuli', line).split(LIST);
    const place = at.place('stimuli', line);
    if (stimuli.some((name) => name.trim() === '')) {
      throw new BadInput(`a name in ${quoted(at.cell(cells, 'stimuli'))} is empty`, place);
    }
    if (new Set(stimuli).size !== stimuli.length) {
      throw new BadInput(`a stimulus is in ${quoted(at.cell(cells, 'stimuli'))} twice`, place);
    }
    const ranks = at
      .cell(cells, 'ranking')
      .split(LIST)
      .map((cell) => numberIn(cell, at.place('ranking', line)));
    if (ranks.length !== stimuli.length) {
      throw new BadInput(
        `has ${ranks.length} ranks for ${stimuli.length} stimuli`,
        at.place('ranking', line)
      );
    }
    onRow({ observer, stimuli, ranks, line });
  });
}

interface Places {
  has(column: VoteColumn): boolean;
  cell(cells: string[], column: VoteColumn): string;
  /** The cell of a column that may not be empty. */
  name(cells: string[], column: VoteColumn, line: number, every?: string): string;
  place(column: VoteColumn, line: number): { file: string; line: number; column: string };
}

function eachRow(
  source: TableSource,
  { columns = {}, observers, onProblem }: ReadOptions,
  needed: readonly VoteColumn[],
  take: (at: Places, row: { cells: string[]; line: number }) => void
): Promise<number> {
  const file = source.label;
  const called = (column: VoteColumn) => columns[column] ?? column;
  let at: Places | null = null;
  const places = (header: TableHeader): Places => {
    const index = new Map(VOTE_COLUMNS.map((column) => [column, header.indexOf(called(column))]));
    const cell = (cells: string[], column: VoteColumn) => cells[index.get(column) as number] as string;
    const place = (column: VoteColumn, line: number) => ({ file, line, column: called(column) });
    return {
      has: (column) => index.get(column) !== -1,
      cell,
      place,
      name(cells, column, line, every) {
        const text = cell(cells, column);
        if (text.trim() === '') {
          const reason = every === undefined ? 'is empty; a stimulus is needed' : `is empty; every ${every}`;
          throw new BadInput(reason, place(column, line));
        }
        return text;
      }
    };
  };
  const required = (observers ? ['observer' as const, ...needed] : needed).map(called);
  return readTable(
    source,
    required,
    (header) => {
      at = places(header);
    },
    (row) => {
      if (!onProblem) return take(at as Places, row);
      try {
        take(at as Places, row);
      } catch (error) {
        if (!(error instanceof BadInput)) throw error;
        onProblem(error);
      }
    },
    onProblem
  );
}

type Place = { file: string; line: number; column: string };

function choiceIn(text: string, place: Place): Choice {
  const choice = CHOICES.find((known) => known === text);
  if (choice === undefined) {
    throw new BadInput(`${quoted(text)} is not one of ${CHOICES.join(', ')}`, place);
  }
  return choice;
}

function gradeIn(text: string, place: Place): number {
  const grade = numberIn(text, place);
  if (!Number.isInteger(grade)) throw new BadInput(`${quoted(text)} is not a whole grade`, place);
  return grade;
}

function signOf(grade: number): Choice {
  return grade > 0 ? 'second' : grade < 0 ? 'first' : 'same';
}

function countIn(cell: string, place: Place): number {
  const text = cell.trim();
  if (text === '') return 1;
  const value = /^\+?\d+(\.0*)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw new BadInput(`${quoted(text)} is not a whole number of votes, 0 or more`, place);
  }
  return value;
}
