import { pearson, spearman } from '#lib/stats/correlation.ts';
import { shuffled, type Random } from '#lib/stats/random.ts';
import type { HumanCeiling } from '../agreement/human-ceiling.ts';
import { spreadOf } from '../agreement/spread.ts';
import type { ValueSpace, WeightedValues } from './weighted-values.ts';

/**
 * The human ceiling where votes are the data: the scale of one half of the raters against that of the other, stepped
 * up to the whole panel by Spearman and Brown, and each rater's own scale against the scale of the others. Over
 * references the plain mean of the correlations within each. The reliability is the split-half one.
 *
 * @returns null for fewer than two raters, or where no split has a correlation.
 */
export function ceilingOfVotes(
  values: WeightedValues,
  raters: number,
  space: ValueSpace,
  random: Random,
  splits = 100
): HumanCeiling | null {
  if (raters < 2) return null;
  const everybody = Array.from({ length: raters }, (_, i) => i);
  const scaleOf = (members: readonly number[]) => {
    const weights = new Float64Array(raters);
    for (const member of members) weights[member] = 1;
    return values.values(weights);
  };
  let sum = 0;
  let stepped = 0;
  let defined = 0;
  for (let split = 0; split < splits; split++) {
    const order = shuffled(everybody, random);
    const middle = raters >> 1;
    const r = meanCorrelation(
      scaleOf(order.slice(0, middle)),
      scaleOf(order.slice(middle)),
      space,
      pearson
    ).r;
    if (r === null || r <= -1) continue;
    sum += r;
    stepped += (2 * r) / (1 + r);
    defined++;
  }
  if (defined === 0) return null;
  const reliability = stepped / defined;
  const observers = everybody.map((observer) => {
    const own = scaleOf([observer]);
    const others = scaleOf(everybody.filter((other) => other !== observer));
    const rho = meanCorrelation(own, others, space, spearman);
    return { observer, n: rho.n, pearson: meanCorrelation(own, others, space, pearson).r, spearman: rho.r };
  });
  return {
    splitHalf: { r: sum / defined, spearmanBrown: reliability, splits: defined },
    reliability,
    ceiling: reliability > 0 ? Math.sqrt(reliability) : null,
    leaveOneOut: {
      observers,
      pearson: spreadOf(observers.map((one) => one.pearson)),
      spearman: spreadOf(observers.map((one) => one.spearman))
    }
  };
}

/** Within each pool over what both have, then the plain mean over the pools that have one. */
export function meanCorrelation(
  x: Float64Array,
  y: Float64Array,
  { pool, pools }: Pick<ValueSpace, 'pool' | 'pools'>,
  correlate: (x: ArrayLike<number>, y: ArrayLike<number>) => number | null
): { r: number | null; n: number } {
  let sum = 0;
  let defined = 0;
  let n = 0;
  for (let p = 0; p < pools; p++) {
    const rows = [...pool.keys()].filter(
      (s) => pool[s] === p && !Number.isNaN(x[s] as number) && !Number.isNaN(y[s] as number)
    );
    n += rows.length;
    const r = correlate(
      rows.map((s) => x[s] as number),
      rows.map((s) => y[s] as number)
    );
    if (r === null) continue;
    sum += r;
    defined++;
  }
  return { r: defined === 0 ? null : sum / defined, n };
}
