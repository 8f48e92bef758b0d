import { describe, expect, it } from 'vitest';
import { normalCdf } from '#lib/stats/normal.ts';
import { seededRandom, shuffled, type Random } from '#lib/stats/random.ts';
import { toJod } from './jod.ts';
import { scaleVotes, type ScaleOptions, type VoteScale } from './scale-votes.ts';
import { collectVotes, winTableFromMatrix, type WinTable } from './votes.ts';

function fitted(table: WinTable, options: ScaleOptions = {}): VoteScale {
  const scale = scaleVotes(table, options);
  if (!scale.ok) throw new Error(scale.reason);
  return scale;
}

/** Votes on random pairs of items with the given values, by Thurstone's model; some called ties. */
function simulated(values: readonly number[], votes: number, random: Random, tieWithin = 0): WinTable {
  const collector = collectVotes();
  for (let v = 0; v < votes; v++) {
    const i = random.integer(values.length);
    const j = (i + 1 + random.integer(values.length - 1)) % values.length;
    const z = (values[i] as number) - (values[j] as number) + random.normal();
    collector.add(i, j, Math.abs(z) < tieWithin ? 'same' : z > 0 ? 'first' : 'second');
  }
  return collector.finish(values.length);
}

const MODELS = ['thurstone', 'bradley-terry', 'davidson'] as const;

