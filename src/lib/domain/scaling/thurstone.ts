import type { PairwiseLikelihood } from '#lib/stats/newton.ts';
import { inverseMillsDerivative, inverseMillsRatio, logNormalCdf } from '#lib/stats/normal.ts';

/**
 * Thurstone's Case V: P(first preferred) = Φ(s_first − s_second), so that one unit of scale is the standard
 * deviation of a *difference* (no √2). The log-likelihood is Σ [a log Φ(z) + b log Φ(−z)], z = s_first −
 * s_second, over pairs with a votes one way and b the other; counts may be fractions (ties as ½ + ½). It is
 * concave, and finite for every finite s, however far a vote lies from what the scale says.
 *
 * Source: Thurstone, A law of comparative judgment, Psychological Review 34 (1927); Mosteller (1951).
 *
 * @param a votes for `first`, `b` for `second`, per pair, ≥ 0.
 */
export function thurstoneLikelihood(
  n: number,
  first: Int32Array,
  second: Int32Array,
  a: Float64Array,
  b: Float64Array
): PairwiseLikelihood {
  return {
    n,
    first,
    second,
    hasExtra: false,
    value(s) {
      let total = 0;
      for (let p = 0; p < first.length; p++) {
        const z = (s[first[p] as number] as number) - (s[second[p] as number] as number);
        const up = a[p] as number;
        const down = b[p] as number;
        // One of the two counts is 0 for most pairs of a sparse design.
        if (up > 0) total += up * logNormalCdf(z);
        if (down > 0) total += down * logNormalCdf(-z);
      }
      return total;
    },
    derivatives(s, _extra, { gradient, magnitude, weights }) {
      gradient.fill(0);
      magnitude.fill(0);
      let total = 0;
      for (let p = 0; p < first.length; p++) {
        const i = first[p] as number;
        const j = second[p] as number;
        const z = (s[i] as number) - (s[j] as number);
        const up = a[p] as number;
        const down = b[p] as number;
        let pull = 0;
        let size = 0;
        let weight = 0;
        if (up > 0) {
          total += up * logNormalCdf(z);
          pull = up * inverseMillsRatio(z);
          size = pull;
          weight = -up * inverseMillsDerivative(z);
        }
        if (down > 0) {
          total += down * logNormalCdf(-z);
          const back = down * inverseMillsRatio(-z);
          pull -= back;
          size += back;
          weight -= down * inverseMillsDerivative(-z);
        }
        (gradient[i] as number) += pull;
        (gradient[j] as number) -= pull;
        (magnitude[i] as number) += size;
        (magnitude[j] as number) += size;
        weights[p] = weight;
      }
      return { value: total, extraGradient: 0, extraCurvature: 0 };
    }
  };
}
