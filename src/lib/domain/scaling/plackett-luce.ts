import { diagonalOfInverse } from '#lib/stats/inverse-diagonal.ts';
import { maximise, type PairwiseLikelihood } from '#lib/stats/newton.ts';
import { connectedComponents, membersOf, stronglyConnectedComponents } from './graph.ts';
import { addRankingVotes, checkRanking, type Ranking } from './rankings.ts';
import { scaledToHundred, type Estimator, type ScaleRefusal } from './scale-votes.ts';
import { collectVotes } from './votes.ts';

export interface RankingScale {
  ok: true;
  model: 'plackett-luce';
  estimator: Estimator;
  nRankings: number;
  components: number;
  /** Log-likelihood minus ½Σs² for MAP, the log-likelihood for MLE; without constants. */
  logPosterior: number;
  converged: boolean;
  maxGradient: number;
  iterations: number;
  /** Log worths, summing to 0. */
  scale: Float64Array;
  se: Float64Array | null;
  scaled: (number | null)[];
  /** Rankings in which each item took part. */
  rankings: Float64Array;
}

/**
 * The Plackett-Luce model: a ranking is made by choosing the best of all items, then the best of the rest, and
 * so on, item i of a set R with probability π_i/Σ_R π, s = log π. With rankings of two items it is
 * Bradley-Terry. Prior, standard errors and existence are as in `scaleVotes`.
 *
 * Items tied at a rank are taken as each chosen from everything not yet ranked, themselves included (Breslow's
 * treatment, as in rank-ordered logit), so a tie of two alone is worth a vote each way. Partial rankings leave
 * out what was not shown; `rest` holds what was shown and left behind (top-k). A ranking of one item, or none,
 * says nothing.
 *
 * Source: Plackett, The analysis of permutations, Applied Statistics 24 (1975); Luce (1959); Hunter, MM
 * algorithms for generalized Bradley-Terry models, Annals of Statistics 32 (2004).
 *
 * @param items number of items; rankings name them 0 … items − 1.
 * @throws RangeError for a malformed ranking.
 */
export function plackettLuce(
  items: number,
  rankings: readonly Ranking[],
  options: { estimator?: Estimator; standardErrors?: boolean } = {}
): RankingScale | ScaleRefusal {
  const { estimator = 'map', standardErrors = true } = options;
  const ridge = estimator === 'map' ? 1 : 0;
  const collector = collectVotes();
  const taken = new Float64Array(items);
  for (const ranking of rankings) {
    addRankingVotes(collector, ranking);
    for (const item of [...ranking.items, ...(ranking.rest ?? [])]) (taken[item] as number)++;
  }
  const table = collector.finish(items);
  if (estimator === 'mle') {
    const strong = stronglyConnectedComponents(
      items,
      table.first,
      table.second,
      (p) => (table.winsFirst[p] as number) + (table.ties[p] as number) > 0,
      (p) => (table.winsSecond[p] as number) + (table.ties[p] as number) > 0
    );
    if (strong.sizes.length > 1) {
      return { ok: false, reason: 'not-strongly-connected', components: membersOf(strong) };
    }
  }
  const likelihood = plackettLuceLikelihood(items, rankings);
  const maximum = maximise(likelihood, ridge);
  const components = connectedComponents(items, table.first, table.second);
  const variances = standardErrors
    ? diagonalOfInverse(maximum.hessian, ridge, components.of, components.sizes)
    : null;
  return {
    ok: true,
    model: 'plackett-luce',
    estimator,
    nRankings: rankings.length,
    components: components.sizes.length,
    logPosterior: maximum.value,
    converged: maximum.converged,
    maxGradient: maximum.maxGradient,
    iterations: maximum.iterations,
    scale: maximum.s,
    se: variances === null ? null : variances.map(Math.sqrt),
    scaled: scaledToHundred(maximum.s),
    rankings: taken
  };
}

/** A ranking laid out from best to worst. */
interface Laid {
  readonly items: Int32Array;
  /** Index of the first item of every choice (group of equal ranks), and how many were chosen there. */
  readonly starts: Int32Array;
  readonly chosen: Int32Array;
  /** Per item the choice it belongs to; those of `rest` belong to the last, in which nobody is chosen. */
  readonly choice: Int32Array;
  /** Place of every pair of the ranking's items in the list of pairs. */
  readonly pairs: Int32Array;
}

/**
 * Each choice adds the negative Hessian |chosen|·(diag(p) − ppᵀ), p the shares of the items still there: a
 * Laplacian with weights |chosen|·p_i·p_j, the shape that `maximise` works on.
 */
