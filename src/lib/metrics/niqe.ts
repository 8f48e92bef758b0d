import { fitAsymmetricGaussian, logGamma } from './aggd.ts';
import type { GreyImage } from './image.ts';
import { pseudoInverse } from './symmetric.ts';

/** What NIQE knows of undistorted pictures: mean and covariance of its features over their sharp blocks. */
export interface PristineModel {
  mean: number[];
  covariance: number[][];
  /** Blocks and pictures that it was fitted from. */
  blocks: number;
  pictures: number;
}

/** Side of a block at the first scale, pixels. */
export const BLOCK_PX = 96;
export const FEATURES = 36;
/** Of the sharpest block of its picture: what a pristine block must reach. */
const SHARP_SHARE = 0.75;

/**
 * The features of a picture's blocks: per scale (full, then half) 18 parameters of asymmetric generalised Gaussians, fitted
 * to the locally normalised luminance and to the products of its neighbours in four directions.
 *
 * @returns one row a block that has all features, with the mean local deviation as its sharpness; empty below one block.
 */
export function niqeBlocks(image: GreyImage): { features: Float64Array; sharpness: number }[] {
  const columns = Math.floor(image.widthPx / BLOCK_PX);
  const rows = Math.floor(image.heightPx / BLOCK_PX);
  if (columns === 0 || rows === 0) return [];
  const width = columns * BLOCK_PX;
  const height = rows * BLOCK_PX;
  let plane: Plane = { width, height, data: cropped(image, width, height) };
  const features: (Float64Array | null)[] = Array.from(
    { length: rows * columns },
    () => new Float64Array(FEATURES)
  );
  const sharpness = new Float64Array(rows * columns);
  for (const scale of [1, 2]) {
    const side = BLOCK_PX / scale;
    const { normalised, deviation } = locallyNormalised(plane);
    for (let block = 0; block < rows * columns; block++) {
      const top = Math.floor(block / columns) * side;
      const left = (block % columns) * side;
      if (scale === 1) sharpness[block] = mean(blockOf(deviation, plane.width, left, top, side));
      const own = features[block];
      if (!own) continue;
      const found = blockFeatures(blockOf(normalised, plane.width, left, top, side), side);
      if (found === null) features[block] = null;
      else own.set(found, (scale - 1) * (FEATURES / 2));
    }
    if (scale === 1) plane = halved(plane);
  }
  return features.flatMap((row, block) =>
    row === null ? [] : [{ features: row, sharpness: sharpness[block] as number }]
  );
}

/**
 * A pristine model from undistorted pictures: of each the blocks that are at least 0.75 as sharp as its sharpest.
 *
 * @returns null where no more blocks are left than there are features, so that their covariance would be singular: use more
 *   or larger pictures. The metric's authors took 125 pictures.
 */
export function fitPristineModel(pictures: Iterable<GreyImage>): PristineModel | null {
  const rows: Float64Array[] = [];
  let count = 0;
  for (const picture of pictures) {
    count++;
    rows.push(...sharpBlocks(picture));
  }
  return modelOf(rows, count);
}

/** The blocks of one picture that a pristine model takes. */
export function sharpBlocks(picture: GreyImage): Float64Array[] {
  const blocks = niqeBlocks(picture);
  const sharpest = Math.max(0, ...blocks.map((block) => block.sharpness));
  return blocks.filter((block) => block.sharpness > SHARP_SHARE * sharpest).map((block) => block.features);
}

/** Mean and covariance (n − 1) of blocks' features; null for no more blocks than features. */
export function modelOf(rows: readonly Float64Array[], pictures: number): PristineModel | null {
  const gaussian = rows.length > FEATURES ? gaussianOf(rows) : null;
  if (gaussian === null) return null;
  return {
    mean: [...gaussian.mean],
    covariance: gaussian.covariance.map((row) => [...row]),
    blocks: rows.length,
    pictures
  };
}

