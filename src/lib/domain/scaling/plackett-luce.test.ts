import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { plackettLuce, type RankingScale } from './plackett-luce.ts';
import type { Ranking } from './rankings.ts';
import { scaleVotes } from './scale-votes.ts';
import { collectVotes } from './votes.ts';

function fitted(items: number, rankings: readonly Ranking[], estimator: 'map' | 'mle' = 'map'): RankingScale {
  const scale = plackettLuce(items, rankings, { estimator });
  if (!scale.ok) throw new Error(scale.reason);
  return scale;
}

/** Gumbel noise makes Plackett-Luce rankings of log worths. */
function drawn(values: readonly number[], shown: readonly number[], uniform: () => number): Ranking {
  return {
    items: shown,
    ranks: shown.map((item) => (values[item] as number) - Math.log(-Math.log(uniform())))
  };
}

const ranking = (...items: number[]): Ranking => ({ items, ranks: items.map((_, place) => -place) });

describe('plackettLuce', () => {
  it('of pairs is Bradley-Terry, with the same standard errors', () => {
    const random = seededRandom(1);
    const collector = collectVotes();
    const rankings: Ranking[] = [];
    for (let v = 0; v < 200; v++) {
      const i = random.integer(8);
      const j = (i + 1 + random.integer(7)) % 8;
      const firstWins = random.uniform() < 1 / (1 + Math.exp((i - j) / 3));
      rankings.push(firstWins ? ranking(i, j) : ranking(j, i));
      collector.add(i, j, firstWins ? 'first' : 'second');
    }
    const table = collector.finish(8);
    for (const estimator of ['map', 'mle'] as const) {
      const luce = fitted(8, rankings, estimator);
      const terry = scaleVotes(table, { model: 'bradley-terry', estimator });
      if (!terry.ok) throw new Error(terry.reason);
      expect(luce.logPosterior).toBeCloseTo(terry.logPosterior, 9);
      for (let i = 0; i < 8; i++) {
        expect(luce.scale[i]).toBeCloseTo(terry.scale[i] as number, 9);
        expect(luce.se?.[i]).toBeCloseTo(terry.se?.[i] as number, 9);
      }
    }
  });

  it('has the log-likelihood of its definition, and no neighbouring point is better', () => {
    const rankings = [ranking(0, 1, 2, 3), ranking(2, 0, 3), ranking(3, 1, 0), ranking(1, 3, 2, 0)];
    const scale = fitted(4, rankings);
    const objective = (s: readonly number[]) => {
      let total = 0;
      for (const { items } of rankings) {
        for (let k = 0; k < items.length; k++) {
          const left = items.slice(k).map((item) => Math.exp(s[item] as number));
          total += (s[items[k] as number] as number) - Math.log(left.reduce((sum, worth) => sum + worth, 0));
        }
      }
      return total - s.reduce((sum, value) => sum + value * value, 0) / 2;
    };
    const best = [...scale.scale];
    expect(scale.logPosterior).toBeCloseTo(objective(best), 10);
    const second: number[] = [];
    for (let i = 0; i < 4; i++) {
      const moved = (by: number) => objective(best.map((value, k) => (k === i ? value + by : value)));
      expect(moved(1e-3)).toBeLessThan(objective(best));
      expect(moved(-1e-3)).toBeLessThan(objective(best));
      second.push(-(moved(1e-3) - 2 * objective(best) + moved(-1e-3)) / 1e-6);
    }
    // The standard error is never below what the item's own curvature alone would leave.
    second.forEach((curvature, i) => {
      expect((scale.se?.[i] as number) * Math.sqrt(curvature)).toBeGreaterThan(1 - 1e-6);
    });
  });

  it('takes a tie of two as a vote each way, and a tie of all as saying that they are alike', () => {
    const tie = fitted(2, [{ items: [0, 1], ranks: [1, 1] }]);
    const votes = fitted(2, [ranking(0, 1), ranking(1, 0)]);
    expect(tie.scale).toEqual(votes.scale);
    expect(tie.se?.[0]).toBeCloseTo(votes.se?.[0] as number, 12);
    const all = fitted(3, [{ items: [2, 0, 1], ranks: [5, 5, 5] }]);
    expect([...all.scale]).toEqual([0, 0, 0]);
    expect(all.scaled).toEqual([null, null, null]);
  });

  it('lets a top-1 answer say nothing about the order of the rest', () => {
    const top = fitted(4, [{ items: [2], ranks: [1], rest: [0, 1, 3] }]);
    expect(top.scale[2]).toBeGreaterThan(0);
    expect(top.scale[0]).toBeCloseTo(top.scale[1] as number, 12);
    expect(top.scale[0]).toBeCloseTo(top.scale[3] as number, 12);
    expect(top.logPosterior).toBeLessThan(0);
  });

  it('does not depend on how ranks are written or items listed', () => {
    const one = fitted(4, [{ items: [0, 1, 2, 3], ranks: [3, 2, 2, 0] }, ranking(3, 1)]);
    const other = fitted(4, [{ items: [3, 2, 0, 1], ranks: [-8, 1.5, 70, 1.5] }, ranking(3, 1)]);
    for (let i = 0; i < 4; i++) expect(other.scale[i]).toBeCloseTo(one.scale[i] as number, 12);
  });

  it('refuses an MLE that does not exist, naming the groups', () => {
    expect(plackettLuce(4, [ranking(0, 1, 2), ranking(0, 2, 1)], { estimator: 'mle' })).toEqual({
      ok: false,
      reason: 'not-strongly-connected',
      components: [[0], [1, 2], [3]]
    });
  });

  it('recovers known worths from groups of four, and its intervals hold them in 95 %', () => {
    const random = seededRandom(5);
    const truth = Array.from({ length: 10 }, (_, i) => (i - 4.5) / 3);
    let inside = 0;
    const panels = 300;
    for (let panel = 0; panel < panels; panel++) {
      const rankings: Ranking[] = [];
      for (let g = 0; g < 120; g++) {
        const shown = new Set<number>();
        while (shown.size < 4) shown.add(random.integer(10));
        rankings.push(drawn(truth, [...shown], () => random.uniform()));
      }
      const scale = fitted(10, rankings, 'mle');
      truth.forEach((value, i) => {
        const error = Math.abs((scale.scale[i] as number) - value);
        expect(error).toBeLessThan(1.5);
        if (error <= 1.96 * (scale.se?.[i] as number)) inside++;
      });
    }
    expect(Math.abs(inside / (10 * panels) - 0.95)).toBeLessThan(3 * Math.sqrt((0.95 * 0.05) / panels));
  });

  it('of no rankings is the prior, and of one item says nothing', () => {
    const none = fitted(3, []);
    expect([...none.scale]).toEqual([0, 0, 0]);
    expect([...(none.se as Float64Array)]).toEqual([1, 1, 1]);
    const alone = fitted(2, [ranking(1)]);
    expect([...alone.scale]).toEqual([0, 0]);
    expect([...alone.rankings]).toEqual([0, 1]);
  });
});
