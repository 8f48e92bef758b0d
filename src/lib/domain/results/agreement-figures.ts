import type { LogisticMapping } from '#lib/stats/logistic-fit.ts';
import { modelAgainstPeople } from '../agreement/model-against-people.ts';

/** One stimulus as an observer and the truth see it. */
export interface Point {
  value: number;
  truth: number;
  /** SD of the human opinions; null where unknown. */
  sigma: number | null;
  /** The reference it belongs to, for full-reference studies. */
  pool: number | null;
}

export interface Figures {
  n: number;
  /** Of the values themselves, with their sign. */
  srcc: number | null;
  krcc: number | null;
  plccRaw: number | null;
  /** After the monotone logistic, like rmse and the σ-normalised error. */
  plcc: number | null;
  rmse: number | null;
  sigmaNormalisedError: number | null;
}

/** Agreement over one set of stimuli, and the map that was fitted. */
export function figuresOf(points: readonly Point[]): Figures & { mapping: LogisticMapping | null } {
  const { n, srcc, krcc, plccRaw, plcc, rmse, sigmaNormalisedError, mapping } = modelAgainstPeople(
    { mos: points.map((point) => point.truth), sigma: points.map((point) => point.sigma) },
    points.map((point) => point.value)
  );
  return { n, srcc, krcc, plccRaw, plcc, rmse, sigmaNormalisedError, mapping };
}

/**
 * The plain mean over references of each figure, as Wu et al. have it, the map fitted within each: scale values of
 * different references share no unit. A reference where a figure is undefined is left out of its mean.
 */
export function meanOverPools(points: readonly Point[]): Figures & { references: number } {
  const pools = new Map<number | null, Point[]>();
  for (const point of points) {
    const pool = pools.get(point.pool);
    if (pool) pool.push(point);
    else pools.set(point.pool, [point]);
  }
  const each = [...pools.values()].map(figuresOf);
  const mean = (key: keyof Figures): number | null => {
    const defined = each.map((figures) => figures[key]).filter((value) => value !== null);
    return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
  };
  return {
    n: points.length,
    references: pools.size,
    srcc: mean('srcc'),
    krcc: mean('krcc'),
    plccRaw: mean('plccRaw'),
    plcc: mean('plcc'),
    rmse: mean('rmse'),
    sigmaNormalisedError: mean('sigmaNormalisedError')
  };
}
