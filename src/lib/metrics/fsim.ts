import { blockAverages, gradientMagnitude, type Plane } from './gradient.ts';
import { requireSameSize, type PixelImage } from './image.ts';
import { phaseCongruency } from './phase-congruency.ts';

const T_PHASE = 0.85;
const T_GRADIENT = 160;
const T_CHROMA = 200;
const CHROMA_POWER = 0.03;

/**
 * FSIM (Zhang, Zhang, Mou, Zhang 2011) on the luma 0.299 R + 0.587 G + 0.114 B, which its authors' code does not
 * round: both images averaged and subsampled by max(1, round(shorter side / 256)), then at every pixel the
 * similarity of phase congruency, (2 p₁p₂ + 0.85)/(p₁² + p₂² + 0.85), times that of the Scharr gradient magnitude,
 * (2 g₁g₂ + 160)/(g₁² + g₂² + 160), averaged with the weight max(p₁, p₂).
 *
 * @returns 1 for identical images; null where neither of two different images has any phase congruency (flat
 *   ones), for then no pixel has weight.
 * @throws RangeError for images of different size.
 */
export function fsim(reference: PixelImage, distorted: PixelImage): number | null {
  return weighted(similarityMaps(reference, distorted));
}

/**
 * FSIMc: FSIM with each pixel's similarity multiplied by that of the two chroma channels I and Q of NTSC's
 * YIQ, ((2 i₁i₂ + 200)/(i₁² + i₂² + 200) · (2 q₁q₂ + 200)/(q₁² + q₂² + 200))^0.03, the real part where that
 * product is negative.
 *
 * @returns null for FSIM's reasons, and where an image is grey: then there is nothing that FSIM does not say.
 * @throws RangeError for images of different size.
 */
export function fsimc(reference: PixelImage, distorted: PixelImage): number | null {
  if (reference.channels === 1 || distorted.channels === 1) return null;
  const maps = similarityMaps(reference, distorted);
  const first = chroma(reference, maps.step);
  const second = chroma(distorted, maps.step);
  for (let k = 0; k < maps.similarity.length; k++) {
    let product = 1;
    for (const channel of [0, 1] as const) {
      const a = first[channel].values[k] as number;
      const b = second[channel].values[k] as number;
      product *= (2 * a * b + T_CHROMA) / (a * a + b * b + T_CHROMA);
    }
    // A negative base has the complex power |x|^λ e^{iπλ}.
    const power = Math.abs(product) ** CHROMA_POWER * (product < 0 ? Math.cos(Math.PI * CHROMA_POWER) : 1);
    maps.similarity[k] = (maps.similarity[k] as number) * power;
  }
  return weighted(maps);
}

interface SimilarityMaps {
  step: number;
  similarity: Float64Array;
  weight: Float64Array;
  identical: boolean;
}

function similarityMaps(reference: PixelImage, distorted: PixelImage): SimilarityMaps {
  requireSameSize(reference, distorted);
  const { widthPx, heightPx } = reference;
  const step = Math.max(1, Math.round(Math.min(widthPx, heightPx) / 256));
  const x = blockAverages(unroundedLuma(reference), widthPx, heightPx, step);
  const y = blockAverages(unroundedLuma(distorted), widthPx, heightPx, step);
  const [phaseX, phaseY] = phaseCongruency([x, y]) as [Float64Array, Float64Array];
  const gradientX = scharr(x);
  const gradientY = scharr(y);
  const similarity = new Float64Array(phaseX.length);
  const weight = new Float64Array(phaseX.length);
  for (let i = 0; i < similarity.length; i++) {
    const p1 = phaseX[i] as number;
    const p2 = phaseY[i] as number;
    const g1 = gradientX[i] as number;
    const g2 = gradientY[i] as number;
    similarity[i] =
      ((2 * p1 * p2 + T_PHASE) / (p1 * p1 + p2 * p2 + T_PHASE)) *
      ((2 * g1 * g2 + T_GRADIENT) / (g1 * g1 + g2 * g2 + T_GRADIENT));
    weight[i] = Math.max(p1, p2);
  }
  return { step, similarity, weight, identical: x.values.every((value, i) => value === y.values[i]) };
}

function weighted({ similarity, weight, identical }: SimilarityMaps): number | null {
  let sum = 0;
  let weights = 0;
  for (let i = 0; i < similarity.length; i++) {
    sum += (similarity[i] as number) * (weight[i] as number);
    weights += weight[i] as number;
  }
  // Where nothing differs every weighting gives 1, even one that vanishes.
  if (weights === 0) return identical ? 1 : null;
  return sum / weights;
}

function unroundedLuma({ channels, data, widthPx, heightPx }: PixelImage): ArrayLike<number> {
  if (channels === 1) return data;
  const y = new Float64Array(widthPx * heightPx);
  for (let at = 0, from = 0; at < y.length; at++, from += 3) {
    y[at] =
      0.299 * (data[from] as number) +
      0.587 * (data[from + 1] as number) +
      0.114 * (data[from + 2] as number);
  }
  return y;
}

function scharr({ values, width, height }: Plane): Float64Array {
  return gradientMagnitude(values, width, height, 3 / 16, 10 / 16);
}

function chroma({ data, widthPx, heightPx }: PixelImage, step: number): [Plane, Plane] {
  const i = new Float64Array(widthPx * heightPx);
  const q = new Float64Array(widthPx * heightPx);
  for (let at = 0, from = 0; at < i.length; at++, from += 3) {
    const r = data[from] as number;
    const g = data[from + 1] as number;
    const b = data[from + 2] as number;
    i[at] = 0.596 * r - 0.274 * g - 0.322 * b;
    q[at] = 0.211 * r - 0.523 * g + 0.312 * b;
  }
  return [blockAverages(i, widthPx, heightPx, step), blockAverages(q, widthPx, heightPx, step)];
}
