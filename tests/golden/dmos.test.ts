import { describe, it } from 'vitest';
import { differencesToReference } from '#lib/domain/scaling/dmos.ts';
import { meanOpinionScores } from '#lib/domain/scaling/mos.ts';
import { zScores, zScoresToHundred } from '#lib/domain/scaling/z-scores.ts';
import { goldenDir, readGolden, readGoldenRows } from './golden.ts';
import { expectWithin, RATING_FILES, readRatings } from './rating-files.ts';

type DmosFile = { expected: Record<string, number[]> };

describe.skipIf(goldenDir() === null)('DMOS with hidden reference', () => {
  it.each(['nflx_public', 'nflx_last4outliers'] as const)('%s against sureal and P.910', (name) => {
    const { expected } = readGolden<DmosFile>(`dmos_${name}`);
    const ratings = readRatings(name);
    const stimuli = readGoldenRows(`data/${RATING_FILES[name]}_stimuli.csv`);
    const referenceOf = stimuli.map((row) =>
      stimuli.findIndex((other) => other['content_id'] === row['content_id'] && other['is_reference'] === '1')
    );
    const scores = (options: Parameters<typeof differencesToReference>[2]) =>
      meanOpinionScores(differencesToReference(ratings, referenceOf, options));

    const mean = scores({ against: 'mean', offset: 5 });
    expectWithin(
      mean.map((score) => score.mos),
      expected['DmosModel: MOS - MOS_ref + 5'],
      1e-9
    );
    expectWithin(
      mean.map((score) => score.sem),
      expected['DmosModel sem'],
      1e-9
    );

    const own = scores({ offset: 5 });
    const key = 'per-rater DV = V(PVS)-V(REF)+5 (P.910 ACR-HR): mean';
    expectWithin(
      own.map((score) => score.mos),
      expected[key],
      1e-9
    );
    expectWithin(
      own.map((score) => score.sigma),
      expected['per-rater DV sd n-1'],
      1e-9
    );
    expectWithin(
      scores({ offset: 5, above: 'crushed' }).map((score) => score.mos),
      expected['ACR-HR crushed (2-point crushing 7DV/(2+DV) where DV>5): mean'],
      1e-9
    );
    const live = zScoresToHundred(zScores(differencesToReference(ratings, referenceOf, { against: 'mean' })));
    expectWithin(
      meanOpinionScores(live).map((score) => score.mos),
      expected['LiveDmosModel'],
      1e-9
    );
  });
});
