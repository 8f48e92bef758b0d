import { describe, expect, it } from 'vitest';
import { spearman } from '#lib/stats/correlation.ts';
import { normalCdf } from '#lib/stats/normal.ts';
import { seededRandom, type Random } from '#lib/stats/random.ts';
import { scaleVotes } from '../scaling/scale-votes.ts';
import { collectVotes, type WinTable } from '../scaling/votes.ts';
import { calibration, hesitation } from './calibration.ts';
import { compareModels } from './comparisons.ts';
import { retestChoices, retestScores } from './test-retest.ts';
import { transitivity } from './transitivity.ts';

/** Three Monte-Carlo standard errors of a share `level` in so many runs. */
const error = (level: number, runs: number): number => 3 * Math.sqrt((level * (1 - level)) / runs);

/** The share of runs in which an interval holds the truth. */
function coverage(runs: number, interval: (run: number) => readonly [number, number], truth: number): number {
  let inside = 0;
  for (let run = 0; run < runs; run++) {
    const [low, high] = interval(run);
    if (low <= truth && truth <= high) inside++;
  }
  return inside / runs;
}

describe('intervals of test and retest', () => {
  it('hold the share of equal choices in 95 % of simulated observers', () => {
    const random = seededRandom('retest of choices');
    const RUNS = 4000;
    const share = coverage(
      RUNS,
      () =>
        retestChoices(
          Array.from({ length: 80 }, (): [string, string] => [
            'first',
            random.uniform() < 0.8 ? 'first' : 'second'
          ])
        )?.ci95 as [number, number],
      0.8
    );
    // Counts are whole: Wilson's interval has its level to within 1.5 %.
    expect(Math.abs(share - 0.95)).toBeLessThan(error(0.95, RUNS) + 0.015);
  });

  it('hold the correlation and the drift of scores', () => {
    const random = seededRandom('retest of scores');
    const RUNS = 3000;
    const ratio = 0.8;
    const runs = Array.from({ length: RUNS }, () =>
      retestScores(
        Array.from({ length: 30 }, (): [number, number] => {
          const quality = Math.sqrt(ratio) * random.normal();
          const noise = Math.sqrt(1 - ratio);
          return [quality + noise * random.normal(), quality + noise * random.normal() + 0.3];
        })
      )
    );
    const r = coverage(RUNS, (run) => runs[run]?.pearsonCi95 as [number, number], ratio);
    const drift = coverage(RUNS, (run) => runs[run]?.driftCi95 as [number, number], 0.3);
    expect(Math.abs(r - 0.95)).toBeLessThan(error(0.95, RUNS) + 0.005);
    expect(Math.abs(drift - 0.95)).toBeLessThan(error(0.95, RUNS));
  });
});

describe('calibration', () => {
  it('has bins whose intervals hold what really happens', () => {
    const random = seededRandom('bins');
    const RUNS = 3000;
    const share = coverage(
      RUNS,
      () => {
        const found = calibration(
          Array.from({ length: 100 }, () => ({
            probability: 0.75,
            happened: random.uniform() < 0.6 ? 1 : 0,
            of: 1
          }))
        );
        return found?.bins[0]?.ci95 as readonly [number, number];
      },
      0.6
    );
    expect(Math.abs(share - 0.95)).toBeLessThan(error(0.95, RUNS) + 0.01);
  });
});

describe('hesitation', () => {
  it('is found in 5 % of models that hesitate at random', () => {
    const random = seededRandom('hesitation');
    const RUNS = 3000;
    let pearson = 0;
    let rank = 0;
    for (let run = 0; run < RUNS; run++) {
      const found = hesitation(
        Array.from({ length: 40 }, () => random.normal()),
        Array.from({ length: 40 }, () => random.normal())
      );
      if ((found.pearson?.p as number) < 0.05) pearson++;
      if ((found.spearman?.p as number) < 0.05) rank++;
    }
    expect(Math.abs(pearson / RUNS - 0.05)).toBeLessThan(error(0.05, RUNS));
    expect(Math.abs(rank / RUNS - 0.05)).toBeLessThan(error(0.05, RUNS) + 0.005);
  });
});

