import { seededRandom, type Random } from '#lib/stats/random.ts';
import { compareModels, type ModelComparison } from '../agreement/comparisons.ts';
import type { StudyAgreement } from './agreement-report.ts';
import { found, missing, orMissing, type Finding } from './finding.ts';
import { modelReport } from './model-report.ts';
import { noiseFloor } from './noise-floor.ts';
import { mosOver, NO_PEOPLE, panelOfPeople, peopleReport } from './people-report.ts';
import { sittingsOf, type Sitting } from './sittings.ts';
import type { StudyRecord } from './study-results.ts';
import { valueSpace, weightedValues, type ValueSpace } from './weighted-values.ts';

export interface StudyAgreementInput {
  record: StudyRecord;
  /** Default 1. */
  seed?: number;
  /** Resamples behind each interval; default 1000, fewer where each of them means a large scale (the report says how many). */
  replicates?: number;
  /** Observers simulated for the noise floor; default 200. */
  simulations?: number;
  /** ε of the σ-normalised errors; default 1. */
  epsilon?: number;
}

/**
 * How well each model of a study stands in for people, with intervals, and how well people do among themselves: what
 * `studyResults` has no time for. The same record and seed give the same report.
 *
 * @param onProgress called with the share done, from 0 to 1; may throw to end the computation.
 */
export function studyAgreement(
  input: StudyAgreementInput,
  onProgress: (share: number) => void = () => {}
): StudyAgreement {
  const { record, seed = 1, epsilon = 1 } = input;
  const random = seededRandom(seed);
  const sittings = sittingsOf(record);
  const space = valueSpace(record);
  const most = affordableScales(record, space);
  const replicates = Math.min(input.replicates ?? 1000, most);
  const simulations = Math.min(input.simulations ?? 200, most);
  // The people's resamples take longest where votes are the data, so that they count for as much as three models.
  const steps = sittings.models.length + 5;
  let done = 0;
  const within = (share: number) => onProgress(Math.min(1, (done + share) / steps));
  const finish = () => onProgress(++done / steps);

  const panel = panelOfPeople(sittings, record, space, {
    replicates,
    random: random.fork('panel'),
    onProgress: (share) => within(3 * share)
  });
  done = 3;
  const options = (label: string) => ({
    replicates,
    epsilon,
    random: random.fork(label),
    onProgress: within
  });
  const people = panel
    ? found(peopleReport(panel, sittings, record, space, options('people')))
    : missing<never>(NO_PEOPLE);
  finish();
  const models = sittings.models.map((sitting) => {
    const report = modelReport(sitting, panel, record, space, options(`model/${sitting.session.observer}`));
    finish();
    return report;
  });
  const floor = noiseFloor(record, space, mosOver(space, record), {
    simulations,
    random: random.fork('noise floor'),
    onProgress: within
  });
  finish();
  return {
    study: record.study.name,
    version: record.study.version,
    designHash: record.study.designHash,
    protocol: record.study.design.protocol,
    scenario: record.study.design.scenario === 'full-reference' ? 'fr' : 'nr',
    unit: space.pools > 1 ? 'references' : 'stimuli',
    seed,
    replicates,
    epsilon,
    people,
    models,
    comparisons: comparisonsOf(sittings.models, record, space, replicates, random.fork('comparisons')),
    noiseFloor: orMissing(floor, 'no stimulus of this study has a MOS')
  };
}

/**
 * How many times a scale of this study may be fitted so that it stays a matter of minutes: some 4 ms for 150 stimuli,
 * growing with their square. Never fewer than 50, whatever it takes. Means of scores cost nothing.
 */
function affordableScales(record: StudyRecord, { pool, pools }: ValueSpace): number {
  if (record.study.design.protocol === 'single-stimulus') return Infinity;
  const sizes = new Array<number>(pools).fill(0);
  for (const p of pool) sizes[p] = (sizes[p] as number) + 1;
  const milliseconds = sizes.reduce((sum, size) => sum + 4 * (size / 150) ** 2, 0);
  return Math.max(50, Math.floor(120_000 / milliseconds));
}

function comparisonsOf(
  models: readonly Sitting[],
  record: StudyRecord,
  space: ValueSpace,
  replicates: number,
  random: Random
): Finding<ModelComparison[]> {
  if (models.length < 2) return missing('there are no two models to compare');
  if (space.pools > 1) {
    return missing('figures are means over references, which tests of two correlations do not know');
  }
  const mos = mosOver(space, record);
  const rated = [...mos.keys()].filter((s) => !Number.isNaN(mos[s] as number));
  if (rated.length < 2) return missing('fewer than two stimuli have a MOS');
  const named = models.map((sitting) => {
    const values = weightedValues([sitting], record, space).values();
    return {
      name: sitting.session.observer,
      predictions: rated.map((s) => (Number.isNaN(values[s] as number) ? null : (values[s] as number)))
    };
  });
  const people = { mos: rated.map((s) => mos[s] as number) };
  return found(compareModels(people, named, { bootstrap: { replicates, random } }));
}
