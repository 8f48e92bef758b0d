/**
 * Picks n rows evenly over the rank of their MOS: the ranks round(k (N − 1)/(n − 1)) for k = 0 … n − 1 of the rows
 * sorted by MOS, so that the lowest and the highest are among them; n = 1 takes the middle. Equal MOS stand in the
 * order of their rows.
 *
 * @returns the rows' places in what was given, from the lowest MOS to the highest; all of them when n ≥ N.
 * @throws RangeError when n is no whole number ≥ 0.
 */
export function uniformSelection(items: readonly { mos: number }[], n: number): number[] {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`a whole number of stimuli is needed, not ${n}`);
  const byMos = items
    .map(({ mos }, index) => ({ mos, index }))
    .sort((a, b) => a.mos - b.mos)
    .map(({ index }) => index);
  const last = byMos.length - 1;
  if (n >= byMos.length) return byMos;
  if (n === 1) return [byMos[Math.round(last / 2)] as number];
  return Array.from({ length: n }, (_, k) => byMos[Math.round((k * last) / (n - 1))] as number);
}
