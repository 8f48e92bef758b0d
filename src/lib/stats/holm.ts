/**
 * Holm's step-down correction for several tests: in ascending order the i-th of m p-values is multiplied by
 * m − i + 1, no value below the one before it, none above 1. Controls the chance of any false rejection,
 * whatever the dependence, and rejects never less than Bonferroni.
 *
 * @param values p-values; null for a test that could not be made, which does not count towards m.
 * @returns the corrected values in the same order, null where null was.
 * @throws RangeError for a value outside [0, 1].
 * Source: S. Holm, Scandinavian Journal of Statistics 6 (1979).
 */
export function holm(values: readonly (number | null)[]): (number | null)[] {
  const made: { p: number; index: number }[] = [];
  values.forEach((p, index) => {
    if (p === null) return;
    if (!(p >= 0 && p <= 1)) throw new RangeError(`a p-value lies in [0, 1], not ${p}`);
    made.push({ p, index });
  });
  made.sort((a, b) => a.p - b.p);
  const corrected: (number | null)[] = values.map(() => null);
  let floor = 0;
  made.forEach(({ p, index }, i) => {
    floor = Math.max(floor, Math.min(1, p * (made.length - i)));
    corrected[index] = floor;
  });
  return corrected;
}
