import { pearson, spearman } from '#lib/stats/correlation.ts';
import type { Random } from '#lib/stats/random.ts';
import type { Ratings } from '../scaling/ratings.ts';
import { splitHalfReliability, type SplitHalf } from './between-observers/split-half.ts';
import { panelOf } from './panel.ts';
import { spreadOf, type Spread } from './spread.ts';
import { varianceComponents } from './variance-components.ts';

export interface ObserverAgainstOthers {
  observer: number;
  /** Stimuli that this observer and somebody else rated. */
  n: number;
  /** With the mean of the others; null where undefined, as for one who rates everything alike. */
  pearson: number | null;
  spearman: number | null;
}

export interface HumanCeiling {
  /** Random halves of the panel against each other, stepped up to the whole. */
  splitHalf: SplitHalf | null;
  /** Reliability of the MOS: ICC(3, k) where the ratings are complete, its like with gaps. */
  reliability: number | null;
  /** √reliability: what the true scores themselves would correlate with this MOS. No model can be expected above. */
  ceiling: number | null;
  leaveOneOut: {
    observers: ObserverAgainstOthers[];
    /** Over the observers with a correlation; null without any. */
    pearson: Spread | null;
    spearman: Spread | null;
  };
}

/**
 * How well people agree with people: what a model's correlation is to be measured by.
 *
 * @param splits random halvings.
 * @returns figures are null where they do not exist: fewer than two observers, constant ratings, no agreement
 *   at all (a reliability at or below 0 has no ceiling).
 * Source: F. Lord, M. Novick, Statistical Theories of Mental Test Scores (1968) for the correction; the
 * between-stimulus variance by moments, see `varianceComponents`.
 */
export function humanCeiling(ratings: Ratings, random: Random, splits = 1000): HumanCeiling {
  const reliability = varianceComponents(panelOf(ratings), 'consistency')?.mos ?? null;
  const observers = observersAgainstOthers(ratings);
  return {
    splitHalf: splitHalfReliability(ratings, random, splits),
    reliability,
    ceiling: reliability !== null && reliability > 0 ? Math.sqrt(reliability) : null,
    leaveOneOut: {
      observers,
      pearson: spreadOf(observers.map((one) => one.pearson)),
      spearman: spreadOf(observers.map((one) => one.spearman))
    }
  };
}

/**
 * A correlation with the MOS as a share of what is attainable: r/√reliability, which estimates the correlation
 * with the true scores. Not clipped: above 1 it says that the model is as good as this panel can show.
 *
 * @returns null for no correlation or a reliability at or below 0.
 */
export function ceilingNormalised(correlation: number | null, reliability: number | null): number | null {
  if (correlation === null || reliability === null || !(reliability > 0)) return null;
  return correlation / Math.sqrt(reliability);
}

/** The share of observers who agree less with the others than the model does with the MOS; null without any. */
export function shareOfObserversBelow(
  { leaveOneOut }: HumanCeiling,
  modelCorrelation: number,
  kind: 'pearson' | 'spearman'
): number | null {
  const known = leaveOneOut.observers.map((one) => one[kind]).filter((value) => value !== null);
  return known.length === 0 ? null : known.filter((value) => value < modelCorrelation).length / known.length;
}

/** Every observer with at least one rating against the mean of all others. */
export function observersAgainstOthers(ratings: Ratings): ObserverAgainstOthers[] {
  const { rows } = panelOf(ratings);
  const sum = new Float64Array(ratings.stimuli);
  const count = new Float64Array(ratings.stimuli);
  ratings.stimulus.forEach((stimulus, at) => {
    (sum[stimulus] as number) += ratings.rating[at] as number;
    (count[stimulus] as number)++;
  });
  return rows.flatMap((row, observer): ObserverAgainstOthers[] => {
    if (row.every(Number.isNaN)) return [];
    const own: number[] = [];
    const others: number[] = [];
    row.forEach((value, s) => {
      const rest = (count[s] as number) - 1;
      if (Number.isNaN(value) || rest < 1) return;
      own.push(value);
      others.push(((sum[s] as number) - value) / rest);
    });
    return [{ observer, n: own.length, pearson: pearson(own, others), spearman: spearman(own, others) }];
  });
}
