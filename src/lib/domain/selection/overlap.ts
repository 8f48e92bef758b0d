export interface SelectionOverlap {
  /** In both, in the order of the first. */
  shared: string[];
  onlyFirst: number;
  onlySecond: number;
  /** Shared over all that either holds; null when both are empty. */
  jaccard: number | null;
  /** How many two random selections of these sizes would share: |A| · |B| / N. */
  expectedByChance: number;
}

/**
 * How far two selections out of the same N stimuli agree, by name: what changing λ, ε or the model does to a
 * subset. A name given twice counts once.
 *
 * @throws RangeError when N is smaller than what the two hold together.
 */
export function selectionOverlap(
  first: readonly string[],
  second: readonly string[],
  populationSize: number
): SelectionOverlap {
  const a = new Set(first);
  const b = new Set(second);
  const shared = [...a].filter((name) => b.has(name));
  const together = a.size + b.size - shared.length;
  if (populationSize < together) {
    throw new RangeError(`${together} different stimuli cannot come out of ${populationSize}`);
  }
  return {
    shared,
    onlyFirst: a.size - shared.length,
    onlySecond: b.size - shared.length,
    jaccard: together === 0 ? null : shared.length / together,
    expectedByChance: populationSize === 0 ? 0 : (a.size * b.size) / populationSize
  };
}
