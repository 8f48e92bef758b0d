import { logGamma } from './gamma.ts';
import { normalCdf } from './normal.ts';
import { midRanks, ascendingOrder } from './rank.ts';
import { studentTwoSidedP } from './student-t.ts';

/** A correlation with the two-sided p-value of "none"; p is null where too few pairs leave it undefined. */
export interface CorrelationTest {
  estimate: number;
  p: number | null;
  n: number;
}

/**
 * Pearson's product-moment correlation: the covariance of x and y over the product of their standard
 * deviations. Two passes, deviations scaled so that neither huge nor tiny units overflow.
 *
 * @param x n values. @param y n values, paired with x.
 * @returns r in [−1, 1]; null for n < 2 or where x or y is constant.
 * @throws RangeError for unequal lengths or values that are not finite.
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  checkPairs(x, y);
  const dx = scaledDeviations(x);
  const dy = scaledDeviations(y);
  if (dx === null || dy === null) return null;
  return cosine(dx, dy);
}

/**
 * Spearman's rank correlation (SRCC): Pearson's r of the mid-ranks. Ties share their mean rank, as they
 * must; the shortcut 1 − 6Σd²/(n³ − n) is wrong with ties and not used.
 *
 * @returns ρ in [−1, 1], exactly ±1 for strictly monotone data; null for n < 2 or where x or y is constant.
 * @throws RangeError for unequal lengths or values that are not finite.
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  checkPairs(x, y);
  return correlationOfRanks(midRanks(x), midRanks(y));
}

/**
 * Pearson's r of ranks that are already there (mid-ranks of 1..n). Their deviations from (n + 1)/2 are exact
 * in binary, so perfect agreement is exactly 1.
 *
 * @returns null for n < 2 or where one side is a single tie.
 */
export function correlationOfRanks(rx: ArrayLike<number>, ry: ArrayLike<number>): number | null {
  if (rx.length < 2) return null;
  const middle = (rx.length + 1) / 2;
  const dx = Float64Array.from(rx, (rank) => rank - middle);
  const dy = Float64Array.from(ry, (rank) => rank - middle);
  return cosine(dx, dy);
}

/**
 * Kendall's τ-b (KRCC): (concordant − discordant pairs) / √((pairs untied in x)(pairs untied in y)).
 * Knight's algorithm: sort by x, then count the exchanges of a merge sort by y, O(n log n).
 *
 * @returns τ-b in [−1, 1]; null for n < 2 or where x or y is constant.
 * @throws RangeError for unequal lengths or values that are not finite.
 * Source: M. Kendall, Rank Correlation Methods (1970); W. Knight, JASA 61 (1966).
 */
export function kendall(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  checkPairs(x, y);
  return x.length < 2 ? null : tauB(countPairs(x, y));
}

/**
 * Pearson's r with p from t = r√((n − 2)/(1 − r²)) on n − 2 degrees of freedom: exact for a bivariate normal.
 *
 * @returns null where r is undefined; p is null for n = 2, 0 at |r| = 1.
 */
export function pearsonTest(x: ArrayLike<number>, y: ArrayLike<number>): CorrelationTest | null {
  return withT(pearson(x, y), x.length);
}

/**
 * Spearman's ρ with p from t = ρ√((n − 2)/(1 − ρ²)) on n − 2 degrees of freedom, the usual approximation; good
 * from about n = 10.
 *
 * @returns null where ρ is undefined; p is null for n = 2, 0 at |ρ| = 1.
 */
export function spearmanTest(x: ArrayLike<number>, y: ArrayLike<number>): CorrelationTest | null {
  return withT(spearman(x, y), x.length);
}

