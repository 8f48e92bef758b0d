import {
  boundedPoint,
  riseOf,
  sigmoid,
  solveCoefficients,
  type Coefficients,
  type GroupedData,
  type Shape
} from './logistic-profile.ts';
import { gridStarts, stepStarts, type Start } from './logistic-starts.ts';
import { minimiseInPlane, type PlanePoint } from './nelder-mead.ts';
import { ascendingOrder } from './rank.ts';

/**
 * A map from predictions to the MOS scale. Parameters:
 * - logistic4, [b1, b2, b3, b4]: (b1 − b2)/(1 + exp(−(x − b3)/b4)) + b2
 * - logistic5, [b1, b2, b3, b4, b5]: b1·(½ − 1/(1 + exp(b2·(x − b3)))) + b4·x + b5
 * - linear, [intercept, slope]: where no logistic is better than the straight line, which is a limit of both.
 */
export interface LogisticMapping {
  kind: 'logistic4' | 'logistic5' | 'linear';
  parameters: readonly number[];
}

export interface LogisticFit {
  mapping: LogisticMapping;
  /** Σ (mapped − y)². */
  sse: number;
  /** √(sse/n). */
  rmse: number;
  /** Pearson's correlation of the mapped predictions with y: √(1 − sse/SST), in (0, 1]. */
  plcc: number;
  /** Whether the map rises or falls with x. */
  direction: 1 | -1;
}

export interface LogisticOptions {
  /** 4, the default, or 5: the two logistics of VQEG. */
  parameters?: 4 | 5;
  /** The direction known beforehand: 1 rising, −1 falling. By default the one that fits better. */
  direction?: 1 | -1;
  /**
   * The 5-parameter logistic is a sigmoid plus a line and can turn back on itself; by default that is ruled
   * out over the range of the data. `false` allows it, as some tools do without saying so.
   */
  monotone?: boolean;
}

/** Above this many distinct predictions the search is prepared on quantile bins of them. */
const COARSE_ABOVE = 300;
const COARSE_BINS = 150;

/**
 * Fits a monotone logistic of VQEG from predictions to MOS by least squares. For each place and width of
 * the sigmoid the other parameters follow in closed form (a small constrained least squares); place and
 * width are searched from many starts: a grid from near-step to near-linear inside and outside the data,
 * rising and falling at once, and every possible jump. The best is returned, and never worse than the
 * straight line.
 *
 * @param x n predictions, any unit, higher or lower is better. @param y n opinion scores.
 * @returns null for n < 2, where x or y is constant, or where no map in the asked direction explains anything.
 * @throws RangeError for unequal lengths or values that are not finite.
 * Source: VQEG, Final report from the Video Quality Experts Group, Phase I (2000), 4 parameters; H. Sheikh,
 * M. Sabir, A. Bovik, IEEE Trans. Image Processing 15 (2006), 5 parameters.
 */
export function fitLogistic(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: LogisticOptions = {}
): LogisticFit | null {
  const standard = standardise(x, y);
  if (standard === null) return null;
  const { data, total } = standard;
  const shape: Shape = {
    parameters: options.parameters ?? 4,
    monotone: options.monotone ?? true,
    direction: options.direction ?? 0
  };
  const coarse = data.z.length > COARSE_ABOVE ? binned(data) : data;
  const best = search(data, coarse, shape);
  const line = (data.zy * data.zy) / data.zz;
  const lineAllowed = shape.direction === 0 || Math.sign(data.zy) === shape.direction;
  // A logistic must win by more than rounding, or a straight line would be told as a curve of huge width.
  const useLine = lineAllowed && line >= best.explained - 1e-13 * total;
  const explained = useLine ? line : best.explained;
  if (!(explained > 1e-15 * total)) return null;
  const straight = summarise(lineMapping(standard), x, y, data, standard);
  if (useLine) return straight;
  const curved = summarise(logisticMapping(standard, shape, best), x, y, data, standard);
  // What the search promises and what the map gives differ by rounding where sigmoid and line are all but parallel.
  return lineAllowed && straight.sse <= curved.sse ? straight : curved;
}

