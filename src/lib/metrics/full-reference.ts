import { ciede2000 } from './ciede2000.ts';
import { featureSimilarity } from './fsim.ts';
import { gmsd } from './gmsd.ts';
import { luma, type PixelImage } from './image.ts';
import { msSsim } from './ms-ssim.ts';
import { meanSquaredError, psnr } from './psnr.ts';
import { structuralSimilarity } from './ssim.ts';

/** Every built-in full-reference metric of one pair; null where a metric does not exist for it. */
export interface FullReferenceMetrics {
  identical: boolean;
  psnr: number | null;
  ssim: number | null;
  msSsim: number | null;
  fsim: number | null;
  /** FSIM with chroma; null where an image is grey. */
  fsimc: number | null;
  gmsd: number | null;
  ciede2000: number;
}

/**
 * The metrics of a pair; PSNR over all channels, CIEDE2000 and FSIMc on colour, the rest on luma. Each function's
 * own description says the formula and when there is no value. `identical` means every stored value is the
 * same, a grey image being read as R = G = B.
 *
 * @throws RangeError for images of different size.
 */
export function fullReferenceMetrics(reference: PixelImage, distorted: PixelImage): FullReferenceMetrics {
  const x = luma(reference);
  const y = luma(distorted);
  const finest = structuralSimilarity(x.data, y.data, x.widthPx, x.heightPx);
  return {
    identical: meanSquaredError(reference, distorted) === 0,
    psnr: psnr(reference, distorted),
    ssim: finest?.ssim ?? null,
    msSsim: msSsim(x, y, finest),
    ...featureSimilarity(reference, distorted),
    gmsd: gmsd(x, y),
    ciede2000: ciede2000(reference, distorted)
  };
}
