import type { Bounds } from '#lib/stats/bootstrap.ts';
import { incompleteBeta } from '#lib/stats/incomplete-beta.ts';
import { normalCdf } from '#lib/stats/normal.ts';
import { quantile } from '#lib/stats/quantile.ts';
import type { Random } from '#lib/stats/random.ts';
import type { WinTable } from '../scaling/votes.ts';

export interface Transitivity {
  /** Triples of items whose three pairs were all compared and each won by one side. */
  triads: number;
  /** Those that go round in a circle: a over b, b over c, c over a. */
  circular: number;
  /** circular/triads; null without triads. ¼ for coins. */
  rate: number | null;
  /** Triples left out because one of their pairs is drawn. */
  drawn: number;
  /** Kendall's coefficient of consistence, 1 without circles, about 0 for coins; only for a complete design. */
  consistence: number | null;
  /** What an observer who follows the fitted scale, with its noise and no intransitivity of its own, would do. */
  underModel: UnderModel | null;
}

export interface UnderModel {
  /** Expected circular over expected decided triads. */
  rate: number;
  /** 95 % of simulated observers lie here. */
  range95: Bounds;
  /** The share of simulated observers with at least the observed rate: small where the observer is inconsistent beyond noise. */
  p: number;
}

export interface TransitivityOptions {
  /** Thurstone Case V values of the items, for `underModel`. */
  scale?: ArrayLike<number>;
  /** Observers simulated from the scale. */
  simulations?: number;
  random?: Random;
}

/**
 * Circular triads. Each pair counts by its majority (so one vote a pair is the classic case); a drawn pair decides
 * nothing, and ties are no votes.
 *
 * A noisy but transitive observer makes circles too, the more the closer the items are. So beside the observed
 * rate stands what the fitted scale itself implies: each pair is won by majority of as many votes as it had,
 * each for the first with probability Φ(s₁ − s₂).
 *
 * @throws RangeError for a scale of another length than the items, or for simulations without randomness.
 * Source: M. Kendall, B. Babington Smith, Biometrika 31 (1940).
 */
export function transitivity(table: WinTable, options: TransitivityOptions = {}): Transitivity {
  const { scale, simulations = 500, random } = options;
  if (scale !== undefined && scale.length !== table.items) {
    throw new RangeError(`${scale.length} scale values for ${table.items} items`);
  }
  const triangles = findTriangles(table);
  const winner = Int8Array.from(table.first, (_, pair) =>
    Math.sign((table.winsFirst[pair] as number) - (table.winsSecond[pair] as number))
  );
  const { triads, circular } = countCircles(triangles, winner);
  let underModel: UnderModel | null = null;
  if (scale !== undefined && triads > 0) {
    if (random === undefined) throw new RangeError('simulating observers needs a source of randomness');
    underModel = modelRate(table, triangles, scale, circular / triads, simulations, random);
  }
  return {
    triads,
    circular,
    rate: triads > 0 ? circular / triads : null,
    drawn: triangles.length / 3 - triads,
    consistence: consistence(table.items, triangles.length / 3, triads, circular),
    underModel
  };
}

/** The pairs (i, j), (j, k), (i, k) of every triple i < j < k that was compared all round, three in a row. */
function findTriangles({ items, first, second }: WinTable): Int32Array {
  const later: { item: number; pair: number }[][] = Array.from({ length: items }, () => []);
  for (let pair = 0; pair < first.length; pair++) {
    later[first[pair] as number]?.push({ item: second[pair] as number, pair });
  }
  const pairTo = new Int32Array(items).fill(-1);
  const found: number[] = [];
  for (const neighbours of later) {
    for (const { item, pair } of neighbours) pairTo[item] = pair;
    for (const { item: j, pair: ij } of neighbours) {
      for (const { item: k, pair: jk } of later[j] as { item: number; pair: number }[]) {
        const ik = pairTo[k] as number;
        if (ik >= 0) found.push(ij, jk, ik);
      }
    }
    for (const { item } of neighbours) pairTo[item] = -1;
  }
  return Int32Array.from(found);
}

function countCircles(triangles: Int32Array, winner: Int8Array): { triads: number; circular: number } {
  let triads = 0;
  let circular = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const ij = winner[triangles[t] as number] as number;
    const jk = winner[triangles[t + 1] as number] as number;
    const ik = winner[triangles[t + 2] as number] as number;
    if (ij === 0 || jk === 0 || ik === 0) continue;
    triads++;
    if (ij === jk && ik !== ij) circular++;
  }
  return { triads, circular };
}

function consistence(items: number, triangles: number, triads: number, circular: number): number | null {
  const all = (items * (items - 1) * (items - 2)) / 6;
  if (items < 3 || triangles !== all || triads !== all) return null;
  const most = items % 2 === 1 ? (items ** 3 - items) / 24 : (items ** 3 - 4 * items) / 24;
  return 1 - circular / most;
}

function modelRate(
  { first, second, winsFirst, winsSecond }: WinTable,
  triangles: Int32Array,
  scale: ArrayLike<number>,
  observed: number,
  simulations: number,
  random: Random
): UnderModel {
  const forFirst = new Float64Array(first.length);
  const forSecond = new Float64Array(first.length);
  for (let pair = 0; pair < first.length; pair++) {
    const votes = Math.round((winsFirst[pair] as number) + (winsSecond[pair] as number));
    const p = normalCdf((scale[first[pair] as number] as number) - (scale[second[pair] as number] as number));
    forFirst[pair] = majority(votes, p);
    forSecond[pair] = majority(votes, 1 - p);
  }
  let circles = 0;
  let decided = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [ij, jk, ik] = [triangles[t] as number, triangles[t + 1] as number, triangles[t + 2] as number];
    const one = (forFirst[ij] as number) * (forFirst[jk] as number) * (forSecond[ik] as number);
    const other = (forSecond[ij] as number) * (forSecond[jk] as number) * (forFirst[ik] as number);
    circles += one + other;
    decided += [ij, jk, ik].reduce(
      (product, pair) => product * ((forFirst[pair] as number) + (forSecond[pair] as number)),
      1
    );
  }
  const rates: number[] = [];
  const winner = new Int8Array(first.length);
  for (let s = 0; s < simulations; s++) {
    for (let pair = 0; pair < first.length; pair++) {
      const u = random.uniform();
      const up = forFirst[pair] as number;
      winner[pair] = u < up ? 1 : u < up + (forSecond[pair] as number) ? -1 : 0;
    }
    const { triads, circular } = countCircles(triangles, winner);
    if (triads > 0) rates.push(circular / triads);
  }
  rates.sort((a, b) => a - b);
  const atLeast = rates.filter((rate) => rate >= observed).length;
  const rate = circles / decided;
  return {
    rate,
    range95: [quantile(rates, 0.025) ?? rate, quantile(rates, 0.975) ?? rate],
    // One more on both sides: the observed panel is one that the model could have made.
    p: (atLeast + 1) / (rates.length + 1)
  };
}

/** P(more than half of so many votes), each won with probability p. */
function majority(votes: number, p: number): number {
  const least = Math.floor(votes / 2) + 1;
  return votes < least ? 0 : incompleteBeta(least, votes - least + 1, p);
}
