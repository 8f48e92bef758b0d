import { blockAverages, gradientMagnitude, type Plane } from './gradient.ts';
import { requireSameSize, type PixelImage } from './image.ts';
import { phaseCongruency } from './phase-congruency.ts';

export interface FeatureSimilarity {
  fsim: number | null;
  fsimc: number | null;
}

const T_PHASE = 0.85;
const T_GRADIENT = 160;
const T_CHROMA = 200;
const CHROMA_POWER = 0.03;

/** Luma and the chroma channels of NTSC's YIQ, each as weights of R, G, B. */
const Y = [0.299, 0.587, 0.114] as const;
const I = [0.596, -0.274, -0.322] as const;
const Q = [0.211, -0.523, 0.312] as const;

/**
 * FSIM (Zhang, Zhang, Mou, Zhang 2011) on the luma 0.299 R + 0.587 G + 0.114 B, which its authors' code does not
 * round: both images averaged and subsampled by max(1, round(shorter side / 256)), then at every pixel the
 * similarity of phase congruency, (2 p₁p₂ + 0.85)/(p₁² + p₂² + 0.85), times that of the Scharr gradient magnitude,
 * (2 g₁g₂ + 160)/(g₁² + g₂² + 160), averaged with the weight max(p₁, p₂).
 *
 * FSIMc multiplies each pixel's similarity by that of the chroma channels I and Q of YIQ,
 * ((2 i₁i₂ + 200)/(i₁² + i₂² + 200) · (2 q₁q₂ + 200)/(q₁² + q₂² + 200))^0.03, the real part where that product is
 * negative.
 *
 * @returns both 1 for identical images; both null where neither of two different images has any phase congruency
 *   (flat ones), for then no pixel has weight; fsimc null where an image is grey.
 * @throws RangeError for images of different size.
 */
export function featureSimilarity(reference: PixelImage, distorted: PixelImage): FeatureSimilarity {
  return similarityOfFeatures(featuresOf(reference), featuresOf(distorted));
}

/** What FSIM compares of one picture, for one that is compared with many. */
export interface Features {
  widthPx: number;
  heightPx: number;
  planes: Plane[];
  phase: Float64Array;
  gradient: Float64Array;
  /** The channels I and Q; null for a grey picture. */
  chroma: { i: Plane; q: Plane } | null;
}

/** Averaged planes, phase congruency, gradient and chroma of one picture. */
export function featuresOf(image: PixelImage): Features {
  const { widthPx, heightPx } = image;
  const planes = averaged(image, Math.max(1, Math.round(Math.min(widthPx, heightPx) / 256)));
  const grey = weightedSum(planes, Y);
  return {
    widthPx,
    heightPx,
    planes,
    phase: phaseCongruency(grey),
    gradient: scharr(grey),
    chroma: image.channels === 3 ? { i: weightedSum(planes, I), q: weightedSum(planes, Q) } : null
  };
}

/** As `featureSimilarity`, of features taken before. @throws RangeError for pictures of different size. */
export function similarityOfFeatures(x: Features, y: Features): FeatureSimilarity {
  requireSameSize(x, y);
  const chroma = chromaSimilarity(x, y);
  let sum = 0;
  let sumWithChroma = 0;
  let weights = 0;
  for (let k = 0; k < x.phase.length; k++) {
    const p1 = x.phase[k] as number;
    const p2 = y.phase[k] as number;
    const g1 = x.gradient[k] as number;
    const g2 = y.gradient[k] as number;
    const similarity =
      ((2 * p1 * p2 + T_PHASE) / (p1 * p1 + p2 * p2 + T_PHASE)) *
      ((2 * g1 * g2 + T_GRADIENT) / (g1 * g1 + g2 * g2 + T_GRADIENT));
    const weight = Math.max(p1, p2);
    sum += similarity * weight;
    if (chroma !== null) sumWithChroma += similarity * (chroma[k] as number) * weight;
    weights += weight;
  }
  if (weights === 0) {
    // Where nothing differs every weighting gives 1, even one that vanishes.
    const identical = [0, 1, 2].every((c) => {
      const other = (y.planes[c] ?? y.planes[0]) as Plane;
      return ((x.planes[c] ?? x.planes[0]) as Plane).values.every((value, k) => value === other.values[k]);
    });
    const value = identical ? 1 : null;
    return { fsim: value, fsimc: chroma === null ? null : value };
  }
  return { fsim: sum / weights, fsimc: chroma === null ? null : sumWithChroma / weights };
}

/** Null where a picture is grey. */
function chromaSimilarity({ chroma: x }: Features, { chroma: y }: Features): Float64Array | null {
  if (x === null || y === null) return null;
  return x.i.values.map((a, k) => {
    const b = y.i.values[k] as number;
    const c = x.q.values[k] as number;
    const d = y.q.values[k] as number;
    const product =
      ((2 * a * b + T_CHROMA) / (a * a + b * b + T_CHROMA)) *
      ((2 * c * d + T_CHROMA) / (c * c + d * d + T_CHROMA));
    // A negative base has the complex power |x|^λ e^{iπλ}.
    return Math.abs(product) ** CHROMA_POWER * (product < 0 ? Math.cos(Math.PI * CHROMA_POWER) : 1);
  });
}

/** Averaging and the change of colour space are both linear: averaging first spares planes of full size. */
function averaged({ data, widthPx, heightPx, channels }: PixelImage, step: number): Plane[] {
  return Array.from({ length: channels }, (_, c) =>
    blockAverages(data, widthPx, heightPx, step, channels, c)
  );
}

function weightedSum(channels: readonly Plane[], [r, g, b]: readonly [number, number, number]): Plane {
  const [red, green, blue] = channels;
  if (red === undefined) throw new RangeError('an image has at least one channel');
  if (green === undefined || blue === undefined) return red;
  const values = red.values.map(
    (value, k) => r * value + g * (green.values[k] as number) + b * (blue.values[k] as number)
  );
  return { ...red, values };
}

function scharr({ values, width, height }: Plane): Float64Array {
  return gradientMagnitude(values, width, height, 3 / 16, 10 / 16);
}
