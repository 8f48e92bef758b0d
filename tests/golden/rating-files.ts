import { ratingsFromMatrix, type Ratings } from '#lib/domain/scaling/ratings.ts';
import { expect } from 'vitest';
import { readGoldenRows } from './golden.ts';

/** The rating matrices that several reference files are computed from, by the names in theirs. */
export const RATING_FILES = {
  p910_demo_small_nan: 'itut_p910_demo_small_ratings',
  nflx_public: 'nflx_public_ratings',
  nflx_last4outliers: 'nflx_public_last4outliers_ratings'
} as const;
export type RatingFile = keyof typeof RATING_FILES;
export const RATING_FILE_NAMES = Object.keys(RATING_FILES) as RatingFile[];

export function readMatrix(name: RatingFile): (number | null)[][] {
  return readGoldenRows(`data/${RATING_FILES[name]}.csv`).map((row) =>
    Object.entries(row)
      .filter(([column]) => column !== 'stimulus')
      .map(([, cell]) => (cell.trim() === '' ? null : Number(cell)))
  );
}

export function readRatings(name: RatingFile): Ratings {
  return ratingsFromMatrix(readMatrix(name));
}

/** Equal within an absolute tolerance, element by element; null only where null is expected. */
export function expectWithin(
  actual: readonly (number | null | undefined)[],
  expected: readonly (number | null | undefined)[] | undefined,
  tolerance: number
): void {
  if (expected === undefined) throw new Error('the reference file lacks this value');
  expect(actual.length).toBe(expected.length);
  const far = actual.flatMap((value, i) => {
    const want = expected[i] ?? null;
    const good =
      want === null || value === null || value === undefined
        ? (value ?? null) === want
        : Math.abs(value - want) <= tolerance;
    return good ? [] : [{ at: i, value, want }];
  });
  expect(far).toEqual([]);
}
