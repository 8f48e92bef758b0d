import type { PairwiseLikelihood } from '#lib/stats/newton.ts';

/**
 * The Bradley-Terry model: P(first preferred) = 1/(1 + exp(−(s_first − s_second))), s = log of the item's
 * worth. Same shape and conventions as Thurstone's Case V, with the logistic in place of the normal.
 *
 * Source: Bradley and Terry, Rank analysis of incomplete block designs I, Biometrika 39 (1952).
 *
 * @param a votes for `first`, `b` for `second`, per pair, ≥ 0; fractions allowed.
 */
export function bradleyTerryLikelihood(
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
        total += logLikelihood(z, a[p] as number, b[p] as number);
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
        const e = Math.exp(-Math.abs(z));
        const likely = 1 / (1 + e);
        const unlikely = e / (1 + e);
        const forward = up * (z > 0 ? unlikely : likely);
        const back = down * (z > 0 ? likely : unlikely);
        total += logLikelihood(z, up, down);
        (gradient[i] as number) += forward - back;
        (gradient[j] as number) -= forward - back;
        (magnitude[i] as number) += forward + back;
        (magnitude[j] as number) += forward + back;
        weights[p] = (up + down) * likely * unlikely;
      }
      return { value: total, extraGradient: 0, extraCurvature: 0 };
    }
  };
}

/** a log P + b log(1 − P) = −(a + b) log(1 + e^−|z|) − (what the less likely votes cost) |z|. */
function logLikelihood(z: number, a: number, b: number): number {
  return -(a + b) * Math.log1p(Math.exp(-Math.abs(z))) - (z > 0 ? b : a) * Math.abs(z);
}
