import { kendall, pearson, spearman } from '#lib/stats/correlation.ts';
import { chanceCorrelation } from '#lib/stats/intervals.ts';
import { applyMapping, fitLogistic, type LogisticMapping } from '#lib/stats/logistic-fit.ts';

/** What people said about each stimulus. Arrays run in step. */
export interface PeopleScores {
  /** Mean opinion scores. */
  mos: readonly number[];
  /** SD of the opinion scores (n − 1), in the unit of the MOS; null where unknown. */
  sigma?: readonly (number | null)[];
  /** How many people stand behind each MOS; null where unknown. */
  n?: readonly (number | null)[];
  /** The content (the reference, the scene) that each stimulus belongs to. */
  content?: readonly string[];
}

/** A model's predictions in step with the scores; null where it gave none. Missing stays missing. */
export type Predictions = readonly (number | null)[];

/** How predictions are mapped onto the scores for PLCC, RMSE and the σ-normalised error. */
export type FitKind = 'logistic4' | 'logistic5' | 'none';

export interface AgreementOptions {
  /** logistic4 by default. */
  fit?: FitKind;
  /** ε of the σ-normalised error, at least 0; 1 by default. */
  epsilon?: number;
  /** Whether figures over contents are wanted too; needs `content`. */
  perContent?: boolean;
  /** 1 where higher predictions are known to mean better, −1 where worse; by default what fits better. */
  direction?: 1 | -1;
}

export interface PerContentAgreement {
  /** Contents with a defined SRCC. The others are left out of the means. */
  contents: number;
  srcc: number | null;
  plcc: number | null;
}

export interface ModelAgreement {
  /** Stimuli with a prediction. */
  n: number;
  missing: number;
  /** On the predictions themselves, never after a fit, with their sign. */
  srcc: number | null;
  krcc: number | null;
  plccRaw: number | null;
  /** After the fit; without one (`none`) the raw correlation and the raw error. */
  plcc: number | null;
  rmse: number | null;
  sigmaNormalisedError: number | null;
  /** What one of the people would have in its place; null where σ or n is unknown. */
  humanSigmaNormalisedError: number | null;
  perContent: PerContentAgreement | null;
  chance: { srcc95: number | null };
  /** The fitted map; null for `none` and where none exists. */
  mapping: LogisticMapping | null;
}

/**
 * How well a model's predictions agree with the scores of people.
 *
 * - srcc: Spearman's ρ on mid-ranks; krcc: Kendall's τ-b; plccRaw: Pearson's r. Of the raw predictions.
 * - plcc, rmse = √(mean (mapped − MOS)²), over n: after the monotone VQEG logistic, fitted on the same rows.
 * - sigmaNormalisedError: mean (mapped − MOS)²/(σ² + ε) over the rows whose σ is known: the yardstick of the
 *   difficult-sample selection (Wu et al., ECCV 2024).
 * - humanSigmaNormalisedError: mean σ²·n/(n − 1)/(σ² + ε) over the same rows: what a person's own ratings
 *   have against the mean of the n − 1 others, whose error adds σ²/(n − 1). About 1 + 1/(n − 1) at ε = 0.
 * - perContent: the plain mean over contents of SRCC and of PLCC, the latter through the one global map (a map
 *   fitted within each content turns noise into agreement). Plain, since a Fisher-z mean breaks at |r| = 1,
 *   which small contents often give.
 * - chance.srcc95: what |SRCC| of answers at random stays under in 95 % of cases.
 *
 * Rows without a prediction are left out and counted. Whatever does not exist (fewer than two rows, constant
 * predictions or scores, σ² + ε = 0) is null.
 *
 * @throws RangeError for arrays of unequal length, values that are not finite, ε below 0, or per-content
 *   figures without contents.
 */
export function modelAgainstPeople(
  people: PeopleScores,
  predictions: Predictions,
  options: AgreementOptions = {}
): ModelAgreement {
  const { fit = 'logistic4', epsilon = 1 } = options;
  checkInput(people, predictions, options);
  const rows = rowsWithPrediction(predictions);
  const x = rows.map((row) => predictions[row] as number);
  const y = rows.map((row) => people.mos[row] as number);
  const mapping = fit === 'none' ? null : fitMapping(x, y, fit, options.direction);
  const mapped = mapPredictions(x, fit, mapping);
  const plccRaw = pearson(x, y);
  return {
    n: rows.length,
    missing: predictions.length - rows.length,
    srcc: spearman(x, y),
    krcc: kendall(x, y),
    plccRaw,
    plcc: fit === 'none' ? plccRaw : mapped === null ? null : pearson(mapped, y),
    rmse: mapped === null ? null : rootMeanSquare(mapped, y),
    sigmaNormalisedError: mapped === null ? null : sigmaNormalised(people, rows, mapped, epsilon),
    humanSigmaNormalisedError: humanSigmaNormalised(people, rows, epsilon),
    perContent: options.perContent ? overContents(people, rows, x, mapped) : null,
    chance: { srcc95: chanceCorrelation(rows.length) },
    mapping
  };
}

