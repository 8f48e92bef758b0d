import type { Ratings } from '#lib/domain/scaling/ratings.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { numberIn, quoted, readTable, type TableSource } from '#lib/server/tables/read-table.ts';

export interface NamedRatings {
  /** Names in the order of first appearance; the numbers in `ratings` are places in these lists. */
  observers: string[];
  stimuli: string[];
  ratings: Ratings;
}

/** Beyond it sums of squares would leave the range of doubles. */
const LARGEST = 1e100;

/**
 * Reads opinion scores from a CSV with the columns observer, stimulus, rating. An empty rating is missing; its
 * observer and stimulus count all the same.
 *
 * @throws BadInput for an empty name, a rating that is not a finite number, or an (observer, stimulus) given
 *   twice.
 */
export async function readRatings(source: TableSource): Promise<NamedRatings> {
  const file = source.label;
  const observers = new Map<string, number>();
  const stimuli = new Map<string, number>();
  const seen = new Set<number>();
  const observer: number[] = [];
  const stimulus: number[] = [];
  const rating: number[] = [];
  let columns = { observer: -1, stimulus: -1, rating: -1 };

  function numberOf(names: Map<string, number>, cell: string, column: string, line: number): number {
    const known = names.get(cell);
    if (known !== undefined) return known;
    if (cell.trim() === '')
      throw new BadInput(`is empty; every rating has its ${column}`, { file, line, column });
    names.set(cell, names.size);
    return names.size - 1;
  }

  await readTable(
    source,
    ['observer', 'stimulus', 'rating'],
    (header) => {
      columns = {
        observer: header.indexOf('observer'),
        stimulus: header.indexOf('stimulus'),
        rating: header.indexOf('rating')
      };
    },
    ({ cells, line }) => {
      const observerName = cells[columns.observer] as string;
      const stimulusName = cells[columns.stimulus] as string;
      const value = cells[columns.rating] as string;
      const i = numberOf(observers, observerName, 'observer', line);
      const j = numberOf(stimuli, stimulusName, 'stimulus', line);
      const key = i * 2 ** 26 + j;
      if (seen.has(key)) {
        throw new BadInput(`${quoted(observerName)} has rated ${quoted(stimulusName)} before`, {
          file,
          line,
          column: 'stimulus'
        });
      }
      seen.add(key);
      if (value.trim() === '') return;
      observer.push(i);
      stimulus.push(j);
      const number = numberIn(value, { file, line, column: 'rating' });
      if (Math.abs(number) > LARGEST) {
        throw new BadInput(`${quoted(value)} is too large for a rating`, { file, line, column: 'rating' });
      }
      rating.push(number);
    }
  );
  return {
    observers: [...observers.keys()],
    stimuli: [...stimuli.keys()],
    ratings: {
      observers: observers.size,
      stimuli: stimuli.size,
      observer: Int32Array.from(observer),
      stimulus: Int32Array.from(stimulus),
      rating: Float64Array.from(rating)
    }
  };
}