/** The mapped value of a prediction. */
export function applyMapping({ kind, parameters }: LogisticMapping, x: number): number {
  const [b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0] = parameters;
  switch (kind) {
    case 'linear':
      return b1 + b2 * x;
    case 'logistic4':
      return (b1 - b2) / (1 + Math.exp(-(x - b3) / b4)) + b2;
    case 'logistic5':
      return b1 * (0.5 - 1 / (1 + Math.exp(b2 * (x - b3)))) + b4 * x + b5;
  }
}

interface Standard {
  data: GroupedData;
  xMean: number;
  xSd: number;
  yMean: number;
  /** Σ (y − mean)² over the data, not the groups. */
  total: number;
}

interface Found extends Coefficients {
  place: number;
  width: number;
}

function standardise(x: ArrayLike<number>, y: ArrayLike<number>): Standard | null {
  const n = x.length;
  if (n !== y.length) throw new RangeError(`a fit needs pairs: ${n} predictions against ${y.length} scores`);
  let xMean = 0;
  let yMean = 0;
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) {
      throw new RangeError(`pair ${i} is not finite: ${x[i]}, ${y[i]}`);
    }
    xMean += (x[i] as number) / n;
    yMean += (y[i] as number) / n;
  }
  let square = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    square += ((x[i] as number) - xMean) ** 2;
    total += ((y[i] as number) - yMean) ** 2;
  }
  const order = ascendingOrder(x);
  const xConstant = n < 2 || x[order[0] as number] === x[order[n - 1] as number];
  let yConstant = true;
  for (let i = 1; i < n; i++) if (y[i] !== y[0]) yConstant = false;
  if (xConstant || yConstant || square === 0 || total === 0) return null;
  const xSd = Math.sqrt(square / n);
  const z: number[] = [];
  const mean: number[] = [];
  const weight: number[] = [];
  for (let start = 0; start < n;) {
    const value = x[order[start] as number] as number;
    let sum = 0;
    let end = start;
    while (end < n && x[order[end] as number] === value) sum += (y[order[end++] as number] as number) - yMean;
    z.push((value - xMean) / xSd);
    mean.push(sum / (end - start));
    weight.push(end - start);
    start = end;
  }
  const data = grouped(Float64Array.from(z), Float64Array.from(mean), Float64Array.from(weight));
  return { data, xMean, xSd, yMean, total };
}

function grouped(z: Float64Array, y: Float64Array, weight: Float64Array): GroupedData {
  let n = 0;
  let zz = 0;
  let zy = 0;
  for (let i = 0; i < z.length; i++) {
    const w = weight[i] as number;
    n += w;
    zz += w * (z[i] as number) ** 2;
    zy += w * (z[i] as number) * (y[i] as number);
  }
  return { z, y, weight, n, zz, zy };
}

/** The data in bins of about equal weight, each at its mean. */
function binned(data: GroupedData): GroupedData {
  const z = new Float64Array(COARSE_BINS);
  const y = new Float64Array(COARSE_BINS);
  const weight = new Float64Array(COARSE_BINS);
  let seen = 0;
  for (let i = 0; i < data.z.length; i++) {
    const w = data.weight[i] as number;
    const bin = Math.min(COARSE_BINS - 1, Math.floor(((seen + w / 2) / data.n) * COARSE_BINS));
    seen += w;
    z[bin] = (z[bin] as number) + w * (data.z[i] as number);
    y[bin] = (y[bin] as number) + w * (data.y[i] as number);
    weight[bin] = (weight[bin] as number) + w;
  }
  const used = [...weight.keys()].filter((bin) => (weight[bin] as number) > 0);
  const over = (sums: Float64Array) =>
    Float64Array.from(used, (bin) => (sums[bin] as number) / (weight[bin] as number));
  return grouped(
    over(z),
    over(y),
    Float64Array.from(used, (bin) => weight[bin] as number)
  );
}

