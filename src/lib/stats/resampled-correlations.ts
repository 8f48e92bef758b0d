import { rankGroups } from './rank.ts';
import type { Random } from './random.ts';

export interface ResampledColumn {
  /** One prediction per row. */
  values: ArrayLike<number>;
  /** The same predictions after the fit, for the product-moment correlation. Defaults to the values. */
  mapped?: ArrayLike<number>;
}

export interface CorrelationResampling {
  /** One score per row. */
  target: ArrayLike<number>;
  /** All over the same rows: each resample is shared, so that differences between columns are paired. */
  columns: readonly ResampledColumn[];
  /** The unit of each row, 0 to units − 1; a unit is drawn with all its rows. Left out, each row is its own. */
  unitOfRow?: ArrayLike<number>;
  replicates: number;
  random: Random;
  onProgress?: (done: number, total: number) => void;
}

/** Per column and replicate, in step across columns; NaN where a correlation does not exist. */
export interface ResampledCorrelations {
  srcc: Float64Array[];
  plcc: Float64Array[];
}

/**
 * Spearman's ρ (mid-ranks within each resample) and Pearson's r on bootstrap resamples of rows or of whole
 * units. The same figures as ranking every resample anew, but a resample is a count per row, and counting
 * over values sorted once ranks it: O(rows) for each column and replicate.
 *
 * @throws RangeError for columns of another length than the target.
 */
export function resampledCorrelations(plan: CorrelationResampling): ResampledCorrelations {
  const { target, columns, replicates, random, onProgress } = plan;
  const rows = target.length;
  const unitOfRow = plan.unitOfRow ?? Int32Array.from({ length: rows }, (_, row) => row);
  const units = Array.from(unitOfRow).reduce((most, unit) => Math.max(most, unit + 1), 0);
  const people = prepareTarget(target);
  const models = columns.map((column) => prepareColumn(column, rows));
  const srcc = columns.map(() => new Float64Array(replicates));
  const plcc = columns.map(() => new Float64Array(replicates));
  const drawn = new Int32Array(units);
  const weight = new Float64Array(rows);
  const weightedRank = new Float64Array(rows);
  for (let b = 0; b < replicates; b++) {
    drawn.fill(0);
    for (let i = 0; i < units; i++) {
      const unit = random.integer(units);
      drawn[unit] = (drawn[unit] as number) + 1;
    }
    for (let row = 0; row < rows; row++) weight[row] = drawn[unitOfRow[row] as number] as number;
    const sums = rankTarget(people, weight, weightedRank);
    models.forEach((model, index) => {
      (srcc[index] as Float64Array)[b] = rankCorrelation(model, sums, weight, weightedRank);
      (plcc[index] as Float64Array)[b] = momentCorrelation(model.mapped, people.scores, sums, weight);
    });
    onProgress?.(b + 1, replicates);
  }
  return { srcc, plcc };
}

interface Target {
  group: Int32Array;
  /** Scratch: how often each group is drawn, and its centred mid-rank. */
  count: Float64Array;
  rank: Float64Array;
  /** Standardised, so that the sums of squares below lose nothing. */
  scores: Float64Array;
}

interface Column {
  group: Int32Array;
  count: Float64Array;
  /** Scratch: the sum of the target's centred ranks per group. */
  rankSum: Float64Array;
  mapped: Float64Array;
}

interface TargetSums {
  n: number;
  rankSquares: number;
  y: number;
  yy: number;
}

function prepareTarget(target: ArrayLike<number>): Target {
  const { group, groups } = rankGroups(target);
  return {
    group,
    count: new Float64Array(groups),
    rank: new Float64Array(groups),
    scores: standardised(target)
  };
}

function prepareColumn({ values, mapped }: ResampledColumn, rows: number): Column {
  if (values.length !== rows || (mapped !== undefined && mapped.length !== rows)) {
    throw new RangeError(`a column of ${values.length} values beside a target of ${rows}`);
  }
  const { group, groups } = rankGroups(values);
  return {
    group,
    count: new Float64Array(groups),
    rankSum: new Float64Array(groups),
    mapped: standardised(mapped ?? values)
  };
}

function standardised(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const result = Float64Array.from(values);
  const mean = result.reduce((sum, value) => sum + value / n, 0);
  const widest = result.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  return result.map((value) => (widest > 0 ? (value - mean) / widest : 0));
}

/** Σ over equal ranks: (n³ − n − Σ(t³ − t))/12 is the sum of squared deviations of mid-ranks. */
function rankSquares(n: number, ties: number): number {
  return (n ** 3 - n - ties) / 12;
}

function rankTarget(
  { group, count, rank, scores }: Target,
  weight: Float64Array,
  weightedRank: Float64Array
): TargetSums {
  count.fill(0);
  let n = 0;
  let y = 0;
  let yy = 0;
  for (let row = 0; row < weight.length; row++) {
    const w = weight[row] as number;
    const g = group[row] as number;
    const score = scores[row] as number;
    count[g] = (count[g] as number) + w;
    n += w;
    y += w * score;
    yy += w * score * score;
  }
  let before = 0;
  let ties = 0;
  for (let g = 0; g < count.length; g++) {
    const t = count[g] as number;
    rank[g] = before + (t + 1) / 2 - (n + 1) / 2;
    ties += t * t * t - t;
    before += t;
  }
  for (let row = 0; row < weight.length; row++) {
    weightedRank[row] = (weight[row] as number) * (rank[group[row] as number] as number);
  }
  return { n, rankSquares: rankSquares(n, ties), y, yy };
}

function rankCorrelation(
  { group, count, rankSum }: Column,
  sums: TargetSums,
  weight: Float64Array,
  weightedRank: Float64Array
): number {
  count.fill(0);
  rankSum.fill(0);
  for (let row = 0; row < weight.length; row++) {
    const g = group[row] as number;
    count[g] = (count[g] as number) + (weight[row] as number);
    rankSum[g] = (rankSum[g] as number) + (weightedRank[row] as number);
  }
  let before = 0;
  let ties = 0;
  let product = 0;
  for (let g = 0; g < count.length; g++) {
    const t = count[g] as number;
    product += (before + (t + 1) / 2) * (rankSum[g] as number);
    ties += t * t * t - t;
    before += t;
  }
  const squares = rankSquares(sums.n, ties);
  if (squares === 0 || sums.rankSquares === 0) return Number.NaN;
  return Math.max(-1, Math.min(1, product / Math.sqrt(squares * sums.rankSquares)));
}

function momentCorrelation(
  mapped: Float64Array,
  scores: Float64Array,
  { n, y, yy }: TargetSums,
  weight: Float64Array
): number {
  let x = 0;
  let xx = 0;
  let xy = 0;
  for (let row = 0; row < weight.length; row++) {
    const weighted = (weight[row] as number) * (mapped[row] as number);
    x += weighted;
    xx += weighted * (mapped[row] as number);
    xy += weighted * (scores[row] as number);
  }
  const varianceX = xx / n - (x / n) ** 2;
  const varianceY = yy / n - (y / n) ** 2;
  // Values lie in [−1, 1]; what is left of a constant is rounding.
  if (varianceX < 1e-13 || varianceY < 1e-13) return Number.NaN;
  const r = (xy / n - (x / n) * (y / n)) / Math.sqrt(varianceX * varianceY);
  return Math.max(-1, Math.min(1, r));
}
