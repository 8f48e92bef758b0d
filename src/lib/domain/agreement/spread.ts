import { quantile } from '#lib/stats/quantile.ts';

export interface Spread {
  mean: number;
  /** Minimum, quartiles, maximum. */
  quantiles: readonly [number, number, number, number, number];
}

/** How figures of several observers are distributed; those that do not exist are left out. null without any. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const at = (p: number) => quantile(known, p) as number;
  return {
    mean: known.reduce((total, value) => total + value, 0) / known.length,
    quantiles: [at(0), at(0.25), at(0.5), at(0.75), at(1)]
  };
}