/**
 * Kendall's τ-b with its p-value.
 *
 * @param method `asymptotic`: z = (C − D)/√v₀ with the tie-corrected variance
 *   v₀ = [n(n−1)(2n+5) − Σt(t−1)(2t+5) − Σu(u−1)(2u+5)]/18 + Σt(t−1)·Σu(u−1)/(2n(n−1))
 *   + Σt(t−1)(t−2)·Σu(u−1)(u−2)/(9n(n−1)(n−2)), t and u the sizes of ties in x and y, two-sided on the normal;
 *   `exact`: the permutation distribution (only without ties); `auto`, the default: exact without ties where
 *   n ≤ 33 or at most one pair is out of order, asymptotic otherwise, as SciPy's `kendalltau` chooses.
 * @returns null where τ is undefined; p is null where the variance does not exist (n = 2, asymptotic).
 * @throws RangeError for `exact` with ties.
 */
export function kendallTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  method: 'auto' | 'exact' | 'asymptotic' = 'auto'
): CorrelationTest | null {
  checkPairs(x, y);
  const n = x.length;
  if (n < 2) return null;
  const counts = countPairs(x, y);
  const estimate = tauB(counts);
  if (estimate === null) return null;
  const tied = counts.x.pairs > 0 || counts.y.pairs > 0;
  if (method === 'exact' && tied)
    throw new RangeError('the exact distribution of τ is for data without ties');
  const outOfOrder = Math.min(counts.discordant, counts.total - counts.discordant);
  const exact = method === 'exact' || (method === 'auto' && !tied && (n <= 33 || outOfOrder <= 1));
  return { estimate, p: exact ? exactKendallP(n, outOfOrder) : asymptoticKendallP(n, counts), n };
}

function checkPairs(x: ArrayLike<number>, y: ArrayLike<number>): void {
  if (x.length !== y.length) {
    throw new RangeError(`a correlation needs pairs: ${x.length} values against ${y.length}`);
  }
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) {
      throw new RangeError(`pair ${i} is not finite: ${x[i]}, ${y[i]}`);
    }
  }
}

/** Deviations from the mean over the largest of them; null for a constant or fewer than two values. */
function scaledDeviations(values: ArrayLike<number>): Float64Array | null {
  const n = values.length;
  if (n < 2) return null;
  let largest = 0;
  let constant = true;
  for (let i = 0; i < n; i++) {
    largest = Math.max(largest, Math.abs(values[i] as number));
    if (values[i] !== values[0]) constant = false;
  }
  if (constant) return null;
  // Keeps sum and differences of values near the end of the range finite; a power of two is exact.
  const shrink = largest > 1e290 ? 2 ** -60 : 1;
  const deviations = Float64Array.from(values, (value) => value * shrink);
  let sum = 0;
  for (const value of deviations) sum += value;
  const mean = sum / n;
  let widest = 0;
  for (let i = 0; i < n; i++) {
    deviations[i] = (deviations[i] as number) - mean;
    widest = Math.max(widest, Math.abs(deviations[i] as number));
  }
  for (let i = 0; i < n; i++) deviations[i] = (deviations[i] as number) / widest;
  return deviations;
}

