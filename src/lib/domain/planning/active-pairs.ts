import { normalCdf } from '#lib/stats/normal.ts';
import { shuffled, type Random } from '#lib/stats/random.ts';
import { voteInformation, type ScaleBelief } from '../scaling/scale-belief.ts';

export interface ActiveChoice {
  belief: ScaleBelief;
  /** The study's planned pairs, as item numbers. */
  pairs: readonly (readonly [number, number])[];
  /** How many pairs to choose, none of them twice. */
  size: number;
  random: Random;
}

/**
 * The pairs whose answers are expected to say most about the whole scale.
 *
 * What a vote y on items i and j tells about the scale s is the mutual information I(y; s) = h(E p) − E h(p),
 * p = Φ(d), d = s_i − s_j ~ N(m, v) under the belief, h the entropy of a yes-or-no in bits. A vote depends on d alone, so
 * this is exact but for the belief being normal; E p = Φ(m / √(1 + v)), and E h(p) is Houlsby's closed form, within 0.01
 * bits of the integral. Pairs are taken one after the other: behind each choice the covariance shrinks as a vote of yet
 * unknown outcome will shrink it (Σ ← Σ − w Σa aᵀΣ / (1 + w aᵀΣa), w the expected information φ²/(Φ(1 − Φ)) about d, at
 * its expected place), so that a batch does not ask the same question twenty times.
 *
 * Sources: the criterion, Lindley, Annals of Mathematical Statistics 27 (1956); its use for pair comparisons with batches,
 * Mikhailiuk et al., Active sampling for pairwise comparisons via approximate message passing and information gain
 * maximization, ICPR 2020; the closed form, Houlsby et al., Bayesian active learning for classification and preference
 * learning, 2011.
 *
 * @returns `chosen`: indices into `pairs`, the most informative first; all of them when there are not more than `size`;
 *   equal ones in random order. `belief`: the one given, with the chosen votes to come, for whoever chooses next, so that
 *   raters who join at the same moment are not sent after the same information.
 */
export function chooseActivePairs({ belief, pairs, size, random }: ActiveChoice): {
  chosen: number[];
  belief: ScaleBelief;
} {
  const { items } = belief;
  const covariance = belief.covariance.slice();
  const column = new Float64Array(items);
  const difference = (pair: number): { m: number; v: number; i: number; j: number } => {
    const [i, j] = pairs[pair] as readonly [number, number];
    return {
      i,
      j,
      m: (belief.mean[i] as number) - (belief.mean[j] as number),
      v:
        (covariance[i * items + i] as number) +
        (covariance[j * items + j] as number) -
        2 * (covariance[i * items + j] as number)
    };
  };
  /** Takes a vote of unknown outcome into the covariance. */
  const expect = (pair: number): void => {
    const { m, v, i, j } = difference(pair);
    const w = voteInformation(m / Math.sqrt(1 + v));
    for (let k = 0; k < items; k++) {
      column[k] = (covariance[i * items + k] as number) - (covariance[j * items + k] as number);
    }
    const shrink = w / (1 + w * v);
    for (let k = 0; k < items; k++) {
      const by = shrink * (column[k] as number);
      if (by === 0) continue;
      for (let l = 0; l < items; l++) {
        covariance[k * items + l] = (covariance[k * items + l] as number) - by * (column[l] as number);
      }
    }
  };
  const open = shuffled(
    pairs.map((_, index) => index),
    random
  );
  const chosen: number[] = [];
  while (chosen.length < size && open.length > 0) {
    let best = 0;
    let most = -1;
    for (let place = 0; place < open.length; place++) {
      const { m, v } = difference(open[place] as number);
      const gain = expectedGain(m, v);
      if (gain > most) {
        most = gain;
        best = place;
      }
    }
    const pair = open[best] as number;
    open[best] = open.at(-1) as number;
    open.pop();
    chosen.push(pair);
    expect(pair);
  }
  return { chosen, belief: { ...belief, covariance } };
}

/**
 * Expected information, in bits, of one vote about a difference d ~ N(m, v): h(Φ(m/√(1 + v))) minus the closed form of
 * E h(Φ(d)), in which h(Φ(d)) is taken as exp(−d²/(π ln 2)). 0 for v = 0.
 */
export function expectedGain(m: number, v: number): number {
  if (!(v > 0)) return 0;
  const p = normalCdf(m / Math.sqrt(1 + v));
  const c2 = (Math.PI * Math.LN2) / 2;
  const within = Math.sqrt(c2 / (c2 + v)) * Math.exp((-m * m) / (2 * (c2 + v)));
  return Math.max(0, entropy(p) - within);
}

function entropy(p: number): number {
  const q = 1 - p;
  return p > 0 && q > 0 ? -(p * Math.log2(p) + q * Math.log2(q)) : 0;
}
