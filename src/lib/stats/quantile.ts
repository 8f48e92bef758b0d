/**
 * The p-quantile of sorted values by linear interpolation between order statistics (type 7 of Hyndman and
 * Fan 1996: position 1 + (n − 1)p), the definition that R, NumPy and SciPy use by default.
 *
 * @param sorted ascending; may hold ±∞ (between equal infinities that infinity is returned).
 * @param p in [0, 1].
 * @returns null for no values.
 * @throws RangeError for p outside [0, 1].
 */
export function quantile(sorted: ArrayLike<number>, p: number): number | null {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a quantile's probability lies in [0, 1], not ${p}`);
  const n = sorted.length;
  if (n === 0) return null;
  const at = (n - 1) * p;
  const below = Math.floor(at);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, n - 1)] as number;
  return at === below || low === high ? low : low + (at - below) * (high - low);
}
