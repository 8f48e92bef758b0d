import { blockAverages, gradientMagnitude } from './gradient.ts';
import { requireSameSize, type GreyImage } from './image.ts';

const STABILISER = 170;

/**
 * Gradient magnitude similarity deviation (Xue, Zhang, Mou, Bovik 2014): both images averaged over 2 × 2 and
 * taken at every second pixel, Prewitt gradient magnitudes g, the similarity (2 g₁g₂ + 170)/(g₁² + g₂² + 170)
 * per pixel, and of that map the standard deviation (n − 1). 0 is no difference, larger is worse.
 *
 * @param reference, distorted luma, 0–255.
 * @returns 0 for identical images; null where a single pixel is left and there is no deviation.
 * @throws RangeError for images of different size.
 */
export function gmsd(reference: GreyImage, distorted: GreyImage): number | null {
  requireSameSize(reference, distorted);
  const first = gradients(reference);
  const second = gradients(distorted);
  const n = first.length;
  if (n < 2) return null;
  const similarity = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const a = first[i] as number;
    const b = second[i] as number;
    const value = (2 * a * b + STABILISER) / (a * a + b * b + STABILISER);
    similarity[i] = value;
    sum += value;
  }
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((similarity[i] as number) - mean) ** 2;
  return Math.sqrt(squares / (n - 1));
}

function gradients({ data, widthPx, heightPx }: GreyImage): Float64Array {
  const { values, width, height } = blockAverages(data, widthPx, heightPx, 2);
  return gradientMagnitude(values, width, height, 1 / 3, 1 / 3);
}
