import { percentileInterval, type Bounds } from '#lib/stats/bootstrap.ts';
import type { Random } from '#lib/stats/random.ts';
import { errorConsistencyOf } from '../agreement/between-observers/error-consistency.ts';
import { spreadOf, type Spread } from '../agreement/spread.ts';
import { missing, orMissing, type Finding } from './finding.ts';
import { SCORES } from './pair-judgments.ts';

/** Error consistency κ over pairs of observers. */
export interface SharedErrors extends Spread {
  /** Pairs of observers with a κ. */
  pairs: number;
  /** Comparisons that such a pair has in common, on average. */
  comparisons: number;
  /** Of the mean: trials and observers drawn together, percentiles. null where too few resamples have a κ. */
  ci95: Bounds | null;
}

export interface SharedErrorsOptions {
  replicates: number;
  random: Random;
}

/** What two observers have decided both, by trial. */
interface Overlap {
  a: number;
  b: number;
  trial: Int32Array;
  /** 1 where a was right, 2 where b was: 3 where both were. */
  right: Uint8Array;
}

const NONE = 'no two observers have decided the same pairs with errors among them';

/**
 * Error consistency (Geirhos et al. 2020) of each of the one list with each of the other; each pair once, nobody with
 * himself. κ = (observed − expected)/(1 − expected) agreement on being right, expected from the two accuracies.
 *
 * The interval of the mean draws trials (with all their comparisons) and observers, where the lists hold several,
 * independently and uses them together.
 *
 * @param one, other per observer the comparisons decided, `trial/pair` → whether right. The same list twice for a panel
 *   with itself.
 */
export function sharedErrors(
  one: readonly ReadonlyMap<string, boolean>[],
  other: readonly ReadonlyMap<string, boolean>[],
  protocol: string,
  { replicates, random }: SharedErrorsOptions
): Finding<SharedErrors> {
  if (protocol === 'single-stimulus') return missing(SCORES);
  const numbers = new Map<string, number>();
  const trialNumber = (key: string) => {
    const name = key.slice(0, key.indexOf('/'));
    let number = numbers.get(name);
    if (number === undefined) numbers.set(name, (number = numbers.size));
    return number;
  };
  const overlaps: Overlap[] = [];
  one.forEach((a, i) =>
    other.forEach((b, j) => {
      if (one === other && j <= i) return;
      const keys = [...a.keys()].filter((key) => b.has(key));
      const right = Uint8Array.from(keys, (key) => (a.get(key) ? 1 : 0) + (b.get(key) ? 2 : 0));
      const overlap = { a: i, b: j, trial: Int32Array.from(keys, trialNumber), right };
      if (kappaOf(overlap, null) !== null) overlaps.push(overlap);
    })
  );
  const spread = spreadOf(overlaps.map((overlap) => kappaOf(overlap, null)));
  if (spread === null) return orMissing<SharedErrors>(null, NONE);
  const sizes = overlaps.reduce((sum, { right }) => sum + right.length, 0);
  // A resample goes over every comparison of every pair.
  const affordable = Math.min(replicates, Math.floor(1e8 / sizes));
  const means: number[] = [];
  const drawnTrials = new Float64Array(numbers.size);
  for (let r = 0; r < affordable; r++) {
    draw(drawnTrials, random);
    const weightA = draw(new Float64Array(one.length), random);
    const weightB = one === other ? weightA : draw(new Float64Array(other.length), random);
    let sum = 0;
    let weights = 0;
    for (const overlap of overlaps) {
      const weight = (weightA[overlap.a] as number) * (weightB[overlap.b] as number);
      const kappa = weight === 0 ? null : kappaOf(overlap, drawnTrials);
      if (kappa === null) continue;
      sum += weight * kappa;
      weights += weight;
    }
    if (weights > 0) means.push(sum / weights);
  }
  return {
    value: {
      ...spread,
      pairs: overlaps.length,
      comparisons: sizes / overlaps.length,
      ci95: means.length < 20 ? null : percentileInterval({ sorted: Float64Array.from(means).sort() })
    },
    why: null
  };
}

/** How often each was drawn, as many in all as there are. */
function draw(times: Float64Array, random: Random): Float64Array {
  times.fill(0);
  for (let i = 0; i < times.length; i++) (times[random.integer(times.length)] as number)++;
  return times;
}

/** κ with trials weighted; null as `errorConsistencyOf` says. */
function kappaOf({ trial, right }: Overlap, weight: Float64Array | null): number | null {
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < right.length; i++) {
    const w = weight === null ? 1 : (weight[trial[i] as number] as number);
    (sums[right[i] as number] as number) += w;
  }
  const [neither, onlyA, onlyB, both] = sums as [number, number, number, number];
  return errorConsistencyOf({ neither, onlyA, onlyB, both })?.kappa ?? null;
}
