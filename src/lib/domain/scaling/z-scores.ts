import { centralSquares } from './mos.ts';
import { entriesBy, mapRatings, type Ratings } from './ratings.ts';

/**
 * Ratings as z-scores of each observer: (rating − the observer's mean)/(the observer's standard deviation with
 * n − 1), over what that observer rated. It removes differences in the use of the scale, and with them any
 * true difference between the stimuli that different observers saw.
 *
 * Observers with fewer than two ratings or without spread have no z-scores and drop out.
 */
export function zScores(ratings: Ratings): Ratings {
  const spread = entriesBy(ratings.observer, ratings.observers).map((entries) => {
    const { mean, squares } = centralSquares(
      Float64Array.from(entries, (at) => ratings.rating[at] as number)
    );
    return { mean, sd: entries.length < 2 ? 0 : Math.sqrt(squares / (entries.length - 1)) };
  });
  return mapRatings(ratings, (at) => {
    const { mean, sd } = spread[ratings.observer[at] as number] as { mean: number; sd: number };
    return sd > 0 ? ((ratings.rating[at] as number) - mean) / sd : null;
  });
}

/**
 * z-scores on the 0–100 scale of the LIVE databases, 100(z + 3)/6: −3 to 0, +3 to 100, not clipped.
 * Source: Seshadrinathan et al., Study of subjective and objective quality assessment of video, IEEE TIP 19
 * (2010).
 */
export function zScoresToHundred(ratings: Ratings): Ratings {
  return mapRatings(ratings, (at) => (100 * ((ratings.rating[at] as number) + 3)) / 6);
}

/**
 * Ratings less each observer's bias, the mean of (rating − MOS) over what the observer rated.
 * Source: ITU-T P.913 (2021), § 12.4.
 */
export function withoutBias(ratings: Ratings): Ratings {
  const { rating, observer, stimulus } = ratings;
  const mos = entriesBy(stimulus, ratings.stimuli).map(
    (entries) => centralSquares(Float64Array.from(entries, (at) => rating[at] as number)).mean
  );
  const bias = entriesBy(observer, ratings.observers).map((entries) => {
    const residuals = Float64Array.from(
      entries,
      (at) => (rating[at] as number) - (mos[stimulus[at] as number] as number)
    );
    return centralSquares(residuals).mean;
  });
  return mapRatings(ratings, (at) => (rating[at] as number) - (bias[observer[at] as number] as number));
}