/**
 * NIQE: how far a picture's block statistics lie from those of undistorted pictures,
 * √((μ₁ − μ₂)ᵀ ((Σ₁ + Σ₂)/2)⁺ (μ₁ − μ₂)). Lower is better; 0 would be the model itself. All blocks of the judged picture
 * count, sharp or not.
 *
 * Source: Mittal, Soundararajan, Bovik, "Making a completely blind image quality analyzer", IEEE SPL 2013.
 *
 * @returns null for fewer than two blocks of 96 × 96 pixels with defined features.
 */
export function niqe(image: GreyImage, model: PristineModel): number | null {
  const own = gaussianOf(niqeBlocks(image).map((block) => block.features));
  if (own === null) return null;
  const difference = own.mean.map((value, i) => value - (model.mean[i] as number));
  const pooled = own.covariance.map((row, i) =>
    row.map((value, j) => (value + (model.covariance[i]?.[j] as number)) / 2)
  );
  const inverse = pseudoInverse(pooled);
  let squared = 0;
  inverse.forEach((row, i) => {
    row.forEach((value, j) => {
      squared += (difference[i] as number) * value * (difference[j] as number);
    });
  });
  return Math.sqrt(Math.max(0, squared));
}

interface Plane {
  width: number;
  height: number;
  data: Float64Array;
}

function cropped({ widthPx, data }: GreyImage, width: number, height: number): Float64Array {
  const plane = new Float64Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      plane[row * width + column] = data[row * widthPx + column] as number;
    }
  }
  return plane;
}