function cosine(dx: Float64Array, dy: Float64Array): number | null {
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < dx.length; i++) {
    const a = dx[i] as number;
    const b = dy[i] as number;
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  if (xx === 0 || yy === 0) return null;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

function withT(estimate: number | null, n: number): CorrelationTest | null {
  if (estimate === null) return null;
  if (n < 3) return { estimate, p: null, n };
  const rest = (1 - estimate) * (1 + estimate);
  const p = rest === 0 ? 0 : studentTwoSidedP(estimate * Math.sqrt((n - 2) / rest), n - 2);
  return { estimate, p, n };
}

/** Sums over groups of t equal values. */
interface TieSums {
  /** Σ t(t − 1)/2: pairs tied. */
  pairs: number;
  /** Σ t(t − 1)(t − 2). */
  triples: number;
  /** Σ t(t − 1)(2t + 5). */
  variance: number;
}

interface PairCounts {
  total: number;
  discordant: number;
  x: TieSums;
  y: TieSums;
  tiedInBoth: number;
}

function countPairs(x: ArrayLike<number>, y: ArrayLike<number>): PairCounts {
  const n = x.length;
  const byY = ascendingOrder(y);
  // A stable sort by x of what is sorted by y: within equal x, y ascends, so ties in x are no exchange.
  const xByY = Float64Array.from(byY, (index) => x[index] as number);
  const order = ascendingOrder(xByY).map((index) => byY[index] as number);
  const xs = Float64Array.from(order, (index) => x[index] as number);
  const ys = Float64Array.from(order, (index) => y[index] as number);
  let tiedInBoth = 0;
  for (let start = 0; start < n;) {
    let end = start + 1;
    while (end < n && xs[end] === xs[start] && ys[end] === ys[start]) end++;
    tiedInBoth += ((end - start) * (end - start - 1)) / 2;
    start = end;
  }
  const xTies = tieSums(xs);
  const discordant = countExchanges(ys);
  return { total: (n * (n - 1)) / 2, discordant, x: xTies, y: tieSums(ys), tiedInBoth };
}

function tieSums(sorted: Float64Array): TieSums {
  const sums = { pairs: 0, triples: 0, variance: 0 };
  for (let start = 0; start < sorted.length;) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    const t = end - start;
    sums.pairs += (t * (t - 1)) / 2;
    sums.triples += t * (t - 1) * (t - 2);
    sums.variance += t * (t - 1) * (2 * t + 5);
    start = end;
  }
  return sums;
}

/** Sorts values in place, bottom-up, and returns how many pairs stood in strictly descending order. */
function countExchanges(values: Float64Array): number {
  const n = values.length;
  let from: Float64Array = values;
  let to: Float64Array = new Float64Array(n);
  let exchanges = 0;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let left = start;
      let right = middle;
      for (let k = start; k < end; k++) {
        if (left < middle && (right >= end || (from[left] as number) <= (from[right] as number))) {
          to[k] = from[left++] as number;
        } else {
          to[k] = from[right++] as number;
          exchanges += middle - left;
        }
      }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return exchanges;
}

function tauB({ total, discordant, x, y, tiedInBoth }: PairCounts): number | null {
  if (x.pairs === total || y.pairs === total) return null;
  const difference = total - x.pairs - y.pairs + tiedInBoth - 2 * discordant;
  const tau = difference / Math.sqrt((total - x.pairs) * (total - y.pairs));
  return Math.max(-1, Math.min(1, tau));
}

function asymptoticKendallP(n: number, { total, discordant, x, y, tiedInBoth }: PairCounts): number | null {
  if (n < 3) return null;
  const difference = total - x.pairs - y.pairs + tiedInBoth - 2 * discordant;
  const m = n * (n - 1);
  const variance =
    (m * (2 * n + 5) - x.variance - y.variance) / 18 +
    (2 * x.pairs * y.pairs) / m +
    (x.triples * y.triples) / (9 * m * (n - 2));
  return Math.min(1, 2 * normalCdf(-Math.abs(difference) / Math.sqrt(variance)));
}

/** P over all n! orders of at most `outOfOrder` exchanges, twice (Kendall 1970, p. 68). */
function exactKendallP(n: number, outOfOrder: number): number {
  if (4 * outOfOrder === n * (n - 1)) return 1;
  // share[k]: the fraction of orders of the first j items with k exchanges; the j-th item adds 0..j−1.
  let share = new Float64Array(outOfOrder + 1);
  share[0] = 1;
  for (let j = 2; j <= n; j++) {
    const next = new Float64Array(outOfOrder + 1);
    let window = 0;
    for (let k = 0; k <= outOfOrder; k++) {
      window += share[k] as number;
      if (k >= j) window -= share[k - j] as number;
      next[k] = window / j;
    }
    share = next;
  }
  if (outOfOrder === 0) return Math.min(1, 2 * Math.exp(-logGamma(n + 1)));
  let sum = 0;
  for (const value of share) sum += value;
  return Math.min(1, 2 * sum);
}
