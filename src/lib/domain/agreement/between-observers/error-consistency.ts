export interface ErrorConsistency {
  /** Trials that both answered. */
  n: number;
  /** Share of trials on which both were right or both wrong. */
  observed: number;
  /** The share that two independent observers of the same accuracies would reach. */
  expected: number;
  /** (observed − expected)/(1 − expected): whether they err on the same trials; null at expected = 1. */
  kappa: number | null;
}

/**
 * Error consistency of two observers (say, a model and a person): equal accuracy does not mean that they find
 * the same trials hard. κ is 0 for independent errors, 1 for the same ones, negative for complementary ones.
 *
 * @param a whether one observer was right on each trial, null where not answered. @param b the other, paired.
 * @returns null when no trial was answered by both.
 * @throws RangeError for unequal lengths.
 * Source: Geirhos, Meding and Wichmann, Beyond accuracy: quantifying trial-by-trial behaviour of CNNs and humans
 * by measuring error consistency, NeurIPS (2020).
 */
export function errorConsistency(
  a: readonly (boolean | null)[],
  b: readonly (boolean | null)[]
): ErrorConsistency | null {
  if (a.length !== b.length) throw new RangeError(`${a.length} answers cannot be paired with ${b.length}`);
  const shared: SharedAnswers = { neither: 0, onlyA: 0, onlyB: 0, both: 0 };
  a.forEach((one, trial) => {
    const other = b[trial] ?? null;
    if (one === null || other === null) return;
    shared[one ? (other ? 'both' : 'onlyA') : other ? 'onlyB' : 'neither']++;
  });
  return errorConsistencyOf(shared);
}

/** Trials by who was right. Whole numbers, or sums of weights. */
export interface SharedAnswers {
  neither: number;
  onlyA: number;
  onlyB: number;
  both: number;
}

/** The same from trials already counted, as a bootstrap has them. @returns null without any. */
export function errorConsistencyOf({ neither, onlyA, onlyB, both }: SharedAnswers): ErrorConsistency | null {
  const n = neither + onlyA + onlyB + both;
  if (!(n > 0)) return null;
  const pA = (onlyA + both) / n;
  const pB = (onlyB + both) / n;
  const observed = (neither + both) / n;
  const expected = pA * pB + (1 - pA) * (1 - pB);
  return { n, observed, expected, kappa: expected < 1 ? (observed - expected) / (1 - expected) : null };
}
