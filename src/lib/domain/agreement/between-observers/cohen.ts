import { normalCdf } from '#lib/stats/normal.ts';

export type KappaWeights = 'unweighted' | 'linear' | 'quadratic';

export interface CohenKappa {
  kappa: number;
  /** Stimuli that both rated. */
  n: number;
  /** κ over its standard error under chance agreement, and the two-sided p-value; null where that is 0. */
  z: number | null;
  p: number | null;
}

/**
 * Cohen's κ of two observers: agreement beyond what their own distributions of ratings would give by chance,
 * (P_o − P_e)/(1 − P_e). Weighted, a disagreement counts by the distance of the two ratings, |a − b| or
 * (a − b)², relative to the largest distance; ratings have to be numbers for that.
 *
 * @param a ratings of one observer, null for missing. @param b of the other, paired with a.
 * @returns null when both rated no stimulus, or when chance alone agrees fully (one value only).
 * @throws RangeError for unequal lengths.
 * Source: Cohen (1960, 1968); standard error of Fleiss, Cohen and Everitt, Psychological Bulletin 72 (1969).
 */
export function cohenKappa(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
  weights: KappaWeights = 'unweighted'
): CohenKappa | null {
  if (a.length !== b.length) throw new RangeError(`${a.length} ratings cannot be paired with ${b.length}`);
  const pairs: [number, number][] = [];
  a.forEach((value, j) => {
    const other = b[j] ?? null;
    if (value !== null && other !== null) pairs.push([value, other]);
  });
  const n = pairs.length;
  const values = [...new Set(pairs.flat())].sort((x, y) => x - y);
  const size = values.length;
  if (size < 2) return null;
  const place = new Map(values.map((value, index) => [value, index]));
  const range = (values[size - 1] as number) - (values[0] as number);
  const agreement = (x: number, y: number): number => {
    if (weights === 'unweighted') return x === y ? 1 : 0;
    const distance = Math.abs((values[x] as number) - (values[y] as number)) / range;
    return 1 - (weights === 'linear' ? distance : distance * distance);
  };
  const row = new Float64Array(size);
  const column = new Float64Array(size);
  let observed = 0;
  for (const [x, y] of pairs) {
    const i = place.get(x) as number;
    const j = place.get(y) as number;
    (row[i] as number) += 1 / n;
    (column[j] as number) += 1 / n;
    observed += agreement(i, j) / n;
  }
  const rowWeight = new Float64Array(size);
  const columnWeight = new Float64Array(size);
  let expected = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const weight = agreement(i, j);
      (rowWeight[i] as number) += weight * (column[j] as number);
      (columnWeight[j] as number) += weight * (row[i] as number);
      expected += weight * (row[i] as number) * (column[j] as number);
    }
  }
  if (!(expected < 1)) return null;
  let spread = -expected * expected;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const surplus = agreement(i, j) - (rowWeight[i] as number) - (columnWeight[j] as number);
      spread += (row[i] as number) * (column[j] as number) * surplus * surplus;
    }
  }
  const kappa = (observed - expected) / (1 - expected);
  const se = Math.sqrt(Math.max(0, spread) / n) / (1 - expected);
  const z = se > 0 ? kappa / se : null;
  return { kappa, n, z, p: z === null ? null : 2 * normalCdf(-Math.abs(z)) };
}
