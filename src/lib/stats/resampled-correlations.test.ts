import { describe, expect, it } from 'vitest';
import { pearson, spearman } from './correlation.ts';
import { seededRandom, type Random } from './random.ts';
import { resampledCorrelations } from './resampled-correlations.ts';

/** A source that also keeps which whole numbers it gave. */
function recording(random: Random): { random: Random; given: number[] } {
  const given: number[] = [];
  return {
    given,
    random: {
      ...random,
      integer(bound) {
        const value = random.integer(bound);
        given.push(value);
        return value;
      }
    }
  };
}

describe('resampledCorrelations', () => {
  const random = seededRandom('resampled');
  const draw = (n: number, levels: number) => Array.from({ length: n }, () => random.integer(levels));

  it.each([
    { rows: 5, levels: 3, units: 5 },
    { rows: 60, levels: 7, units: 60 },
    { rows: 60, levels: 1000, units: 9 }
  ])('are the correlations of the resampled rows ($rows rows, $levels levels, $units units)', (given) => {
    const target = draw(given.rows, given.levels);
    const a = draw(given.rows, given.levels);
    const b = target.map((value) => value + 2 * random.normal());
    const mapped = b.map((value) => Math.tanh(value / 5));
    const unitOfRow = target.map((_, row) => row % given.units);
    const source = recording(seededRandom('draws'));
    const replicates = 40;
    const { srcc, plcc } = resampledCorrelations({
      target,
      columns: [{ values: a }, { values: b, mapped }],
      unitOfRow,
      replicates,
      random: source.random
    });
    let undefinedOnes = 0;
    for (let k = 0; k < replicates; k++) {
      const units = source.given.slice(k * given.units, (k + 1) * given.units);
      const rows = units.flatMap((unit) => [...unitOfRow.keys()].filter((row) => unitOfRow[row] === unit));
      const of = (values: number[]) => rows.map((row) => values[row] as number);
      const expected = [
        [srcc[0]![k], spearman(of(a), of(target))],
        [srcc[1]![k], spearman(of(b), of(target))],
        [plcc[0]![k], pearson(of(a), of(target))],
        [plcc[1]![k], pearson(of(mapped), of(target))]
      ] as const;
      for (const [actual, value] of expected) {
        if (value === null) {
          undefinedOnes++;
          expect(actual).toBeNaN();
        } else {
          expect(actual).toBeCloseTo(value, 9);
        }
      }
    }
    // Five rows of three levels are sometimes constant when drawn again; the larger ones never.
    expect(undefinedOnes > 0).toBe(given.rows === 5);
  });

  it('refuses columns of another length', () => {
    const plan = { target: [1, 2, 3], replicates: 1, random };
    expect(() => resampledCorrelations({ ...plan, columns: [{ values: [1, 2] }] })).toThrow(RangeError);
  });
});
