import { normalCdf, normalQuantile } from './normal.ts';
import { quantile } from './quantile.ts';
import type { Random } from './random.ts';

/**
 * A figure of a resample: for each way of resampling (rows; or contents and observers) the indices drawn,
 * repeats included. null where the figure does not exist for this resample.
 */
export type Statistic = (draws: readonly Int32Array[]) => number | null;

export interface BootstrapPlan {
  /** How many units there are of each kind: [rows], [contents], or [contents, observers] drawn together. */
  sizes: readonly number[];
  statistic: Statistic;
  /** How many resamples. */
  replicates: number;
  random: Random;
  /** Told how many of the replicates are done; may throw to end the computation. */
  onProgress?: (done: number, total: number) => void;
}

export interface Replicates {
  /** The figures that exist, ascending. */
  sorted: Float64Array;
  /** How many resamples had no figure (a constant column, say). They are left out, not replaced. */
  undefinedCount: number;
}

/** [low, high]. */
export type Bounds = readonly [number, number];

/**
 * The figure on resamples with replacement. Units of several kinds are drawn independently and used
 * together ("pigeonhole" bootstrap: A. Owen, Annals of Applied Statistics 1, 2007), which is what carries a
 * statement over to other contents and other observers at once.
 */
export function bootstrapReplicates(plan: BootstrapPlan): Replicates {
  const { sizes, statistic, replicates, random, onProgress } = plan;
  const draws = sizes.map((size) => new Int32Array(size));
  const found = new Float64Array(replicates);
  let count = 0;
  for (let b = 0; b < replicates; b++) {
    for (const draw of draws) {
      for (let i = 0; i < draw.length; i++) draw[i] = random.integer(draw.length);
    }
    const value = statistic(draws);
    if (value !== null) found[count++] = value;
    onProgress?.(b + 1, replicates);
  }
  return { sorted: found.subarray(0, count).slice().sort(), undefinedCount: replicates - count };
}

/**
 * The percentile interval: the (1 ± level)/2 quantiles of the replicates.
 *
 * @returns null where no replicate exists.
 * Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), ch. 13.
 */
export function percentileInterval({ sorted }: Pick<Replicates, 'sorted'>, level = 0.95): Bounds | null {
  const low = quantile(sorted, (1 - level) / 2);
  const high = quantile(sorted, (1 + level) / 2);
  return low === null || high === null ? null : [low, high];
}

export interface BcaInterval {
  interval: Bounds;
  /** The bias correction: Φ⁻¹ of the share of replicates below the estimate, those equal counted half. */
  z0: number;
  acceleration: number;
}

/**
 * The bias-corrected and accelerated interval: the percentile interval at corrected levels
 * Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))), with the acceleration from the jackknife.
 *
 * @param jackknife the figure with each unit left out in turn, per kind of unit; see `jackknife`.
 * @returns null where no replicate exists or all lie on one side of the estimate, which leaves z₀ infinite.
 * Source: B. Efron, JASA 82 (1987); several kinds of unit: the skewnesses of their influences are added.
 */
export function bcaInterval(
  estimate: number,
  { sorted }: Pick<Replicates, 'sorted'>,
  jackknife: readonly Float64Array[],
  level = 0.95
): BcaInterval | null {
  let below = 0;
  let equal = 0;
  for (const value of sorted) {
    if (value < estimate) below++;
    else if (value === estimate) equal++;
  }
  const share = (below + equal / 2) / sorted.length;
  if (!(share > 0 && share < 1)) return null;
  const z0 = normalQuantile(share);
  const a = acceleration(jackknife);
  const bound = (p: number) => {
    const z = z0 + normalQuantile(p);
    return quantile(sorted, normalCdf(z0 + z / (1 - a * z))) as number;
  };
  return { interval: [bound((1 - level) / 2), bound((1 + level) / 2)], z0, acceleration: a };
}

/** Σu³ / (6 (Σu²)^1.5) over the units' influences u; 0 where none has any. */
function acceleration(jackknife: readonly Float64Array[]): number {
  let squares = 0;
  let cubes = 0;
  for (const values of jackknife) {
    const n = values.length;
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    for (const value of values) {
      const influence = ((n - 1) * (mean - value)) / n;
      squares += influence ** 2;
      cubes += influence ** 3;
    }
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/**
 * The figure with each unit left out in turn, per kind of unit. Units without which it does not exist are
 * left out of the result.
 */
export function jackknife({ sizes, statistic }: Pick<BootstrapPlan, 'sizes' | 'statistic'>): Float64Array[] {
  const all = sizes.map((size) => Int32Array.from({ length: size }, (_, i) => i));
  return all.map((units, kind) => {
    const values: number[] = [];
    for (const without of units) {
      const draws = all.map((kept, other) =>
        other === kind ? kept.filter((unit) => unit !== without) : kept
      );
      const value = statistic(draws);
      if (value !== null) values.push(value);
    }
    return Float64Array.from(values);
  });
}

export interface BootstrapInterval {
  estimate: number;
  interval: Bounds | null;
  undefinedCount: number;
}

/**
 * A figure with its bootstrap interval in one call.
 *
 * @param method percentile, or BCa (default), which is preferable for a single figure and costs one more
 *   evaluation per unit.
 * @returns null where the figure does not exist on the data themselves; the interval is null for no replicates.
 */
export function bootstrapInterval(
  plan: BootstrapPlan,
  method: 'percentile' | 'bca' = 'bca',
  level = 0.95
): BootstrapInterval | null {
  const estimate = plan.statistic(plan.sizes.map((size) => Int32Array.from({ length: size }, (_, i) => i)));
  if (estimate === null) return null;
  const replicates = bootstrapReplicates(plan);
  const interval =
    method === 'percentile'
      ? percentileInterval(replicates, level)
      : (bcaInterval(estimate, replicates, jackknife(plan), level)?.interval ?? null);
  return { estimate, interval, undefinedCount: replicates.undefinedCount };
}
