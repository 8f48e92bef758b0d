/**
 * The inside of the VQEG logistic fits. Given where the sigmoid lies and how wide it is, the rest of either
 * logistic is linear least squares with a closed solution, so that fitting is a search over two numbers
 * ("variable projection", Golub and Pereyra 1973) and not over four or five.
 *
 * Everything here is in standard units: z = (x − mean)/SD of x, y as its deviation from the mean.
 */

/** Data with equal x put together: the fit depends on nothing else. Ascending in z. */
export interface GroupedData {
  z: Float64Array;
  /** Mean deviation of y from its overall mean, per group. */
  y: Float64Array;
  /** How many data stand behind each group. */
  weight: Float64Array;
  /** Σ weight. */
  n: number;
  /** Σ weight·z², Σ weight·z·y. Σ weight·z and Σ weight·y are 0. */
  zz: number;
  zy: number;
}

export interface Shape {
  /** 4: c₁·s + a. 5: c₁·s + c₂·z + a. */
  parameters: 4 | 5;
  /** Whether a 5-parameter curve that turns back inside the range of the data is forbidden. */
  monotone: boolean;
  /** +1 only rising maps, −1 only falling ones, 0 either. */
  direction: -1 | 0 | 1;
}

/** The coefficients of the sigmoid and of z, and how much of Σ weight·y² they explain. */
export interface Coefficients {
  sigmoid: number;
  line: number;
  explained: number;
}

const NOTHING: Coefficients = { sigmoid: 0, line: 0, explained: 0 };

/** Beyond this many widths outside the data a sigmoid is an exponential to nine digits. */
const FARTHEST = 20;
const NARROWEST = 1e-9;
/** A wider sigmoid is a line to five digits; beside a line of its own (5 parameters) it would be lost in it sooner. */
const WIDEST = { 4: 200, 5: 40 } as const;

/** Puts a search point inside what is worth looking at. */
export function boundedPoint(
  data: GroupedData,
  { parameters }: Shape,
  place: number,
  logWidth: number
): { place: number; width: number } {
  const width = Math.max(NARROWEST, Math.min(WIDEST[parameters], Math.exp(logWidth)));
  const low = (data.z[0] as number) - FARTHEST * width;
  const high = (data.z[data.z.length - 1] as number) + FARTHEST * width;
  return { place: Math.max(low, Math.min(high, place)), width };
}

/**
 * The sigmoid rises where it lies right of the middle and falls where it lies left: so it is small over the
 * data when it is far away, and no digits are lost to a constant near 1.
 */
export function riseOf(place: number): 1 | -1 {
  return place >= 0 ? 1 : -1;
}

/**
 * The logistic function 1/(1 + exp(∓(z − place)/width)), rising or falling as `riseOf` says; z, place and width > 0 in the
 * same unit. In [0, 1]; tends to a step as the width tends to 0.
 */
export function sigmoid(z: number, place: number, width: number): number {
  return 1 / (1 + Math.exp((-riseOf(place) * (z - place)) / width));
}

/**
 * The best coefficients for a sigmoid of this place and width.
 *
 * @param buffer at least as long as the data, overwritten.
 */
export function solveCoefficients(
  data: GroupedData,
  shape: Shape,
  place: number,
  width: number,
  buffer: Float64Array
): Coefficients {
  const { z, y, weight, n } = data;
  const rate = -riseOf(place) / width;
  let mean = 0;
  for (let i = 0; i < z.length; i++) {
    const s = 1 / (1 + Math.exp(rate * ((z[i] as number) - place)));
    buffer[i] = s;
    mean += (weight[i] as number) * s;
  }
  mean /= n;
  let ss = 0;
  let sy = 0;
  let sz = 0;
  for (let i = 0; i < z.length; i++) {
    const s = (buffer[i] as number) - mean;
    const weighted = (weight[i] as number) * s;
    ss += weighted * s;
    sy += weighted * (y[i] as number);
    sz += weighted * (z[i] as number);
  }
  const first = buffer[0] as number;
  const last = buffer[z.length - 1] as number;
  return solveMoments(data, shape, { ss, sy, sz }, slopes(data, place, width, first, last));
}

/** Sums over the data of the sigmoid's deviation from its mean: squared, times y, times z. */
export interface SigmoidMoments {
  ss: number;
  sy: number;
  sz: number;
}

/** The least and the greatest slope (with sign) of the sigmoid over the range of the data. */
export interface SlopeRange {
  least: number;
  greatest: number;
}

function slopes(data: GroupedData, place: number, width: number, first: number, last: number): SlopeRange {
  const rise = riseOf(place);
  const atFirst = (first * (1 - first)) / width;
  const atLast = (last * (1 - last)) / width;
  const inside = place > (data.z[0] as number) && place < (data.z[data.z.length - 1] as number);
  return {
    least: rise * Math.min(atFirst, atLast),
    greatest: rise * (inside ? 1 / (4 * width) : Math.max(atFirst, atLast))
  };
}

/**
 * Least squares on the sigmoid and, with five parameters, on z beside it. The curve's slope is c₁·g + c₂
 * with g between the slopes given: monotone means that both ends of that have one sign, a cone of two
 * edges; where the free optimum lies outside, the optimum under the constraint lies on an edge.
 */
export function solveMoments(
  { zz, zy }: GroupedData,
  { parameters, monotone, direction }: Shape,
  { ss, sy, sz }: SigmoidMoments,
  { least, greatest }: SlopeRange
): Coefficients {
  if (!(ss > 0)) return lineAlone(parameters, direction, zz, zy);
  const rises = Math.sign(greatest) || 1;
  if (parameters === 4) {
    if (direction !== 0 && Math.sign(sy) * rises !== direction) return NOTHING;
    return { sigmoid: sy / ss, line: 0, explained: (sy * sy) / ss };
  }
  const determinant = ss * zz - sz * sz;
  if (determinant > 1e-11 * ss * zz) {
    const c = (sy * zz - zy * sz) / determinant;
    const d = (zy * ss - sy * sz) / determinant;
    const low = c * least + d;
    const high = c * greatest + d;
    const turns = low * high < 0;
    const wrongWay = direction !== 0 && (low * direction < 0 || high * direction < 0);
    if (!wrongWay && !(turns && monotone)) return { sigmoid: c, line: d, explained: c * sy + d * zy };
  }
  let best = lineAlone(parameters, direction, zz, zy);
  // On an edge the line takes back the sigmoid's slope at one end of the range.
  for (const [slope, other] of [
    [least, greatest],
    [greatest, least]
  ] as const) {
    const vv = ss - 2 * slope * sz + slope * slope * zz;
    const vy = sy - slope * zy;
    if (!(vv > 1e-11 * (ss + slope * slope * zz))) continue;
    const c = vy / vv;
    const explained = c * vy;
    const goes = Math.sign(c * (other - slope));
    if (explained > best.explained && (direction === 0 || goes === direction)) {
      best = { sigmoid: c, line: -c * slope, explained };
    }
  }
  return best;
}

function lineAlone(parameters: 4 | 5, direction: number, zz: number, zy: number): Coefficients {
  if (parameters === 4 || zz === 0 || (direction !== 0 && Math.sign(zy) !== direction)) return NOTHING;
  return { sigmoid: 0, line: zy / zz, explained: (zy * zy) / zz };
}