describe('scaleVotes', () => {
  it('puts two items with a : b votes where the model says a/(a + b), by MLE', () => {
    const table = winTableFromMatrix([
      [0, 30],
      [10, 0]
    ]);
    const thurstone = fitted(table, { estimator: 'mle' });
    expect(normalCdf((thurstone.scale[0] as number) - (thurstone.scale[1] as number))).toBeCloseTo(0.75, 12);
    expect((toJod(thurstone.scale)[0] as number) * 2).toBeCloseTo(1, 4);
    const logit = fitted(table, { model: 'bradley-terry', estimator: 'mle' });
    expect((logit.scale[0] as number) - (logit.scale[1] as number)).toBeCloseTo(Math.log(3), 12);
    // Binomial: Var(logit p) = 1/30 + 1/10, each item holds half the difference.
    expect(logit.se?.[0]).toBeCloseTo(Math.sqrt(1 / 30 + 1 / 10) / 2, 12);
  });

  it('follows Davidson: 50 wins, 20 losses and 30 ties are met exactly', () => {
    const table = winTableFromMatrix(
      [
        [0, 50],
        [20, 0]
      ],
      [[0, 30]]
    );
    const scale = fitted(table, { model: 'davidson', estimator: 'mle' });
    expect((scale.scale[0] as number) - (scale.scale[1] as number)).toBeCloseTo(Math.log(50 / 20), 10);
    expect(scale.tie).toBeCloseTo(30 / Math.sqrt(50 * 20), 10);
  });

  it("takes Davidson's standard errors from the pseudo-inverse, however unequal the items' votes are", () => {
    const table = winTableFromMatrix(
      [
        [0, 30, 2],
        [5, 0, 9],
        [3, 1, 0]
      ],
      [
        [0, 2, 20],
        [0, 0, 1],
        [0, 0, 0]
      ]
    );
    const scale = fitted(table, { model: 'davidson', estimator: 'mle' });
    // NumPy: √diag of pinv of the observed information of (s, log ν) together.
    [0.24455372, 0.27534967, 0.29363661].forEach((se, i) => expect(scale.se?.[i]).toBeCloseTo(se, 7));
  });

  it.each(MODELS)('%s values sum to 0 and do not depend on the order or direction of the votes', (model) => {
    const random = seededRandom(2);
    const values = Array.from({ length: 40 }, () => random.normal());
    const votes: [number, number, 'first' | 'second' | 'same'][] = [];
    for (let v = 0; v < 400; v++) {
      const i = random.integer(40);
      const j = (i + 1 + random.integer(39)) % 40;
      const z = (values[i] as number) - (values[j] as number) + random.normal();
      votes.push([i, j, Math.abs(z) < 0.2 ? 'same' : z > 0 ? 'first' : 'second']);
    }
    const one = collectVotes();
    for (const vote of votes) one.add(...vote);
    const other = collectVotes();
    for (const [i, j, choice] of shuffled(votes, random)) {
      other.add(j, i, choice === 'first' ? 'second' : choice === 'second' ? 'first' : 'same');
    }
    const scale = fitted(one.finish(), { model });
    expect(Math.abs(scale.scale.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-12);
    expect(fitted(other.finish(), { model })).toEqual(scale);
  });

  it.each(MODELS)('%s turns its signs when every vote is turned', (model) => {
    const table = simulated([0.5, 0, -0.3, -1], 60, seededRandom(3), 0.3);
    const turned = { ...table, winsFirst: table.winsSecond, winsSecond: table.winsFirst };
    const scale = fitted(table, { model });
    const mirror = fitted(turned, { model });
    for (let i = 0; i < 4; i++) {
      expect(mirror.scale[i]).toBeCloseTo(-(scale.scale[i] as number), 10);
      expect(mirror.se?.[i]).toBeCloseTo(scale.se?.[i] as number, 10);
    }
  });

  it('keeps an item without votes at 0 with standard error 1, a component of its own', () => {
    const table = winTableFromMatrix([
      [0, 3, 0],
      [1, 0, 0],
      [0, 0, 0]
    ]);
    const scale = fitted(table);
    expect(scale.scale[2]).toBeCloseTo(0, 12);
    expect(scale.se?.[2]).toBeCloseTo(1, 12);
    expect([...scale.votes]).toEqual([4, 4, 0]);
    expect(scale.components).toBe(2);
  });

  it('has no votes at all: everything at the prior', () => {
    const collector = collectVotes();
    collector.add(0, 1, 'first', 0);
    const table = collector.finish();
    for (const model of MODELS) {
      const scale = fitted(table, { model });
      expect([...scale.scale]).toEqual([0, 0]);
      expect([...(scale.se as Float64Array)]).toEqual([1, 1]);
      expect(scale.scaled).toEqual([null, null]);
      expect(scale.logPosterior).toBeCloseTo(0, 15);
    }
  });

  it('refuses an MLE that does not exist, and names the groups', () => {
    const table = winTableFromMatrix([
      [0, 5, 5, 0],
      [0, 0, 3, 0],
      [0, 2, 0, 0],
      [0, 0, 0, 0]
    ]);
    for (const model of MODELS) {
      expect(scaleVotes(table, { model, estimator: 'mle' })).toEqual({
        ok: false,
        reason: 'not-strongly-connected',
        components: [[0], [1, 2], [3]]
      });
    }
  });

  it('counts a tie ½ + ½ or 1 + 1', () => {
    const ties = winTableFromMatrix(
      [
        [0, 2],
        [1, 0]
      ],
      [[0, 4]]
    );
    const split = fitted(ties, { ties: 'split' });
    const both = fitted(ties, { ties: 'both' });
    const same = (wins: number[][]) => fitted(winTableFromMatrix(wins)).scale;
    expect(split.scale).toEqual(same([[0, 4], [3, 0]])); // prettier-ignore
    expect(both.scale).toEqual(same([[0, 6], [5, 0]])); // prettier-ignore
    expect(split.nVotes).toBe(7);
    expect(both.nVotes).toBe(7);
    expect([...both.votes]).toEqual([7, 7]);
  });

  it('gives Davidson’s ν 0 without ties (Bradley-Terry), none with ties alone, and refuses an MLE that runs off', () => {
    const decided = winTableFromMatrix([
      [0, 3],
      [1, 0]
    ]);
    const davidson = fitted(decided, { model: 'davidson' });
    expect(davidson.tie).toBe(0);
    expect(davidson.logTieSe).toBeNull();
    expect(davidson.scale).toEqual(fitted(decided, { model: 'bradley-terry' }).scale);

    const tied = winTableFromMatrix([[0, 0], [0, 0]], [[0, 5]]); // prettier-ignore
    expect(fitted(tied, { model: 'davidson' })).toMatchObject({
      tie: null,
      logPosterior: 0,
      converged: true
    });
    expect(scaleVotes(tied, { model: 'davidson', estimator: 'mle' })).toEqual({
      ok: false,
      reason: 'tie-parameter-unbounded'
    });

    // 0 only ever wins or ties: stretching the scale with ν in step explains it ever better.
    const oneSided = winTableFromMatrix([[0, 3], [0, 0]], [[0, 2]]); // prettier-ignore
    expect(scaleVotes(oneSided, { model: 'davidson', estimator: 'mle' })).toEqual({
      ok: false,
      reason: 'tie-parameter-unbounded'
    });
    expect(fitted(oneSided, { model: 'davidson' }).converged).toBe(true);
    expect(fitted(oneSided, { model: 'bradley-terry', estimator: 'mle' }).converged).toBe(true);
  });

  it('finds Davidson’s MLE where wins go round a circle, each in one direction only', () => {
    const table = winTableFromMatrix(
      [
        [0, 4, 0],
        [0, 0, 3],
        [2, 0, 0]
      ],
      [
        [0, 1, 2],
        [0, 0, 1],
        [0, 0, 0]
      ]
    );
    const scale = fitted(table, { model: 'davidson', estimator: 'mle' });
    expect(scale.converged).toBe(true);
    expect(scale.maxGradient).toBeLessThan(1e-8);
  });

  it('is not shaken by a contradicting vote far out in the tail, nor by enormous counts', () => {
    const lopsided = winTableFromMatrix([
      [0, 1e6, 0],
      [1, 0, 1e6],
      [0, 1, 0]
    ]);
    for (const model of MODELS) {
      for (const estimator of ['map', 'mle'] as const) {
        expect(fitted(lopsided, { model, estimator }).converged).toBe(true);
      }
    }
    const enormous = winTableFromMatrix([
      [0, 3e12],
      [1e12, 0]
    ]);
    const scale = fitted(enormous, { estimator: 'mle' });
    expect(scale.converged).toBe(true);
    expect(normalCdf(2 * (scale.scale[0] as number))).toBeCloseTo(0.75, 12);
  });

  it('scales a chain of 2,000 items, each beaten once by the next and once the other way', () => {
    const collector = collectVotes();
    for (let i = 0; i + 1 < 2000; i++) {
      collector.add(i, i + 1, 'first', 2);
      collector.add(i, i + 1, 'second', 1);
    }
    const scale = fitted(collector.finish(), { model: 'bradley-terry', estimator: 'mle' });
    expect(scale.converged).toBe(true);
    for (let i = 0; i + 1 < 2000; i++) {
      expect(Math.abs((scale.scale[i] as number) - (scale.scale[i + 1] as number) - Math.LN2)).toBeLessThan(
        1e-8
      );
    }
    // Independent differences of variance 3/2 (1/2 + 1/1): the ends add theirs up, weighted by position.
    let variance = 0;
    for (let k = 1; k < 2000; k++) variance += 1.5 * ((2000 - k) / 2000) ** 2;
    expect(scale.se?.[0]).toBeCloseTo(Math.sqrt(variance), 6);
  });

  it('leaves the standard errors out when asked to', () => {
    const table = simulated([0, 1, 2], 30, seededRandom(1));
    const bare = fitted(table, { standardErrors: false });
    expect(bare.se).toBeNull();
    expect(bare.scale).toEqual(fitted(table).scale);
  });

  it('uses conjugate gradients for 1,500 items and gets what the factorisation gets', () => {
    const random = seededRandom(9);
    const values = Array.from({ length: 1500 }, () => random.normal());
    const scale = fitted(simulated(values, 30_000, random, 0.1), { standardErrors: false });
    expect(scale.maxGradient).toBeLessThan(1e-8);
    expect(scale.iterations).toBeLessThan(12);
    const mean = values.reduce((sum, value) => sum + value, 0) / 1500;
    let squares = 0;
    values.forEach((value, i) => (squares += (value - mean - (scale.scale[i] as number)) ** 2));
    expect(Math.sqrt(squares / 1500)).toBeLessThan(0.35);
  });
});

describe('standard errors in simulation', () => {
  /** Share of |estimate − truth| ≤ 1.96·se over items and panels, truth drawn anew where the prior says so. */
  function coverage(estimator: 'map' | 'mle', panels: number, seed: number): { share: number; of: number } {
    const random = seededRandom(seed);
    const items = 12;
    let inside = 0;
    let of = 0;
    const fixed = Array.from({ length: items }, (_, i) => (i - (items - 1) / 2) / 6);
    for (let panel = 0; panel < panels; panel++) {
      const truth = estimator === 'map' ? fixed.map(() => random.normal()) : fixed;
      const scale = scaleVotes(simulated(truth, estimator === 'map' ? 120 : 600, random), { estimator });
      if (!scale.ok) throw new Error(scale.reason);
      for (let i = 0; i < items; i++) {
        const error = (scale.scale[i] as number) - (truth[i] as number);
        if (Math.abs(error) <= 1.959963984540054 * (scale.se?.[i] as number)) inside++;
        of++;
      }
    }
    return { share: inside / of, of };
  }

  it('MLE: a 95 % interval holds the true value in 95 % of 1,000 panels', () => {
    const { share } = coverage('mle', 1000, 1);
    // Items of a panel are correlated: the Monte-Carlo error of 12,000 is bounded by that of 1,000.
    expect(Math.abs(share - 0.95)).toBeLessThan(3 * Math.sqrt((0.95 * 0.05) / 1000));
  });

  it('MAP: over truths drawn from the prior a 95 % interval holds the truth in 95 %', () => {
    const { share } = coverage('map', 1000, 2);
    expect(Math.abs(share - 0.95)).toBeLessThan(3 * Math.sqrt((0.95 * 0.05) / 1000));
  });
});
