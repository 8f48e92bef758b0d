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
  requireSameSize(reference, distorted);
  const step = Math.max(1, Math.round(Math.min(reference.widthPx, reference.heightPx) / 256));
  const x = averaged(reference, step);
  const y = averaged(distorted, step);
  const lumaX = weightedSum(x, Y);
  const lumaY = weightedSum(y, Y);
  const [phaseX, phaseY] = phaseCongruency([lumaX, lumaY]) as [Float64Array, Float64Array];
  const gradientX = scharr(lumaX);
  const gradientY = scharr(lumaY);
  const chroma = reference.channels === 3 && distorted.channels === 3 ? chromaSimilarity(x, y) : null;
  let sum = 0;
  let sumWithChroma = 0;
  let weights = 0;
  for (let k = 0; k < phaseX.length; k++) {
    const p1 = phaseX[k] as number;
    const p2 = phaseY[k] as number;
    const g1 = gradientX[k] as number;
    const g2 = gradientY[k] as number;
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
      const other = (y[c] ?? y[0]) as Plane;
      return ((x[c] ?? x[0]) as Plane).values.every((value, k) => value === other.values[k]);
    });
    const value = identical ? 1 : null;
    return { fsim: value, fsimc: chroma === null ? null : value };
  }
  return { fsim: sum / weights, fsimc: chroma === null ? null : sumWithChroma / weights };
}

function chromaSimilarity(x: readonly Plane[], y: readonly Plane[]): Float64Array {
  const [ix, qx, iy, qy] = [weightedSum(x, I), weightedSum(x, Q), weightedSum(y, I), weightedSum(y, Q)];
  return ix.values.map((a, k) => {
    const b = iy.values[k] as number;
    const c = qx.values[k] as number;
    const d = qy.values[k] as number;
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
