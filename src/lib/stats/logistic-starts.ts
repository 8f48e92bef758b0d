import {
  boundedPoint,
  solveMoments,
  type Coefficients,
  type GroupedData,
  type Shape
} from './logistic-profile.ts';
import type { PlanePoint } from './nelder-mead.ts';

/** A step is this many times narrower than the gap it stands in: e⁻²⁰ is left of it at the neighbours. */
const STEP_SHARPNESS = 40;

/** Where a sigmoid could be: a = its place in z, b = ln of its width. */
export type Start = Pick<PlanePoint, 'a' | 'b'>;

/** Widths of the grid in standard deviations of x. */
const WIDTHS = [0.01, 0.03, 0.08, 0.16, 0.3, 0.5, 0.8, 1.3, 2.5, 6, 20, 35];

/**
 * Starts on a grid: places at quantiles of x and outside it on both sides, widths from near-step to
 * near-linear.
 */
export function gridStarts({ z }: GroupedData): Start[] {
  const starts: Start[] = [];
  const low = z[0] as number;
  const high = z[z.length - 1] as number;
  // Where a few far predictions stretch the standard deviation, the bulk needs widths of its own.
  const bulk = ((z[(3 * (z.length - 1)) >> 2] as number) - (z[(z.length - 1) >> 2] as number)) / 1.35;
  const widths = bulk > 0 && bulk < 0.5 ? [...WIDTHS, ...[0.1, 0.3, 0.8].map((part) => part * bulk)] : WIDTHS;
  for (const width of widths) {
    const b = Math.log(width);
    const places = new Set<number>();
    const steps = width < 0.2 ? 32 : 16;
    for (let k = 0; k <= steps; k++) {
      const at = (k / steps) * (z.length - 1);
      const floor = Math.floor(at);
      const next = z[Math.min(floor + 1, z.length - 1)] as number;
      places.add((z[floor] as number) + (at - floor) * (next - (z[floor] as number)));
    }
    // A wide sigmoid beside a line is a cubic: what counts is where it bends, among the data or not.
    if (width >= 6) for (let k = 1; k < 16; k++) places.add(low + ((high - low) * k) / 16);
    for (const place of places) starts.push({ a: place, b });
    // Half a sigmoid, and exponentials.
    for (const outside of [1.5, 4, 15]) {
      starts.push({ a: low - outside * width, b }, { a: high + outside * width, b });
    }
  }
  return starts;
}

/**
 * Starts that no grid finds: a jump in one of the gaps of x, and a jump that passes through one group on
 * its way, which least squares loves. All gaps and groups are tried by running sums.
 *
 * @param most how many of each kind to return, best first.
 */
export function stepStarts(data: GroupedData, shape: Shape, most: number): Start[] {
  const { z, y, weight, n, zz, zy } = data;
  const cuts: (Start & { explained: number })[] = [];
  const throughs: (Start & { explained: number })[] = [];
  let nLeft = 0;
  let yLeft = 0;
  let zLeft = 0;
  const rest = { zz: 0, zy: 0 };
  for (let k = 0; k < z.length; k++) {
    const w = weight[k] as number;
    const zk = z[k] as number;
    const yk = y[k] as number;
    // Jump at group k: it lies on the way up (or down), so its own residual is nothing and it is left out.
    const nRight = n - nLeft - w;
    if (nLeft > 0 && nRight > 0) {
      const start = through();
      if (start !== null) throughs.push(start);
    }
    nLeft += w;
    yLeft += w * yk;
    zLeft += w * zk;
    if (k + 1 < z.length) {
      const gap = (z[k + 1] as number) - zk;
      const width = gap / STEP_SHARPNESS;
      const moments = { ss: (nLeft * (n - nLeft)) / n, sy: -yLeft, sz: -zLeft };
      const { explained } = solveMoments(data, shape, moments, { least: 0, greatest: 1 / (4 * width) });
      cuts.push({ a: zk + gap / 2, b: Math.log(width), explained });
    }

    function through(): (Start & { explained: number }) | null {
      const m = n - w;
      const yMean = (-w * yk) / m;
      const zMean = (-w * zk) / m;
      rest.zz = zz - w * zk * zk - m * zMean * zMean;
      rest.zy = zy - w * zk * yk - m * zMean * yMean;
      const sMean = nRight / m;
      const moments = {
        ss: (nLeft * nRight) / m,
        sy: -w * yk - yLeft - nRight * yMean,
        sz: -w * zk - zLeft - nRight * zMean
      };
      const gap = Math.min(zk - (z[k - 1] as number), (z[k + 1] as number) - zk);
      const width = gap / STEP_SHARPNESS;
      const solved: Coefficients = solveMoments({ ...data, ...rest }, shape, moments, {
        least: 0,
        greatest: 1 / (4 * width)
      });
      if (solved.sigmoid === 0) return null;
      const level = (yk - yMean - solved.line * (zk - zMean)) / solved.sigmoid + sMean;
      if (!(level > 1e-6 && level < 1 - 1e-6)) return null;
      // Explained of Σwy², in which the group left out counts in full and so does the shift of the mean.
      const explained = solved.explained + w * yk * yk + m * yMean * yMean;
      return { a: zk - width * Math.log(level / (1 - level)), b: Math.log(width), explained };
    }
  }
  const best = (starts: (Start & { explained: number })[]) =>
    starts.sort((p, q) => q.explained - p.explained).slice(0, most);
  return [...best(throughs), ...best(cuts)].map(({ a, b }) => {
    const { place, width } = boundedPoint(data, shape, a, b);
    return { a: place, b: Math.log(width) };
  });
}
