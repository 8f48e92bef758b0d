import { kendall, pearson, spearman } from '#lib/stats/correlation.ts';
import { applyMapping, fitLogistic, type LogisticMapping } from '#lib/stats/logistic-fit.ts';

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
  srcc: number | null;
  krcc: number | null;
  plccRaw: number | null;
  /** After the monotone logistic, like rmse and the σ-normalised error. */
  plcc: number | null;
  rmse: number | null;
  sigmaNormalisedError: number | null;
}

export interface FittedFigures extends Figures {
  mapping: LogisticMapping | null;
}

/** ε of the σ-normalised error: the paper's. */
const EPSILON = 1;

/** Agreement over one set of stimuli. Correlations of the raw values first, with their sign; then the fit. */
export function figuresOf(points: readonly Point[]): FittedFigures {
  const x = points.map((point) => point.value);
  const y = points.map((point) => point.truth);
  const fit = points.length < 2 ? null : fitLogistic(x, y);
  let error: number | null = null;
  if (fit !== null && points.every((point) => point.sigma !== null)) {
    let sum = 0;
    for (const point of points) {
      sum +=
        (applyMapping(fit.mapping, point.value) - point.truth) ** 2 /
        ((point.sigma as number) ** 2 + EPSILON);
    }
    error = sum / points.length;
  }
  return {
    n: points.length,
    srcc: spearman(x, y),
    krcc: kendall(x, y),
    plccRaw: pearson(x, y),
    plcc: fit?.plcc ?? null,
    rmse: fit?.rmse ?? null,
    sigmaNormalisedError: error,
    mapping: fit?.mapping ?? null
  };
}

/** The plain mean over references of each figure, as the study has it; a reference where it is undefined is left out. */
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
