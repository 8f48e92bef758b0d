import { labOf, meanColourDifference } from './ciede2000.ts';
import { featuresOf, similarityOfFeatures, type FeatureSimilarity, type Features } from './fsim.ts';
import { gmsd } from './gmsd.ts';
import { luma, type GreyImage, type PixelImage } from './image.ts';
import { msSsim } from './ms-ssim.ts';
import { niqe, type PristineModel } from './niqe.ts';
import { colourfulness, rmsContrast, sharpness } from './no-reference.ts';
import { psnr } from './psnr.ts';
import { structuralSimilarity, type StructuralSimilarity } from './ssim.ts';

/** A value, or why there is none. */
export type Measured =
  | { ok: true; value: number }
  | { ok: false; failure: 'identical' | 'too-small' | 'grey' | 'undefined'; reason: string | null };

/** Pixels with what several metrics, or several comparisons, need of them: made when the first asks, then kept. */
export interface Prepared {
  image: PixelImage;
  luma(): GreyImage;
  /** L*, a*, b* interleaved. */
  lab(): Float64Array;
  features(): Features;
}

/** @param image a reference that is prepared once is compared with all its distorted versions at about half the cost. */
export function prepared(image: PixelImage): Prepared {
  let grey: GreyImage | null = null;
  let lab: Float64Array | null = null;
  let features: Features | null = null;
  return {
    image,
    luma: () => (grey ??= luma(image)),
    lab: () => (lab ??= labOf(image)),
    features: () => (features ??= featuresOf(image))
  };
}

/**
 * Built-in full-reference metrics of one pair, by name, each as `fullReferenceMetrics` has it; what several share is computed
 * once.
 *
 * @throws RangeError for pictures of different size or a name that is none of them.
 */
export function measurePair(
  names: readonly string[],
  reference: Prepared,
  distorted: Prepared
): Map<string, Measured> {
  const { image: x } = reference;
  const { image: y } = distorted;
  let structural: StructuralSimilarity | null | undefined;
  const finest = () =>
    (structural ??= structuralSimilarity(
      reference.luma().data,
      distorted.luma().data,
      x.widthPx,
      x.heightPx
    ));
  let found: FeatureSimilarity | undefined;
  const similarity = () => (found ??= similarityOfFeatures(reference.features(), distorted.features()));
  const one = (name: string): Measured => {
    switch (name) {
      case 'psnr':
        return valueOr(psnr(x, y), 'identical');
      case 'ssim':
        return valueOr(finest()?.ssim ?? null, 'too-small', 'SSIM needs 11 pixels on a side');
      case 'ms-ssim':
        return valueOr(
          msSsim(reference.luma(), distorted.luma(), finest()),
          'too-small',
          'MS-SSIM needs 176 pixels on a side'
        );
      case 'fsim':
        return valueOr(similarity().fsim, 'undefined', 'neither picture has any phase congruency');
      case 'fsimc':
        return x.channels === 1 || y.channels === 1
          ? { ok: false, failure: 'grey', reason: null }
          : valueOr(similarity().fsimc, 'undefined', 'neither picture has any phase congruency');
      case 'gmsd':
        return valueOr(gmsd(reference.luma(), distorted.luma()), 'too-small', 'a single pixel is left of it');
      case 'ciede2000':
        return valueOr(meanColourDifference(reference.lab(), distorted.lab()), 'undefined');
      default:
        throw new RangeError(`there is no full-reference metric ${name}`);
    }
  };
  return new Map(names.map((name) => [name, one(name)]));
}

/**
 * Built-in no-reference metrics of one picture, by name.
 *
 * @param pristine what NIQE measures against.
 * @throws RangeError for a name that is none of them, or NIQE without its model.
 */
export function measureAlone(
  names: readonly string[],
  picture: Prepared,
  pristine: PristineModel | null
): Map<string, Measured> {
  const one = (name: string): Measured => {
    switch (name) {
      case 'niqe':
        if (pristine === null) throw new RangeError('NIQE needs a pristine model');
        return valueOr(
          niqe(picture.luma(), pristine),
          'too-small',
          'NIQE needs two blocks of 96 × 96 pixels with some structure'
        );
      case 'sharpness':
        return valueOr(sharpness(picture.luma()), 'too-small', 'sharpness needs 3 pixels on a side');
      case 'colourfulness':
        return valueOr(colourfulness(picture.image), 'undefined');
      case 'contrast':
        return valueOr(rmsContrast(picture.luma()), 'undefined');
      default:
        throw new RangeError(`there is no no-reference metric ${name}`);
    }
  };
  return new Map(names.map((name) => [name, one(name)]));
}

function valueOr(
  value: number | null,
  failure: 'identical' | 'too-small' | 'undefined',
  reason: string | null = null
): Measured {
  if (value === null) return { ok: false, failure, reason };
  if (!Number.isFinite(value)) return { ok: false, failure: 'undefined', reason: `it came out as ${value}` };
  return { ok: true, value };
}
