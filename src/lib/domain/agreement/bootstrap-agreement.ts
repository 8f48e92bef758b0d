import { percentileInterval, type Bounds } from '#lib/stats/bootstrap.ts';
import { resampledCorrelations } from '#lib/stats/resampled-correlations.ts';
import type { Random } from '#lib/stats/random.ts';
import type { LogisticMapping } from '#lib/stats/logistic-fit.ts';
import {
  mapPredictions,
  rowsWithPrediction,
  type FitKind,
  type PeopleScores,
  type Predictions
} from './model-against-people.ts';

export interface BootstrappedModel {
  predictions: Predictions;
  /** The map fitted on the data themselves; it is not fitted again on resamples. */
  mapping: LogisticMapping | null;
}

export interface BootstrapOptions {
  fit: FitKind;
  replicates: number;
  random: Random;
  /** Draw whole contents instead of rows. */
  overContents?: boolean;
  /** Called with the share done, from 0 to 1; may throw to end the computation. */
  onProgress?: (share: number) => void;
}

export interface AgreementIntervals {
  srcc: Bounds | null;
  plcc: Bounds | null;
}

/** Replicates of the models over the rows that one set of them shares, in step from model to model. */
export interface SharedReplicates {
  /** Which models. */
  models: number[];
  /** Per model of `models`, NaN where a resample has no correlation. */
  srcc: Float64Array[];
}

/**
 * 95 % percentile intervals of SRCC and (mapped) PLCC for each model, from resamples of its rows or of the
 * contents. Models with answers to the same stimuli share their resamples.
 *
 * @returns intervals in the order of the models, null where no resample has the figure or where there is no
 *   map; and the replicates, for paired comparisons.
 */
export function bootstrapAgreement(
  people: PeopleScores,
  models: readonly BootstrappedModel[],
  { fit, replicates, random, overContents = false, onProgress }: BootstrapOptions
): { intervals: AgreementIntervals[]; shared: SharedReplicates[] } {
  const byRows = new Map<string, { rows: number[]; models: number[] }>();
  models.forEach(({ predictions }, index) => {
    const rows = rowsWithPrediction(predictions);
    const key = rows.length === predictions.length ? 'all' : rows.join();
    const entry = byRows.get(key);
    if (entry === undefined) byRows.set(key, { rows, models: [index] });
    else entry.models.push(index);
  });
  const intervals: AgreementIntervals[] = models.map(() => ({ srcc: null, plcc: null }));
  const shared: SharedReplicates[] = [];
  let done = 0;
  for (const group of byRows.values()) {
    if (group.rows.length === 0) continue;
    const columns = group.models.map((index) => {
      const { predictions, mapping } = models[index] as BootstrappedModel;
      const values = group.rows.map((row) => predictions[row] as number);
      return { values, mapped: mapPredictions(values, fit, mapping) ?? values.map(() => 0) };
    });
    const { srcc, plcc } = resampledCorrelations({
      target: group.rows.map((row) => people.mos[row] as number),
      columns,
      replicates,
      random: random.fork('agreement'),
      ...(overContents ? { unitOfRow: contentNumbers(people, group.rows) } : {}),
      onProgress: (b) => onProgress?.((done + (b / replicates) * group.models.length) / models.length)
    });
    done += group.models.length;
    group.models.forEach((index, k) => {
      intervals[index] = {
        srcc: intervalOf(srcc[k] as Float64Array),
        plcc: intervalOf(plcc[k] as Float64Array)
      };
    });
    shared.push({ models: group.models, srcc });
  }
  return { intervals, shared };
}

/** The percentile interval of the replicates that exist. */
export function intervalOf(replicates: Float64Array): Bounds | null {
  return percentileInterval({ sorted: replicates.filter((value) => !Number.isNaN(value)).sort() });
}

/** Contents numbered from 0 in the order in which they come. */
export function contentNumbers({ content }: PeopleScores, rows: readonly number[]): Int32Array {
  if (content === undefined) throw new RangeError('there are no contents to draw');
  const numbers = new Map<string, number>();
  return Int32Array.from(rows, (row) => {
    const name = content[row] as string;
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  });
}
