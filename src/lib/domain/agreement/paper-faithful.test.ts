import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { scaleVotes } from '../scaling/scale-votes.ts';
import { collectVotes } from '../scaling/votes.ts';
import { paperFaithful } from './paper-faithful.ts';

/** Fifteen contents of ten, as in the full-reference studies of Wu et al. */
const CONTENTS = 15;
const SIZE = 10;

describe('paperFaithful', () => {
  it('gives SRCC 0.36 and PLCC 0.51 for scores at random', () => {
    const random = seededRandom('random scores');
    const runs = 60;
    const found = Array.from({ length: runs }, () =>
      paperFaithful(
        Array.from({ length: CONTENTS }, () => ({
          predictions: Array.from({ length: SIZE }, () => random.integer(101)),
          mos: Array.from({ length: SIZE }, () => random.uniform())
        }))
      )
    );
    const srcc = found.reduce((sum, one) => sum + (one?.srcc as number), 0) / runs;
    const plcc = found.reduce((sum, one) => sum + (one?.plcc as number), 0) / runs;
    // 900 contents, whose figures have an SD near 0.22 and 0.19: three standard errors.
    expect(Math.abs(srcc - 0.36)).toBeLessThan(0.022);
    expect(Math.abs(plcc - 0.51)).toBeLessThan(0.022);
  });

  it('gives about the same for choices at random, ties counted 1 + 1', () => {
    const random = seededRandom('random choices');
    const runs = 30;
    let srcc = 0;
    for (let run = 0; run < runs; run++) {
      const contents = Array.from({ length: CONTENTS }, () => {
        const votes = collectVotes();
        for (let i = 0; i < SIZE; i++) {
          for (let k = 0; k < 5; k++) {
            const j = (i + 1 + random.integer(SIZE - 1)) % SIZE;
            votes.add(i, j, (['first', 'second', 'same'] as const)[random.integer(3)] as 'first');
          }
        }
        const scale = scaleVotes(votes.finish(SIZE), { ties: 'both', standardErrors: false });
        return {
          predictions: scale.ok ? scale.scaled.map((value) => value ?? 0) : [],
          mos: Array.from({ length: SIZE }, () => random.uniform())
        };
      });
      srcc += (paperFaithful(contents)?.srcc as number) / runs;
    }
    expect(srcc).toBeGreaterThan(0.32);
    expect(srcc).toBeLessThan(0.42);
  });

  it('counts what is undefined as 0 and loses the sign, as the published code does', () => {
    const rising = { predictions: [1, 2, 3, 4, 5, 6], mos: [1, 2, 3, 4, 5, 6] };
    const falling = { predictions: [6, 5, 4, 3, 2, 1], mos: [1, 2, 3, 4, 5, 6] };
    const constant = { predictions: [3, 3, 3, 3, 3, 3], mos: [1, 2, 3, 4, 5, 6] };
    expect(paperFaithful([rising])?.srcc).toBeCloseTo(1, 12);
    expect(paperFaithful([falling])?.srcc).toBeCloseTo(1, 12);
    expect(paperFaithful([rising, constant])?.srcc).toBeCloseTo(0.5, 12);
    expect(paperFaithful([])).toBeNull();
  });
});
