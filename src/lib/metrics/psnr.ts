import { asRgb, requireSameSize, type PixelImage } from './image.ts';

/**
 * Mean squared error: the mean of (x − y)² over every value of every channel, in squared 8-bit steps. Where
 * one image is grey and the other is not, grey is read as R = G = B.
 *
 * @throws RangeError for images of different size.
 */
export function meanSquaredError(reference: PixelImage, distorted: PixelImage): number {
  requireSameSize(reference, distorted);
  const both = reference.channels === distorted.channels;
  const x = (both ? reference : asRgb(reference)).data;
  const y = (both ? distorted : asRgb(distorted)).data;
  // Whole numbers below 2^53 for any image that fits into memory: the sum is exact.
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const difference = (x[i] as number) - (y[i] as number);
    sum += difference * difference;
  }
  return sum / x.length;
}

/**
 * Peak signal-to-noise ratio in dB: 10 log₁₀(255² / MSE) over all channels.
 *
 * @returns null for identical images, where it is infinite.
 * @throws RangeError for images of different size.
 */
export function psnr(reference: PixelImage, distorted: PixelImage): number | null {
  const error = meanSquaredError(reference, distorted);
  return error === 0 ? null : 10 * Math.log10((255 * 255) / error);
}
