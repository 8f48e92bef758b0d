import { describe, expect, it } from 'vitest';
import { scaleVotes } from '#lib/domain/scaling/scale-votes.ts';
import { collectVotes } from '#lib/domain/scaling/votes.ts';
import { goldenDir, readGolden, readGoldenRows } from './golden.ts';

interface Davidson {
  expected: {
    log_worth_sum0: number[];
    worth_sum1: number[];
    nu: number;
    se_log_nu: number;
    se_log_worth_sum0: number[];
    psychotools: { loglik: number };
  };
}

describe.skipIf(goldenDir() === null)('Davidson’s puddings against R', () => {
  it('scores, tie parameter, both standard errors and the log-likelihood', () => {
    const { expected } = readGolden<Davidson>('davidson_pudding');
    const collector = collectVotes();
    for (const row of readGoldenRows('data/davidson_pudding.csv')) {
      const i = Number(row['"i"']) - 1;
      const j = Number(row['"j"']) - 1;
      collector.add(i, j, 'first', Number(row['"w_ij"']));
      collector.add(i, j, 'second', Number(row['"w_ji"']));
      collector.add(i, j, 'same', Number(row['"t_ij"']));
    }
    const scale = scaleVotes(collector.finish(), { model: 'davidson', estimator: 'mle' });
    if (!scale.ok) throw new Error(scale.reason);
    expect(scale.converged).toBe(true);
    const worth = scale.scale.map(Math.exp);
    const total = worth.reduce((sum, value) => sum + value, 0);
    for (let i = 0; i < 6; i++) {
      expect(Math.abs((scale.scale[i] as number) - expected.log_worth_sum0[i]!)).toBeLessThan(1e-5);
      expect(Math.abs((worth[i] as number) / total - expected.worth_sum1[i]!)).toBeLessThan(1e-5);
      expect(Math.abs((scale.se?.[i] as number) / expected.se_log_worth_sum0[i]! - 1)).toBeLessThan(1e-4);
    }
    expect(Math.abs((scale.tie as number) - expected.nu)).toBeLessThan(1e-5);
    expect(Math.abs((scale.logTieSe as number) / expected.se_log_nu - 1)).toBeLessThan(1e-4);
    expect(scale.logPosterior).toBeCloseTo(expected.psychotools.loglik, 5);
  });
});