/** 7 × 7 Gaussian of σ = 7/6, edges replicated, as one row applied twice. */
const WINDOW = (() => {
  const weights = Array.from({ length: 7 }, (_, i) => Math.exp(-((i - 3) ** 2) / (2 * (7 / 6) ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
})();

function smoothed({ width, height, data }: Plane): Float64Array {
  const [w0, w1, w2, w3] = WINDOW as [number, number, number, number];
  const across = new Float64Array(data.length);
  // A line with its ends repeated spares the inner loop every question about the edge.
  const line = new Float64Array(width + 6);
  for (let row = 0; row < height; row++) {
    const from = row * width;
    line.set(data.subarray(from, from + width), 3);
    line.fill(line[3] as number, 0, 3);
    line.fill(line[width + 2] as number, width + 3);
    for (let i = 0; i < width; i++) {
      across[from + i] =
        w0 * ((line[i] as number) + (line[i + 6] as number)) +
        w1 * ((line[i + 1] as number) + (line[i + 5] as number)) +
        w2 * ((line[i + 2] as number) + (line[i + 4] as number)) +
        w3 * (line[i + 3] as number);
    }
  }
  const result = new Float64Array(data.length);
  for (let row = 0; row < height; row++) {
    const at = (k: number) => Math.min(height - 1, Math.max(0, row + k)) * width;
    const [r0, r1, r2, r3, r4, r5, r6] = [at(-3), at(-2), at(-1), at(0), at(1), at(2), at(3)];
    for (let i = 0; i < width; i++) {
      result[row * width + i] =
        w0 * ((across[r0 + i] as number) + (across[r6 + i] as number)) +
        w1 * ((across[r1 + i] as number) + (across[r5 + i] as number)) +
        w2 * ((across[r2 + i] as number) + (across[r4 + i] as number)) +
        w3 * (across[r3 + i] as number);
    }
  }
  return result;
}

/** (I − μ)/(σ + 1) with local mean and deviation. */
function locallyNormalised(plane: Plane): { normalised: Float64Array; deviation: Float64Array } {
  const means = smoothed(plane);
  const squares = smoothed({ ...plane, data: plane.data.map((value) => value * value) });
  const deviation = squares.map((value, i) => Math.sqrt(Math.abs(value - (means[i] as number) ** 2)));
  const normalised = plane.data.map(
    (value, i) => (value - (means[i] as number)) / ((deviation[i] as number) + 1)
  );
  return { normalised, deviation };
}

function blockOf(data: Float64Array, width: number, left: number, top: number, side: number): Float64Array {
  const block = new Float64Array(side * side);
  for (let row = 0; row < side; row++) {
    const from = (top + row) * width + left;
    block.set(data.subarray(from, from + side), row * side);
  }
  return block;
}

/** Down, right and the two diagonals: what a value is multiplied with, the block being closed to a ring. */
const SHIFTS = [
  [0, 1],
  [1, 0],
  [1, 1],
  [1, -1]
] as const;

function blockFeatures(block: Float64Array, side: number): number[] | null {
  const own = fitAsymmetricGaussian(block);
  if (own === null) return null;
  const features = [own.alpha, (own.betaLeft + own.betaRight) / 2];
  const product = new Float64Array(block.length);
  for (const [down, right] of SHIFTS) {
    for (let row = 0; row < side; row++) {
      const own = row * side;
      const other = ((row - down + side) % side) * side;
      for (let column = 0; column < side; column++) {
        let beside = column - right;
        if (beside < 0) beside += side;
        else if (beside >= side) beside -= side;
        product[own + column] = (block[own + column] as number) * (block[other + beside] as number);
      }
    }
    const fit = fitAsymmetricGaussian(product);
    if (fit === null) return null;
    features.push(fit.alpha, meanOf(fit), fit.betaLeft, fit.betaRight);
  }
  return features;
}

/** Mean of an asymmetric generalised Gaussian: (β_r − β_l)·Γ(2/α)/Γ(1/α). */
function meanOf({
  alpha,
  betaLeft,
  betaRight
}: {
  alpha: number;
  betaLeft: number;
  betaRight: number;
}): number {
  return (betaRight - betaLeft) * Math.exp(logGamma(2 / alpha) - logGamma(1 / alpha));
}

/** Cubic convolution (Keys, a = −½) to half the size with the kernel widened to the new pixels, edges mirrored. */
function halved(plane: Plane): Plane {
  return acrossHalved(turned(acrossHalved(turned(plane))));
}

function turned({ width, height, data }: Plane): Plane {
  const result = new Float64Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      result[column * height + row] = data[row * width + column] as number;
    }
  }
  return { width: height, height: width, data: result };
}

const TAPS = Array.from({ length: 8 }, (_, i) => cubic((i - 3.5) / 2) / 2);

function acrossHalved({ width, height, data }: Plane): Plane {
  const half = Math.floor(width / 2);
  const result = new Float64Array(half * height);
  const line = new Float64Array(width + 7);
  const mirrored = (at: number) => (at < 0 ? -1 - at : at >= width ? 2 * width - 1 - at : at);
  for (let row = 0; row < height; row++) {
    for (let at = -3; at < width + 4; at++) line[at + 3] = data[row * width + mirrored(at)] as number;
    for (let column = 0; column < half; column++) {
      let sum = 0;
      for (let tap = 0; tap < 8; tap++) sum += (TAPS[tap] as number) * (line[2 * column + tap] as number);
      result[row * half + column] = sum;
    }
  }
  return { width: half, height, data: result };
}

function cubic(x: number): number {
  const a = Math.abs(x);
  if (a <= 1) return 1.5 * a ** 3 - 2.5 * a ** 2 + 1;
  if (a <= 2) return -0.5 * a ** 3 + 2.5 * a ** 2 - 4 * a + 2;
  return 0;
}

function gaussianOf(rows: readonly Float64Array[]): { mean: number[]; covariance: number[][] } | null {
  if (rows.length < 2) return null;
  const means = Array.from({ length: FEATURES }, (_, i) =>
    mean(Float64Array.from(rows, (row) => row[i] as number))
  );
  const covariance = means.map((meanI, i) =>
    means.map((meanJ, j) => {
      let sum = 0;
      for (const row of rows) sum += ((row[i] as number) - meanI) * ((row[j] as number) - meanJ);
      return sum / (rows.length - 1);
    })
  );
  return { mean: means, covariance };
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
