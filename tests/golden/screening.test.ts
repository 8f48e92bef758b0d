import { describe, expect, it } from 'vitest';
import { bt500Screening, correlationScreening } from '#lib/domain/scaling/screening.ts';
import { goldenDir, readGolden, readGoldenRows } from './golden.ts';
import { expectWithin, RATING_FILE_NAMES, RATING_FILES, readRatings } from './rating-files.ts';

/**
 * Left out: everything under the names of sureal's classes. Its BT.500 takes the population standard deviation
 * for the limits and divides by all stimuli, rated or not; its Pearson screening uses another threshold.
 */
const STRICT = "BT500 strict (own numpy: sample SD n-1, P+Q divided by the observer's own rating count)";
const REJECTED = 'p913_11.4_threshold_0.75_rejected (pearson vs all-rater MOS, per stimulus)';

interface ScreeningFile {
  expected: {
    [STRICT]: { P: number[]; Q: number[]; rejected: boolean[] };
    'per_rater_correlation (scipy)': {
      pearson_vs_mos_all: number[];
      spearman_vs_mos_all: number[];
      [REJECTED]: string[];
    };
  };
}

describe.skipIf(goldenDir() === null)('observer screening against reference values', () => {
  it.each(RATING_FILE_NAMES)('%s: BT.500 and correlation', (name) => {
    const { expected } = readGolden<ScreeningFile>(`screening_${name}`);
    const ratings = readRatings(name);
    const strict = bt500Screening(ratings);
    expect(strict.map((verdict) => verdict.p)).toEqual(expected[STRICT].P);
    expect(strict.map((verdict) => verdict.q)).toEqual(expected[STRICT].Q);
    expect(strict.map((verdict) => verdict.rejected)).toEqual(expected[STRICT].rejected);

    const correlation = expected['per_rater_correlation (scipy)'];
    const verdicts = correlationScreening(ratings);
    expectWithin(
      verdicts.map((verdict) => verdict.pearson),
      correlation.pearson_vs_mos_all,
      1e-9
    );
    expectWithin(
      verdicts.map((verdict) => verdict.spearman),
      correlation.spearman_vs_mos_all,
      1e-9
    );
    const [header = {}] = readGoldenRows(`data/${RATING_FILES[name]}.csv`);
    const names = Object.keys(header).filter((column) => column !== 'stimulus');
    expect(names.filter((_, i) => verdicts[i]?.rejected)).toEqual(correlation[REJECTED]);
  });
});
