import type { Ratings } from '#lib/domain/scaling/ratings.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { quoted, type TableSource } from '#lib/server/tables/read-table.ts';
import { eachRating } from '#lib/server/tables/read-votes.ts';

export interface NamedRatings {
  /** Names in the order of first appearance; the numbers in `ratings` are places in these lists. */
  observers: string[];
  stimuli: string[];
  ratings: Ratings;
}

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

  const numberOf = (names: Map<string, number>, name: string): number => {
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, names.size);
    return names.size - 1;
  };

  await eachRating(source, { observers: true }, (row) => {
    const i = numberOf(observers, row.observer);
    const j = numberOf(stimuli, row.stimulus);
    const key = i * 2 ** 26 + j;
    if (seen.has(key)) {
      throw new BadInput(`${quoted(row.observer)} has rated ${quoted(row.stimulus)} before`, {
        file,
        line: row.line,
        column: 'stimulus'
      });
    }
    seen.add(key);
    if (row.rating === null) return;
    observer.push(i);
    stimulus.push(j);
    rating.push(row.rating);
  });
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