/** Every start is judged on the coarse data, the promising ones are descended there, the best of those on all. */
function search(data: GroupedData, coarse: GroupedData, shape: Shape): Found {
  const buffer = new Float64Array(data.z.length);
  const objective = (of: GroupedData) => (a: number, b: number) => {
    const { place, width } = boundedPoint(of, shape, a, b);
    return -solveCoefficients(of, shape, place, width, buffer).explained;
  };
  const judge = (of: GroupedData, starts: Start[]): PlanePoint[] => {
    const f = objective(of);
    return starts
      .map(({ a, b }) => ({ a, b, value: f(a, b) }))
      .filter((point) => point.value < 0)
      .sort((p, q) => p.value - q.value);
  };
  const descend = (of: GroupedData, point: PlanePoint, evaluations: number): PlanePoint => {
    const once = minimiseInPlane(objective(of), point, { a: reach(point.b) / 2, b: 0.3 }, evaluations);
    // A second simplex, turned the other way, gets out of where the first one collapsed.
    return minimiseInPlane(objective(of), once, { a: -reach(once.b) / 4, b: -0.2 }, evaluations);
  };

  // Curves that may turn back have many more valleys.
  const valleys = !shape.monotone ? 16 : coarse.z.length <= 60 ? 9 : 6;
  const seeds = [
    ...apart(judge(coarse, gridStarts(coarse)), valleys),
    ...judge(coarse, stepStarts(coarse, shape, 6)).slice(0, 6)
  ];
  let points = seeds.map((point) => descend(coarse, point, 70));
  if (coarse !== data) {
    const again = judge(data, [...points, ...stepStarts(data, shape, 2)]);
    points = apart(again, 2).map((point) => descend(data, point, 80));
  }
  points.sort((p, q) => p.value - q.value);
  const winner = points[0];
  if (winner === undefined) return { sigmoid: 0, line: 0, explained: 0, place: 0, width: 1 };
  const final = descend(data, winner, 150);
  const { place, width } = boundedPoint(data, shape, final.a, final.b);
  return { place, width, ...solveCoefficients(data, shape, place, width, buffer) };
}

/** How far a sigmoid of this width can be moved before it is another one: the data span a few units of z. */
function reach(logWidth: number): number {
  return Math.min(1, Math.exp(logWidth));
}

/** The best points that do not lie in one valley, as far as can be told without descending. */
function apart(sorted: readonly PlanePoint[], most: number): PlanePoint[] {
  const chosen: PlanePoint[] = [];
  for (const point of sorted) {
    if (chosen.length === most) break;
    const near = chosen.some(
      ({ a, b }) => Math.abs(a - point.a) < 0.6 * reach(Math.max(b, point.b)) && Math.abs(b - point.b) < 1.2
    );
    if (!near) chosen.push(point);
  }
  return chosen;
}

function lineMapping({ data, xMean, xSd, yMean }: Standard): LogisticMapping {
  const slope = data.zy / data.zz / xSd;
  return { kind: 'linear', parameters: [yMean - slope * xMean, slope] };
}

function logisticMapping({ data, xMean, xSd, yMean }: Standard, shape: Shape, found: Found): LogisticMapping {
  const { place, width, sigmoid: rise, line } = found;
  const sign = riseOf(place);
  let mean = 0;
  for (let i = 0; i < data.z.length; i++) {
    mean += ((data.weight[i] as number) * sigmoid(data.z[i] as number, place, width)) / data.n;
  }
  const floor = yMean - rise * mean;
  const b3 = xMean + xSd * place;
  if (shape.parameters === 4) {
    return { kind: 'logistic4', parameters: [floor + rise, floor, b3, sign * width * xSd] };
  }
  return {
    kind: 'logistic5',
    parameters: [rise, sign / (width * xSd), b3, line / xSd, floor + rise / 2 - (line * xMean) / xSd]
  };
}

/** Figures of the map as it will be applied, from the data themselves. */
function summarise(
  mapping: LogisticMapping,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  data: GroupedData,
  { xMean, xSd, total }: Standard
): LogisticFit {
  let sse = 0;
  for (let i = 0; i < x.length; i++) sse += (applyMapping(mapping, x[i] as number) - (y[i] as number)) ** 2;
  const ends = [data.z[0] as number, data.z[data.z.length - 1] as number];
  const [first, last] = ends.map((z) => applyMapping(mapping, xMean + xSd * z)) as [number, number];
  return {
    mapping,
    sse,
    rmse: Math.sqrt(sse / x.length),
    plcc: Math.sqrt(Math.max(0, 1 - sse / total)),
    direction: last >= first ? 1 : -1
  };
}
