import type { Ratings } from '../scaling/ratings.ts';
import { ratingsOf } from '../scaling/ratings.ts';
import { krippendorffAlpha, type MeasurementLevel } from './between-observers/krippendorff.ts';
import type { Predictions } from './model-against-people.ts';

export interface Replacement {
  /** Krippendorff's α of the people. */
  people: number | null;
  /** With the model as one observer more. */
  withModel: number | null;
  /** With one person left out, and with the model in that person's place. */
  inPlaceOf: { observer: number; without: number | null; replaced: number | null }[];
  /** The mean over persons of replaced − people; null where nothing is defined. */
  meanChange: number | null;
}

/**
 * What becomes of the agreement of a panel when a model joins it or takes one person's place. A model that is as
 * good a rater as the people leaves α where it was.
 *
 * In a person's place the model answers only what that person answered, so that the panels differ in nothing
 * else.
 *
 * @param predictions per stimulus, on the scale of the ratings (mapped beforehand where the model has one of its
 *   own; rounded to the categories for `nominal`); null where missing.
 * @throws RangeError for another number of predictions than stimuli.
 */
export function replacement(
  ratings: Ratings,
  predictions: Predictions,
  level: MeasurementLevel
): Replacement {
  if (predictions.length !== ratings.stimuli) {
    throw new RangeError(`${predictions.length} predictions for ${ratings.stimuli} stimuli`);
  }
  const people = krippendorffAlpha(ratings, level);
  const present = [...new Set(ratings.observer)].sort((a, b) => a - b);
  const inPlaceOf = present.map((observer) => {
    const without = ratingsOf(ratings, (other) => other !== observer);
    const rated = new Set<number>();
    ratings.observer.forEach((one, at) => {
      if (one === observer) rated.add(ratings.stimulus[at] as number);
    });
    const model = predictions.map((value, stimulus) => (rated.has(stimulus) ? value : null));
    return {
      observer,
      without: krippendorffAlpha(without, level),
      replaced: krippendorffAlpha(joinedBy(without, model), level)
    };
  });
  const changes = inPlaceOf
    .map(({ replaced }) => (replaced === null || people === null ? null : replaced - people))
    .filter((change) => change !== null);
  return {
    people,
    withModel: krippendorffAlpha(joinedBy(ratings, predictions), level),
    inPlaceOf,
    meanChange:
      changes.length === 0 ? null : changes.reduce((sum, change) => sum + change, 0) / changes.length
  };
}

/** The ratings with one observer more. */
function joinedBy(ratings: Ratings, predictions: Predictions): Ratings {
  const answered = [...predictions.keys()].filter((stimulus) => predictions[stimulus] !== null);
  return {
    observers: ratings.observers + 1,
    stimuli: ratings.stimuli,
    observer: Int32Array.from([...ratings.observer, ...answered.map(() => ratings.observers)]),
    stimulus: Int32Array.from([...ratings.stimulus, ...answered]),
    rating: Float64Array.from([
      ...ratings.rating,
      ...answered.map((stimulus) => predictions[stimulus] as number)
    ])
  };
}
