import type { Features } from './difficult.ts';

/**
 * Inner products between feature rows, kept: choosing again with another λ or ε mostly picks rows that were picked
 * before, and needs only what is new.
 */
export interface FeatureProducts {
  features: Features;
  /** |row| of each row. */
  lengths: Float64Array;
  /** Products of one row with all rows; those that nobody asked for yet are NaN. */
  of(row: number, wanted: Int32Array): Float64Array;
}

/** Rows of products that are kept: 400 of 11,125 numbers are 36 MB. */
const KEPT = 400;

/** @throws RangeError when the values are no whole rows. */
export function featureProducts(features: Features): FeatureProducts {
  const { dimensions, values } = features;
  if (dimensions === 0 || values.length % dimensions !== 0) {
    throw new RangeError(`${values.length} values are no rows of ${dimensions}`);
  }
  const rows = values.length / dimensions;
  const lengths = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    lengths[row] = Math.sqrt(dot(values, row * dimensions, row * dimensions, dimensions));
  }
  const kept = new Map<number, Float64Array>();
  return {
    features,
    lengths,
    of(row, wanted) {
      const products = kept.get(row) ?? new Float64Array(rows).fill(NaN);
      // The one asked for last is dropped last.
      kept.delete(row);
      kept.set(row, products);
      const oldest = kept.keys().next();
      if (kept.size > KEPT && oldest.done !== true) kept.delete(oldest.value);
      const from = row * dimensions;
      for (const other of wanted) {
        if (Number.isNaN(products[other]))
          products[other] = dot(values, other * dimensions, from, dimensions);
      }
      return products;
    }
  };
}

/** Four sums side by side: one alone would wait for each addition before the next. */
function dot(values: Features['values'], a: number, b: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let d = 0;
  for (; d + 3 < length; d += 4) {
    s0 += (values[a + d] as number) * (values[b + d] as number);
    s1 += (values[a + d + 1] as number) * (values[b + d + 1] as number);
    s2 += (values[a + d + 2] as number) * (values[b + d + 2] as number);
    s3 += (values[a + d + 3] as number) * (values[b + d + 3] as number);
  }
  for (; d < length; d++) s0 += (values[a + d] as number) * (values[b + d] as number);
  return s0 + s1 + (s2 + s3);
}
