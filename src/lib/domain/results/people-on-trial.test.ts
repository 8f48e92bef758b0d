import { describe, expect, it } from 'vitest';
import { peopleOnTrial } from './people-on-trial.ts';

const none = { score: null, choice: null, ranking: null };

describe('what people said of a trial', () => {
  it('counts choices by what was chosen, not by where it stood', () => {
    const answers = [
      { ...none, order: [0, 1], choice: 'first' },
      { ...none, order: [1, 0], choice: 'second' },
      { ...none, order: [1, 0], choice: 'first' },
      { ...none, order: [0, 1], choice: 'same' }
    ];
    expect(peopleOnTrial('double-stimulus', [0, 1], answers)).toEqual({
      kind: 'choices',
      n: 4,
      first: 2,
      second: 1,
      same: 1
    });
    expect(peopleOnTrial('double-stimulus', [1, 0], answers)).toMatchObject({ first: 1, second: 2 });
  });

  it('averages ranks per place as shown to the one beside whom they stand', () => {
    const answers = [
      { ...none, order: [0, 1, 2, 3], ranking: [0, 1, 2, 3] },
      { ...none, order: [3, 2, 1, 0], ranking: [3, 2, 1, 0] },
      { ...none, order: [0, 1, 2, 3], ranking: [3, 1, 2, 0] }
    ];
    expect(peopleOnTrial('multiple-stimulus', [3, 0, 1, 2], answers)).toEqual({
      kind: 'rankings',
      n: 3,
      meanRanks: [2, 1, 1, 2]
    });
  });

  it('gives mean and σ of scores, σ from two on, and nothing from nobody', () => {
    const at = (score: number) => ({ ...none, order: [0], score });
    expect(peopleOnTrial('single-stimulus', [0], [at(40), at(60)])).toEqual({
      kind: 'scores',
      n: 2,
      mean: 50,
      sigma: Math.sqrt(200)
    });
    expect(peopleOnTrial('single-stimulus', [0], [at(40)])).toMatchObject({ n: 1, sigma: null });
    expect(peopleOnTrial('single-stimulus', [0], [])).toEqual({ kind: 'none' });
  });
});
