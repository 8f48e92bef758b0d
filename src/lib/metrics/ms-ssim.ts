import { requireSameSize, type GreyImage } from './image.ts';
import { SSIM_WINDOW, structuralSimilarity, type StructuralSimilarity } from './ssim.ts';

/** Of the five scales, from the finest; Wang, Simoncelli, Bovik 2003. */
const WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/**
 * MS-SSIM (Wang, Simoncelli, Bovik 2003): the product over five scales of the mean contrast-structure term
 * to the scale's weight, with the full SSIM at the fifth. Each scale halves the one before by the means of
 * 2 × 2 blocks; an odd last row or column is dropped. Means of whole maps are raised to the weights.
 *
 * A mean contrast-structure term below zero (an inverted image) has no real power and counts as 0, so the
 * product is 0.
 *
 * @param reference, distorted luma, 0–255.
 * @param finest the first scale's means, where the caller has them already.
 * @returns 1 for identical images; null where the fifth scale falls under 11 pixels on a side (176 pixels
 *   before halving).
 * @throws RangeError for images of different size.
 */
export function msSsim(
  reference: GreyImage,
  distorted: GreyImage,
  finest: StructuralSimilarity | null = null
): number | null {
  requireSameSize(reference, distorted);
  let width = reference.widthPx;
  let height = reference.heightPx;
  const halvings = WEIGHTS.length - 1;
  if (Math.min(width, height) >> halvings < SSIM_WINDOW) return null;
  let x: ArrayLike<number> = reference.data;
  let y: ArrayLike<number> = distorted.data;
  let product = 1;
  for (const [scale, weight] of WEIGHTS.entries()) {
    const known = scale === 0 ? finest : null;
    const means = known ?? (structuralSimilarity(x, y, width, height) as StructuralSimilarity);
    const term = scale === halvings ? means.ssim : means.contrastStructure;
    product *= Math.max(0, term) ** weight;
    if (scale === halvings) break;
    x = halved(x, width, height);
    y = halved(y, width, height);
    width >>= 1;
    height >>= 1;
  }
  return product;
}

function halved(values: ArrayLike<number>, width: number, height: number): Float64Array {
  const across = width >> 1;
  const down = height >> 1;
  const half = new Float64Array(across * down);
  for (let row = 0, to = 0; row < down; row++) {
    let from = 2 * row * width;
    for (let i = 0; i < across; i++, from += 2, to++) {
      const upper = (values[from] as number) + (values[from + 1] as number);
      const lower = (values[from + width] as number) + (values[from + width + 1] as number);
      half[to] = (upper + lower) / 4;
    }
  }
  return half;
}
