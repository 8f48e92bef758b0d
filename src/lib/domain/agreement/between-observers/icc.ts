import { fQuantile, fTails } from '#lib/stats/f-and-chi-square.ts';

export interface Icc {
  /** Null where the mean squares leave it undefined, as the averages are when all stimuli have one mean. */
  icc: number | null;
  /** Null where undefined, as for zero error. */
  ci95: [number, number] | null;
  /** F of "no difference between stimuli", its degrees of freedom and its p-value; null for zero error. */
  test: { f: number; df1: number; df2: number; p: number } | null;
}

export interface IntraclassCorrelations {
  /** Each stimulus rated by other observers, drawn at random. */
  icc1: Icc;
  /** The same observers throughout, drawn from a population: absolute agreement. */
  icc2: Icc;
  /** The same observers throughout, these alone: consistency. */
  icc3: Icc;
  /** The same for the mean of all k observers; icc3k is Cronbach's α with observers as items. */
  icc1k: Icc;
  icc2k: Icc;
  icc3k: Icc;
}

/**
 * Intraclass correlations ICC(1,1), (2,1), (3,1) and their averages over k observers, from the mean squares of
 * stimuli (R), observers (C), error (E) and within stimuli (W):
 *
 *   ICC(1) = (R − W)/(R + (k − 1)W),  ICC(2) = (R − E)/(R + (k − 1)E + k(C − E)/n),
 *   ICC(3) = (R − E)/(R + (k − 1)E),
 *
 * 95 % intervals from F; ICC(2)'s by Satterthwaite's approximation, the averages' by stepping up the ends.
 * Estimates may be negative.
 *
 * @param rows stimuli by observers, without gaps.
 * @returns null for fewer than two stimuli or observers, or when all stimuli have the same mean and there is
 *   no error either.
 * @throws RangeError when rows differ in length.
 * Source: Shrout and Fleiss, Intraclass correlations, Psychological Bulletin 86 (1979); McGraw and Wong (1996).
 */
export function intraclassCorrelations(rows: readonly (readonly number[])[]): IntraclassCorrelations | null {
  const n = rows.length;
  const k = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== k)) throw new RangeError('every stimulus needs the same observers');
  if (n < 2 || k < 2) return null;
  const { r, c, e, w } = meanSquares(rows, n, k);
  if (r === 0 && w === 0) return null;

  const rest = (n - 1) * (k - 1);
  const value1 = ratio(r - w, r + (k - 1) * w);
  const value2 = ratio(r - e, r + (k - 1) * e + (k * (c - e)) / n);
  const value3 = ratio(r - e, r + (k - 1) * e);
  const test1 = test(r, w, n - 1, n * (k - 1));
  const test3 = test(r, e, n - 1, rest);
  const interval1 = fromF(test1, k);
  const interval3 = fromF(test3, k);
  const interval2 = agreementInterval({ r, c, e, w }, value2, n, k);
  const single = (icc: number | null, ci95: [number, number] | null, of: Icc['test']): Icc => ({
    icc,
    ci95,
    test: of
  });
  const average = (icc: number | null, ci95: [number, number] | null, of: Icc['test']): Icc => ({
    icc,
    ci95: ci95 === null ? null : [steppedUp(ci95[0], k), steppedUp(ci95[1], k)],
    test: of
  });
  return {
    icc1: single(value1, interval1, test1),
    icc2: single(value2, interval2, test3),
    icc3: single(value3, interval3, test3),
    icc1k: average(ratio(r - w, r), interval1, test1),
    icc2k: average(ratio(r - e, r + (c - e) / n), interval2, test3),
    icc3k: average(ratio(r - e, r), interval3, test3)
  };
}

interface MeanSquares {
  r: number;
  c: number;
  e: number;
  w: number;
}

function meanSquares(rows: readonly (readonly number[])[], n: number, k: number): MeanSquares {
  // Relative to one rating, so that a constant table is exactly constant.
  const origin = rows[0]?.[0] as number;
  const rowMeans = rows.map((row) => row.reduce((sum, value) => sum + (value - origin), 0) / k);
  const columnMeans = Array.from(
    { length: k },
    (_, i) => rows.reduce((sum, row) => sum + ((row[i] as number) - origin), 0) / n
  );
  const grand = rowMeans.reduce((sum, value) => sum + value, 0) / n;
  let between = 0;
  let within = 0;
  let error = 0;
  rows.forEach((row, j) => {
    const rowMean = rowMeans[j] as number;
    between += (rowMean - grand) ** 2;
    row.forEach((value, i) => {
      within += (value - origin - rowMean) ** 2;
      error += (value - origin - rowMean - (columnMeans[i] as number) + grand) ** 2;
    });
  });
  const observers = columnMeans.reduce((sum, value) => sum + (value - grand) ** 2, 0);
  return {
    r: (k * between) / (n - 1),
    c: (n * observers) / (k - 1),
    e: error / ((n - 1) * (k - 1)),
    w: within / (n * (k - 1))
  };
}

function test(above: number, below: number, df1: number, df2: number): Icc['test'] {
  if (below === 0) return null;
  const f = above / below;
  return { f, df1, df2, p: fTails(f, df1, df2).upper };
}

function fromF(of: Icc['test'], k: number): [number, number] | null {
  if (of === null) return null;
  const low = of.f / fQuantile(0.975, of.df1, of.df2);
  const high = of.f * fQuantile(0.975, of.df2, of.df1);
  return [(low - 1) / (low + k - 1), (high - 1) / (high + k - 1)];
}

/** Interval of ICC(2,1) from the variance components' approximate degrees of freedom. */
function agreementInterval(
  { r, c, e }: MeanSquares,
  icc: number | null,
  n: number,
  k: number
): [number, number] | null {
  if (icc === null || icc >= 1 || e === 0) return null;
  const a = (k * icc) / (n * (1 - icc));
  const b = 1 + (k * icc * (n - 1)) / (n * (1 - icc));
  const df = (a * c + b * e) ** 2 / ((a * c) ** 2 / (k - 1) + (b * e) ** 2 / ((n - 1) * (k - 1)));
  const spread = k * c + (k * n - k - n) * e;
  const low = fQuantile(0.975, n - 1, df);
  const high = fQuantile(0.975, df, n - 1);
  return [(n * (r - low * e)) / (low * spread + n * r), (n * (high * r - e)) / (spread + n * high * r)];
}

function ratio(top: number, bottom: number): number | null {
  return bottom === 0 ? null : top / bottom;
}

/** Spearman-Brown: the reliability of the mean of k from that of one. */
function steppedUp(icc: number, k: number): number {
  return (k * icc) / (1 + (k - 1) * icc);
}
