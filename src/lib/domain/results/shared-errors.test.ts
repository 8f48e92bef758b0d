import { describe, expect, it } from 'vitest';
import { seededRandom, type Random } from '#lib/stats/random.ts';
import { sharedErrors } from './shared-errors.ts';

/** Observers who are right with probability ¾, and share each verdict with the panel with probability `together`. */
function panel(observers: number, trials: number, together: number, random: Random): Map<string, boolean>[] {
  const common = Array.from({ length: trials }, () => random.uniform() < 0.75);
  return Array.from(
    { length: observers },
    () =>
      new Map(
        common.map((verdict, trial) => [
          `${trial}/0`,
          random.uniform() < together ? verdict : random.uniform() < 0.75
        ])
      )
  );
}

describe('sharedErrors', () => {
  it('counts each pair once, and has the κ of the definition', () => {
    const right = (...verdicts: boolean[]) => new Map(verdicts.map((one, i) => [`${i}/0`, one]));
    const observers = [right(true, true, false, false), right(true, false, false, true)];
    const found = sharedErrors(observers, observers, 'double-stimulus', {
      replicates: 0,
      random: seededRandom(1)
    }).value;
    // Half the verdicts agree, and so they would by chance.
    expect(found).toMatchObject({ pairs: 1, comparisons: 4, mean: 0, ci95: null });
    expect(
      sharedErrors(observers, observers, 'single-stimulus', { replicates: 0, random: seededRandom(1) }).why
    ).toMatch(/no pairs/);
  });

  it('says so where nobody errs', () => {
    const right = new Map([['1/0', true]]);
    const found = sharedErrors([right], [right], 'double-stimulus', {
      replicates: 10,
      random: seededRandom(1)
    });
    expect(found.value).toBeNull();
    expect(found.why).toMatch(/errors/);
  });

  it.each([0, 0.6])('has an interval that holds the true κ (verdicts shared: %d)', (together) => {
    const random = seededRandom(`errors ${together}`);
    const runs = 120;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const [model, ...people] = panel(9, 120, together, random);
      const found = sharedErrors([model as Map<string, boolean>], people, 'double-stimulus', {
        replicates: 120,
        random
      });
      const [low, high] = found.value?.ci95 as readonly [number, number];
      // Both share a verdict of the panel with probability t², else they agree as by chance.
      if (low <= together ** 2 && high >= together ** 2) covered++;
    }
    // 95 % within three Monte-Carlo standard errors; 120 resamples make quantiles coarse, drawing observers too wide.
    expect(covered / runs).toBeGreaterThan(0.89);
  });
});