describe('circular triads under noise alone', () => {
  it('leave the range in at most 5 % of transitive observers, and are called inconsistent in at most 5 %', () => {
    const random = seededRandom('circles');
    const RUNS = 400;
    const scale = Array.from({ length: 10 }, (_, i) => i / 4);
    let within = 0;
    let called = 0;
    for (let run = 0; run < RUNS; run++) {
      const collector = collectVotes();
      for (let i = 0; i < 10; i++) {
        for (let j = i + 1; j < 10; j++) {
          const up = random.uniform() < normalCdf((scale[i] as number) - (scale[j] as number));
          collector.add(i, j, up ? 'first' : 'second');
        }
      }
      const found = transitivity(collector.finish(10), { scale, simulations: 200, random });
      const { range95, p } = found.underModel as { range95: readonly [number, number]; p: number };
      const rate = found.rate as number;
      if (rate >= range95[0] && rate <= range95[1]) within++;
      if (p <= 0.05) called++;
    }
    // Counts of circles are whole numbers, so that the range holds rather more than 95 %.
    expect(within / RUNS).toBeGreaterThan(0.95 - error(0.95, RUNS));
    expect(called / RUNS).toBeLessThan(0.05 + error(0.05, RUNS));
  });
});

describe('the difference of two rank correlations', () => {
  it('lies in its resampled interval in 95 % of samples', () => {
    const random = seededRandom('differences');
    const RUNS = 400;
    const world = (n: number, nature: Random) => {
      const mos = Array.from({ length: n }, () => nature.normal());
      const model = (noise: number) => mos.map((value) => value + noise * nature.normal());
      return { mos, a: model(0.7), b: model(1.2) };
    };
    const large = world(200_000, random);
    const truth = (spearman(large.a, large.mos) as number) - (spearman(large.b, large.mos) as number);
    const share = coverage(
      RUNS,
      () => {
        const { mos, a, b } = world(100, random);
        const [found] = compareModels(
          { mos },
          [
            { name: 'a', predictions: a },
            { name: 'b', predictions: b }
          ],
          { bootstrap: { replicates: 400, random } }
        );
        return found?.differenceCi95 as [number, number];
      },
      truth
    );
    // Percentiles of 400 resamples of 100 rows: asymptotic, and coarse at the ends.
    expect(Math.abs(share - 0.95)).toBeLessThan(error(0.95, RUNS) + 0.01);
  });
});

describe("Davidson's standard errors", () => {
  const TRUTH = [-0.8, -0.3, 0, 0.3, 0.8];
  const NU = 0.6;

  function panel(random: Random): WinTable {
    const collector = collectVotes();
    for (let i = 0; i < TRUTH.length; i++) {
      for (let j = i + 1; j < TRUTH.length; j++) {
        for (let vote = 0; vote < 60; vote++) {
          const a = Math.exp(TRUTH[i] as number);
          const b = Math.exp(TRUTH[j] as number);
          const tie = NU * Math.sqrt(a * b);
          const u = random.uniform() * (a + b + tie);
          collector.add(i, j, u < a ? 'first' : u < a + b ? 'second' : 'same');
        }
      }
    }
    return collector.finish(TRUTH.length);
  }

  it('hold values and the tie parameter in 95 % of 1,500 panels', () => {
    const random = seededRandom('davidson');
    const RUNS = 1500;
    let values = 0;
    let ties = 0;
    for (let run = 0; run < RUNS; run++) {
      const found = scaleVotes(panel(random), { model: 'davidson', estimator: 'mle' });
      if (!found.ok) throw new Error(found.reason);
      TRUTH.forEach((value, i) => {
        if (Math.abs((found.scale[i] as number) - value) <= 1.959964 * (found.se?.[i] as number)) values++;
      });
      if (Math.abs(Math.log(found.tie as number) - Math.log(NU)) <= 1.959964 * (found.logTieSe as number))
        ties++;
    }
    // The values of a panel hang together: their error is bounded by that of so many panels.
    expect(Math.abs(values / (RUNS * TRUTH.length) - 0.95)).toBeLessThan(error(0.95, RUNS));
    expect(Math.abs(ties / RUNS - 0.95)).toBeLessThan(error(0.95, RUNS));
  });
});
