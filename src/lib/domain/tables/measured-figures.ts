import { pearsonInterval, spearmanInterval } from '#lib/stats/intervals.ts';
import { quantile } from '#lib/stats/quantile.ts';
import { seededRandom } from '#lib/stats/random.ts';
import { figuresOf, type Figures, type Point } from '../results/agreement-figures.ts';

/** A figure with its 95 % interval; null where it does not exist. */
export interface Measured {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface MeasuredFigures {
  srcc: Measured;
  plcc: Measured;
  /** Stimuli with a value and a MOS. */
  n: number;
  /** References whose figures were averaged; null for one scale. */
  references: number | null;
}

export interface MeasuredColumn {
  key: string;
  /** By stimulus, higher is better; null is missing. */
  values: readonly (number | null)[];
}

export interface MeasuredInput {
  fullReference: boolean;
  /** Turned so that higher is better. */
  truth: readonly number[];
  sigma: readonly (number | null)[];
  /** The reference of each stimulus. */
  pool: readonly (number | null)[];
  columns: readonly MeasuredColumn[];
}

const REPLICATES = 2000;
/** Resampling fewer references than this says nothing about their spread. */
const FEWEST_REFERENCES = 4;

/**
 * SRCC, and PLCC after the logistic fit, of each column with the truth. On one scale with Bonett and Wright's interval for
 * SRCC and Fisher's for PLCC (the fit's own freedom is not in it); in full-reference studies the plain mean over
 * references, with a percentile interval over references drawn again (2000 times, seeded).
 */
export function measuredFigures(input: MeasuredInput): { key: string; figures: MeasuredFigures }[] {
  return input.columns.map(({ key, values }) => {
    const points: Point[] = [];
    values.forEach((value, index) => {
      if (value === null) return;
      points.push({
        value,
        truth: input.truth[index] as number,
        sigma: input.sigma[index] ?? null,
        pool: input.pool[index] ?? null
      });
    });
    return { key, figures: input.fullReference ? overReferences(points) : onOneScale(points) };
  });
}

function onOneScale(points: readonly Point[]): MeasuredFigures {
  const { n, srcc, plcc } = figuresOf(points);
  const bounded = (value: number | null, interval: readonly [number, number] | null): Measured => ({
    value,
    low: interval?.[0] ?? null,
    high: interval?.[1] ?? null
  });
  return {
    srcc: bounded(srcc, srcc === null ? null : spearmanInterval(srcc, n)),
    plcc: bounded(plcc, plcc === null ? null : pearsonInterval(plcc, n)),
    n,
    references: null
  };
}

function overReferences(points: readonly Point[]): MeasuredFigures {
  const pools = new Map<number | null, Point[]>();
  for (const point of points) {
    const pool = pools.get(point.pool);
    if (pool) pool.push(point);
    else pools.set(point.pool, [point]);
  }
  const each = [...pools.values()].map(figuresOf);
  return {
    srcc: resampled(each, 'srcc'),
    plcc: resampled(each, 'plcc'),
    n: points.length,
    references: pools.size
  };
}

function resampled(each: readonly Figures[], key: 'srcc' | 'plcc'): Measured {
  const known = each.flatMap((figures) => figures[key] ?? []);
  if (known.length === 0) return { value: null, low: null, high: null };
  const value = mean(known);
  if (known.length < FEWEST_REFERENCES) return { value, low: null, high: null };
  const random = seededRandom(`tables/${key}`);
  const means = Float64Array.from({ length: REPLICATES }, () => {
    let sum = 0;
    for (let i = 0; i < known.length; i++) sum += known[random.integer(known.length)] as number;
    return sum / known.length;
  }).sort();
  return { value, low: quantile(means, 0.025), high: quantile(means, 0.975) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
