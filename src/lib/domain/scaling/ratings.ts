/**
 * Opinion scores, one entry per rating given: observer and stimulus by number from 0, each combination at
 * most once. A rating that was not given simply is not there.
 */
export interface Ratings {
  readonly observers: number;
  readonly stimuli: number;
  readonly observer: Int32Array;
  readonly stimulus: Int32Array;
  readonly rating: Float64Array;
}

/**
 * Ratings from a table of stimuli (rows) by observers (columns), null where there is none.
 *
 * @throws RangeError when rows differ in length or a rating is not finite.
 */
export function ratingsFromMatrix(rows: readonly (readonly (number | null)[])[]): Ratings {
  const observers = rows[0]?.length ?? 0;
  const observer: number[] = [];
  const stimulus: number[] = [];
  const rating: number[] = [];
  rows.forEach((row, j) => {
    if (row.length !== observers)
      throw new RangeError(`row ${j} has ${row.length} ratings, not ${observers}`);
    row.forEach((value, i) => {
      if (value === null) return;
      if (!Number.isFinite(value)) throw new RangeError(`a rating is a finite number, not ${value}`);
      observer.push(i);
      stimulus.push(j);
      rating.push(value);
    });
  });
  return {
    observers,
    stimuli: rows.length,
    observer: Int32Array.from(observer),
    stimulus: Int32Array.from(stimulus),
    rating: Float64Array.from(rating)
  };
}

/** The ratings of some of the observers; numbers stay what they were. */
export function ratingsOf(ratings: Ratings, keep: (observer: number) => boolean): Ratings {
  const entries: number[] = [];
  ratings.observer.forEach((observer, at) => {
    if (keep(observer)) entries.push(at);
  });
  return {
    ...ratings,
    observer: Int32Array.from(entries, (at) => ratings.observer[at] as number),
    stimulus: Int32Array.from(entries, (at) => ratings.stimulus[at] as number),
    rating: Float64Array.from(entries, (at) => ratings.rating[at] as number)
  };
}

/** For every entry another value; entries whose value is null are left out. */
export function mapRatings(ratings: Ratings, value: (entry: number) => number | null): Ratings {
  const observer: number[] = [];
  const stimulus: number[] = [];
  const rating: number[] = [];
  for (let at = 0; at < ratings.rating.length; at++) {
    const mapped = value(at);
    if (mapped === null) continue;
    observer.push(ratings.observer[at] as number);
    stimulus.push(ratings.stimulus[at] as number);
    rating.push(mapped);
  }
  return {
    ...ratings,
    observer: Int32Array.from(observer),
    stimulus: Int32Array.from(stimulus),
    rating: Float64Array.from(rating)
  };
}

/** The entries of every stimulus (or of every observer), in the order in which they were given. */
export function entriesBy(keys: Int32Array, count: number): Int32Array[] {
  const sizes = new Int32Array(count);
  for (const key of keys) (sizes[key] as number)++;
  const groups = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(count);
  keys.forEach((key, at) => {
    (groups[key] as Int32Array)[(filled[key] as number)++] = at;
  });
  return groups;
}

/**
 * Ratings as stimuli by observers, only the stimuli that every observer rated (what ICC, Kendall's W and
 * Fleiss' κ are defined on). Observers without any rating are left out first.
 */
export function completeRows(ratings: Ratings): number[][] {
  const present = new Set(ratings.observer);
  const columns = [...present].sort((a, b) => a - b);
  const columnOf = new Map(columns.map((observer, column) => [observer, column]));
  const rows = entriesBy(ratings.stimulus, ratings.stimuli);
  return rows
    .filter((entries) => entries.length === columns.length && columns.length > 0)
    .map((entries) => {
      const row = new Array<number>(columns.length);
      for (const at of entries) {
        row[columnOf.get(ratings.observer[at] as number) as number] = ratings.rating[at] as number;
      }
      return row;
    });
}
