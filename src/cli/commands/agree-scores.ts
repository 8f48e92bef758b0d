import type { PeopleScores, Predictions } from '#lib/domain/agreement/model-against-people.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { isDecimal, numberIn, quoted, readTable, type TableSource } from '#lib/server/tables/read-table.ts';

const RESERVED = ['stimulus', 'mos', 'sigma', 'n', 'content'];

export interface Scores {
  people: PeopleScores;
  /** In the order of the columns. */
  models: { name: string; predictions: Predictions }[];
  /** Columns passed over that a person may have meant. */
  warnings: string[];
}

/** A column that may be a model: numbers so far, or text so far. */
interface Candidate {
  name: string;
  index: number;
  values: (number | null)[];
  numbers: number;
  /** The first cell that is no finite number, and where it stood. */
  text: { cell: string; line: number; notFinite: boolean } | null;
}

/**
 * Reads the scores of people and the predictions of models beside them. Every column of numbers that is none
 * of the known ones is a model.
 *
 * @param byContent whether the column `content` is needed.
 * @throws BadInput naming file, line and column, for whatever `limen agree` refuses.
 */
export async function readScores(source: TableSource, byContent: boolean): Promise<Scores> {
  const file = source.label;
  const mos: number[] = [];
  const sigma: (number | null)[] = [];
  const n: (number | null)[] = [];
  const content: string[] = [];
  const seen = new Map<string, number>();
  let candidates: Candidate[] = [];
  let has = { sigma: -1, n: -1, content: -1 };
  let at = { stimulus: -1, mos: -1 };
  await readTable(
    source,
    byContent ? ['stimulus', 'mos', 'content'] : ['stimulus', 'mos'],
    (header) => {
      at = { stimulus: header.indexOf('stimulus'), mos: header.indexOf('mos') };
      has = { sigma: header.indexOf('sigma'), n: header.indexOf('n'), content: header.indexOf('content') };
      candidates = header.names.flatMap((name, index) =>
        RESERVED.includes(name) ? [] : [{ name, index, values: [], numbers: 0, text: null }]
      );
    },
    ({ cells, line }) => {
      const stimulus = cells[at.stimulus] as string;
      const place = (column: string) => ({ file, line, column });
      if (stimulus.trim() === '') throw new BadInput('is empty; a stimulus is needed', place('stimulus'));
      const before = seen.get(stimulus);
      if (before !== undefined) {
        throw new BadInput(
          `${quoted(stimulus)} is here a second time, first on line ${before}`,
          place('stimulus')
        );
      }
      seen.set(stimulus, line);
      mos.push(numberIn(cells[at.mos] as string, place('mos')));
      if (has.sigma >= 0) sigma.push(spreadIn(cells[has.sigma] as string, place('sigma')));
      if (has.n >= 0) n.push(countIn(cells[has.n] as string, place('n')));
      if (byContent) {
        const name = cells[has.content] as string;
        if (name.trim() === '') throw new BadInput('is empty; a content is needed', place('content'));
        content.push(name);
      }
      for (const candidate of candidates) addCell(candidate, cells[candidate.index] as string, file, line);
    }
  );
  const warnings: string[] = [];
  const models = candidates.flatMap((candidate) => asModel(candidate, file, warnings));
  if (models.length === 0) {
    throw new BadInput(
      `no column of predictions: besides ${RESERVED.join(', ')} at least one column of numbers is needed`,
      { file, line: 1 }
    );
  }
  return {
    people: {
      mos,
      ...(has.sigma >= 0 ? { sigma } : {}),
      ...(has.n >= 0 ? { n } : {}),
      ...(byContent ? { content } : {})
    },
    models,
    warnings
  };
}

interface Place {
  file: string;
  line: number;
  column: string;
}

function spreadIn(cell: string, place: Place): number | null {
  if (cell.trim() === '') return null;
  const value = numberIn(cell, place);
  if (value < 0)
    throw new BadInput(`${quoted(cell.trim())} is negative; a standard deviation is needed`, place);
  return value;
}

function countIn(cell: string, place: Place): number | null {
  if (cell.trim() === '') return null;
  const value = numberIn(cell, place);
  if (!Number.isInteger(value) || value < 1) {
    throw new BadInput(`${quoted(cell.trim())} is not a whole number of people, 1 or more`, place);
  }
  return value;
}

const NOT_FINITE = /^[+-]?(nan|inf|infinity|∞)$/i;

/** Takes the cell in; a column that has shown both numbers and anything else is refused where that stands. */
function addCell(candidate: Candidate, cell: string, file: string, line: number): void {
  const text = cell.trim();
  const value = isDecimal(cell) ? Number(text) : Number.NaN;
  if (text === '') {
    candidate.values.push(null);
  } else if (Number.isFinite(value)) {
    candidate.values.push(value);
    candidate.numbers++;
  } else {
    // A decimal that overflows is as little a finite number as one spelt "inf".
    const notFinite = NOT_FINITE.test(text) || isDecimal(cell);
    if (candidate.text === null || (candidate.text.notFinite && !notFinite)) {
      candidate.text = { cell: text, line, notFinite };
    }
    candidate.values.push(null);
  }
  if (candidate.text !== null && candidate.numbers > 0) refuse(candidate, candidate.text, file);
}

function refuse(
  { name }: Candidate,
  { cell, line, notFinite }: NonNullable<Candidate['text']>,
  file: string
): never {
  const why = notFinite
    ? 'is not a finite number; an empty cell means missing'
    : 'is text in a column that also has numbers; an empty cell means missing';
  throw new BadInput(`${quoted(cell)} ${why}`, { file, line, column: name });
}

function asModel(candidate: Candidate, file: string, warnings: string[]): Scores['models'] {
  const { name, values, numbers, text, index } = candidate;
  if (text !== null) {
    // Nothing but NaN and infinity is a model's failure, not a column of words.
    if (text.notFinite) refuse(candidate, text, file);
    return [];
  }
  if (numbers === 0) {
    warnings.push(`column ${quoted(name)} is empty and was passed over`);
    return [];
  }
  if (name === '') {
    warnings.push(`column ${index + 1} has numbers but no name and was passed over`);
    return [];
  }
  return [{ name, predictions: values }];
}