function plackettLuceLikelihood(items: number, rankings: readonly Ranking[]): PairwiseLikelihood {
  const places = new Map<number, number>();
  const laid = rankings.map((ranking) => layOut(ranking, items, places));
  const first = new Int32Array(places.size);
  const second = new Int32Array(places.size);
  for (const [key, place] of places) {
    first[place] = Math.floor(key / items);
    second[place] = key % items;
  }
  const longest = laid.reduce((most, ranking) => Math.max(most, ranking.items.length), 0);
  const worth = new Float64Array(longest);
  const sums = new Float64Array(longest + 1);
  const perUnit = new Float64Array(longest + 1);
  const perSquare = new Float64Array(longest + 1);

  /** Fills `worth` relative to the ranking's best and `sums` with what is left from each choice on. */
  function prepare({ items: order, starts }: Laid, s: Float64Array): number {
    let top = -Infinity;
    for (const item of order) top = Math.max(top, s[item] as number);
    let end = order.length;
    let sum = 0;
    for (let k = starts.length - 1; k >= 0; k--) {
      for (let at = end - 1; at >= (starts[k] as number); at--) {
        worth[at] = Math.exp((s[order[at] as number] as number) - top);
        sum += worth[at] as number;
      }
      sums[k] = sum;
      end = starts[k] as number;
    }
    return top;
  }

  function valueOf(ranking: Laid, s: Float64Array, top: number): number {
    let value = 0;
    for (let k = 0; k < ranking.starts.length; k++) {
      const chosen = ranking.chosen[k] as number;
      if (chosen > 0) value -= chosen * (Math.log(sums[k] as number) + top);
    }
    for (let at = 0; at < ranking.items.length; at++) {
      if ((ranking.chosen[ranking.choice[at] as number] as number) > 0) {
        value += s[ranking.items[at] as number] as number;
      }
    }
    return value;
  }

  return {
    n: items,
    first,
    second,
    hasExtra: false,
    value(s) {
      let total = 0;
      for (const ranking of laid) total += valueOf(ranking, s, prepare(ranking, s));
      return total;
    },
    derivatives(s, _extra, { gradient, magnitude, weights }) {
      gradient.fill(0);
      magnitude.fill(0);
      weights.fill(0);
      let total = 0;
      for (const ranking of laid) {
        total += valueOf(ranking, s, prepare(ranking, s));
        const { items: order, chosen, choice, pairs } = ranking;
        // Sums over all choices that an item was still there for.
        let unit = 0;
        let square = 0;
        for (let k = 0; k < chosen.length; k++) {
          const sum = sums[k] as number;
          unit += (chosen[k] as number) / sum;
          square += (chosen[k] as number) / (sum * sum);
          perUnit[k] = unit;
          perSquare[k] = square;
        }
        let pair = 0;
        for (let at = 0; at < order.length; at++) {
          const item = order[at] as number;
          const k = choice[at] as number;
          const won = (chosen[k] as number) > 0 ? 1 : 0;
          const expected = (worth[at] as number) * (perUnit[k] as number);
          (gradient[item] as number) += won - expected;
          (magnitude[item] as number) += won + expected;
          for (let later = at + 1; later < order.length; later++) {
            const weight = (worth[at] as number) * (worth[later] as number) * (perSquare[k] as number);
            (weights[pairs[pair++] as number] as number) += weight;
          }
        }
      }
      return { value: total, extraGradient: 0, extraCurvature: 0 };
    }
  };
}

function layOut(ranking: Ranking, items: number, places: Map<number, number>): Laid {
  checkRanking(ranking);
  const { rest = [] } = ranking;
  const byRank = ranking.items.map((_, at) => at);
  byRank.sort((a, b) => (ranking.ranks[b] as number) - (ranking.ranks[a] as number));
  const order = Int32Array.from([...byRank.map((at) => ranking.items[at] as number), ...rest]);
  const starts: number[] = [];
  const chosen: number[] = [];
  const choice = new Int32Array(order.length);
  for (let at = 0; at < order.length; at++) {
    const isRest = at >= byRank.length;
    const tied =
      at > 0 &&
      (isRest
        ? at > byRank.length
        : ranking.ranks[byRank[at] as number] === ranking.ranks[byRank[at - 1] as number]);
    if (!tied) {
      starts.push(at);
      chosen.push(0);
    }
    choice[at] = starts.length - 1;
    if (!isRest) (chosen[starts.length - 1] as number)++;
  }
  const pairs = new Int32Array((order.length * (order.length - 1)) / 2);
  let next = 0;
  for (let a = 0; a < order.length; a++) {
    for (let b = a + 1; b < order.length; b++) {
      const i = Math.min(order[a] as number, order[b] as number);
      const j = Math.max(order[a] as number, order[b] as number);
      const key = i * items + j;
      let place = places.get(key);
      if (place === undefined) {
        place = places.size;
        places.set(key, place);
      }
      pairs[next++] = place;
    }
  }
  return { items: order, starts: Int32Array.from(starts), chosen: Int32Array.from(chosen), choice, pairs };
}
