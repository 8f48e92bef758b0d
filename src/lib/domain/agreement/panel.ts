import type { Ratings } from '../scaling/ratings.ts';
import type { WeightedPanel } from './variance-components.ts';

/** Ratings as observers × stimuli, NaN where there is none, everything with weight 1. */
export function panelOf(ratings: Ratings): WeightedPanel {
  const rows = Array.from({ length: ratings.observers }, () =>
    new Float64Array(ratings.stimuli).fill(Number.NaN)
  );
  ratings.rating.forEach((value, at) => {
    (rows[ratings.observer[at] as number] as Float64Array)[ratings.stimulus[at] as number] = value;
  });
  return {
    rows,
    observerWeight: new Float64Array(ratings.observers).fill(1),
    stimulusWeight: new Float64Array(ratings.stimuli).fill(1)
  };
}