/** The rows for which the model has an answer. */
export function rowsWithPrediction(predictions: Predictions): number[] {
  return [...predictions.keys()].filter((row) => predictions[row] !== null);
}

/**
 * Predictions on the scale of the scores: through the map, or as they are for `none`.
 *
 * @returns null where there is no map, or nothing to map.
 */
export function mapPredictions(
  x: readonly number[],
  fit: FitKind,
  mapping: LogisticMapping | null
): number[] | null {
  if (x.length === 0) return null;
  if (fit === 'none') return x.slice();
  return mapping === null ? null : x.map((value) => applyMapping(mapping, value));
}

function fitMapping(
  x: number[],
  y: number[],
  fit: FitKind,
  direction: 1 | -1 | undefined
): LogisticMapping | null {
  const parameters = fit === 'logistic5' ? 5 : 4;
  return (
    fitLogistic(x, y, { parameters, ...(direction === undefined ? {} : { direction }) })?.mapping ?? null
  );
}

function rootMeanSquare(mapped: readonly number[], y: readonly number[]): number {
  const sum = mapped.reduce((total, value, i) => total + (value - (y[i] as number)) ** 2, 0);
  return Math.sqrt(sum / y.length);
}

function sigmaNormalised(
  { mos, sigma }: PeopleScores,
  rows: readonly number[],
  mapped: readonly number[],
  epsilon: number
): number | null {
  return meanOf(
    rows.map((row, i) => {
      const spread = sigma?.[row] ?? null;
      return spread === null
        ? null
        : ((mapped[i] as number) - (mos[row] as number)) ** 2 / (spread ** 2 + epsilon);
    })
  );
}

function humanSigmaNormalised(
  { sigma, n }: PeopleScores,
  rows: readonly number[],
  epsilon: number
): number | null {
  return meanOf(
    rows.map((row) => {
      const spread = sigma?.[row] ?? null;
      const people = n?.[row] ?? null;
      if (spread === null || people === null || people < 2) return null;
      return (spread ** 2 * (people / (people - 1))) / (spread ** 2 + epsilon);
    })
  );
}

/** The mean of what exists; null where nothing does, or where a division by σ² + ε = 0 left no finite mean. */
function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Number.isFinite(mean) ? mean : null;
}

function overContents(
  { mos, content }: PeopleScores,
  rows: readonly number[],
  x: readonly number[],
  mapped: readonly number[] | null
): PerContentAgreement {
  const members = new Map<string, number[]>();
  rows.forEach((row, i) => {
    const name = content?.[row] as string;
    const list = members.get(name);
    if (list === undefined) members.set(name, [i]);
    else list.push(i);
  });
  const widest = (mapped ?? []).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const srcc: number[] = [];
  const plcc: number[] = [];
  for (const list of members.values()) {
    const scores = list.map((i) => mos[rows[i] as number] as number);
    const rho = spearman(
      list.map((i) => x[i] as number),
      scores
    );
    if (rho === null) continue;
    srcc.push(rho);
    const r =
      mapped === null
        ? null
        : pearson(
            flattened(
              list.map((i) => mapped[i] as number),
              widest
            ),
            scores
          );
    if (r !== null) plcc.push(r);
  }
  return { contents: srcc.length, srcc: meanOf(srcc), plcc: meanOf(plcc) };
}

/** Where a map saturates, neighbours differ by rounding alone; a correlation of that would be noise. */
function flattened(mapped: number[], widest: number): number[] {
  const spread = Math.max(...mapped) - Math.min(...mapped);
  return spread <= 1e-12 * widest ? mapped.map(() => 0) : mapped;
}

function checkInput(people: PeopleScores, predictions: Predictions, options: AgreementOptions): void {
  const { mos, sigma, n, content } = people;
  for (const column of [predictions, sigma, n, content]) {
    if (column !== undefined && column.length !== mos.length) {
      throw new RangeError(`${mos.length} scores beside a column of ${column.length}`);
    }
  }
  if (options.epsilon !== undefined && !(options.epsilon >= 0)) {
    throw new RangeError(`ε is at least 0, not ${options.epsilon}`);
  }
  if (options.perContent && content === undefined)
    throw new RangeError('there are no contents to average over');
}
