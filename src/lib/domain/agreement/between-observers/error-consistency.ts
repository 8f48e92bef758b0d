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
  let n = 0;
  let rightA = 0;
  let rightB = 0;
  let same = 0;
  a.forEach((one, trial) => {
    const other = b[trial] ?? null;
    if (one === null || other === null) return;
    n++;
    if (one) rightA++;
    if (other) rightB++;
    if (one === other) same++;
  });
  if (n === 0) return null;
  const observed = same / n;
  const expected = (rightA * rightB + (n - rightA) * (n - rightB)) / (n * n);
  return { n, observed, expected, kappa: expected < 1 ? (observed - expected) / (1 - expected) : null };
}
