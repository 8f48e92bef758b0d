import { requireSameSize, type GreyImage } from './image.ts';

/** Means over the valid window positions. */
export interface StructuralSimilarity {
  /** Luminance × contrast × structure: the SSIM index. */
  ssim: number;
  /** Contrast × structure alone, as MS-SSIM takes it from its finer scales. */
  contrastStructure: number;
}

export const SSIM_WINDOW = 11;
const SIGMA = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** One half of the symmetric window with its middle; the whole sums to 1. */
const [G0, G1, G2, G3, G4, G5] = gaussianHalf();

/**
 * SSIM (Wang, Bovik, Sheikh, Simoncelli 2004): at every position of an 11 × 11 Gaussian window (σ = 1.5,
 * summing to 1) that lies wholly inside the image,
 *
 *   (2 μx μy + C₁)(2 σxy + C₂) / ((μx² + μy² + C₁)(σx² + σy² + C₂)),  C₁ = (0.01·255)², C₂ = (0.03·255)²,
 *
 * with weighted moments (dividing by 1), averaged over the positions. No downsampling before it.
 *
 * @param reference, distorted luma, 0–255.
 * @returns 1 exactly for identical images; null where a side is below 11 pixels and no window fits.
 * @throws RangeError for images of different size.
 */
export function ssim(reference: GreyImage, distorted: GreyImage): number | null {
  requireSameSize(reference, distorted);
  const { widthPx, heightPx } = reference;
  return structuralSimilarity(reference.data, distorted.data, widthPx, heightPx)?.ssim ?? null;
}

/**
 * Both means at one scale, of values that need not be whole. Only four filtered maps are needed: the two
 * variances enter as their sum alone. Each row is filtered along itself once and kept for the eleven rows that
 * need it, so memory is that of a few rows, whatever the image's size.
 */
export function structuralSimilarity(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  width: number,
  height: number
): StructuralSimilarity | null {
  if (width < SSIM_WINDOW || height < SSIM_WINDOW) return null;
  const across = width - SSIM_WINDOW + 1;
  const down = height - SSIM_WINDOW + 1;
  const lineX = new Float64Array(width);
  const lineY = new Float64Array(width);
  const lineSquares = new Float64Array(width);
  const lineProduct = new Float64Array(width);
  const keptX = new Float64Array(SSIM_WINDOW * across);
  const keptY = new Float64Array(SSIM_WINDOW * across);
  const keptSquares = new Float64Array(SSIM_WINDOW * across);
  const keptProduct = new Float64Array(SSIM_WINDOW * across);
  let sumSsim = 0;
  let sumContrast = 0;
  for (let row = 0; row < height; row++) {
    const from = row * width;
    for (let i = 0; i < width; i++) {
      const a = x[from + i] as number;
      const b = y[from + i] as number;
      lineX[i] = a;
      lineY[i] = b;
      lineSquares[i] = a * a + b * b;
      lineProduct[i] = a * b;
    }
    const to = (row % SSIM_WINDOW) * across;
    filterRow(lineX, keptX, to, across);
    filterRow(lineY, keptY, to, across);
    filterRow(lineSquares, keptSquares, to, across);
    filterRow(lineProduct, keptProduct, to, across);
    if (row < SSIM_WINDOW - 1) continue;

    // The oldest kept row is the one after this; rows in the order of the window.
    const r = (k: number) => ((row + 1 + k) % SSIM_WINDOW) * across;
    const [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10] = [
      r(0),
      r(1),
      r(2),
      r(3),
      r(4),
      r(5),
      r(6),
      r(7),
      r(8),
      r(9),
      r(10)
    ];
    let rowSsim = 0;
    let rowContrast = 0;
    for (let i = 0; i < across; i++) {
      const muX = folded(
        keptX,
        i + r0,
        i + r1,
        i + r2,
        i + r3,
        i + r4,
        i + r5,
        i + r6,
        i + r7,
        i + r8,
        i + r9,
        i + r10
      );
      const muY = folded(
        keptY,
        i + r0,
        i + r1,
        i + r2,
        i + r3,
        i + r4,
        i + r5,
        i + r6,
        i + r7,
        i + r8,
        i + r9,
        i + r10
      );
      const squares = folded(
        keptSquares,
        i + r0,
        i + r1,
        i + r2,
        i + r3,
        i + r4,
        i + r5,
        i + r6,
        i + r7,
        i + r8,
        i + r9,
        i + r10
      );
      const product = folded(
        keptProduct,
        i + r0,
        i + r1,
        i + r2,
        i + r3,
        i + r4,
        i + r5,
        i + r6,
        i + r7,
        i + r8,
        i + r9,
        i + r10
      );
      const meanSquares = muX * muX + muY * muY;
      const meanProduct = muX * muY;
      const contrast = (2 * (product - meanProduct) + C2) / (squares - meanSquares + C2);
      rowContrast += contrast;
      rowSsim += contrast * ((2 * meanProduct + C1) / (meanSquares + C1));
    }
    sumSsim += rowSsim;
    sumContrast += rowContrast;
  }
  const positions = across * down;
  return { ssim: sumSsim / positions, contrastStructure: sumContrast / positions };
}

function filterRow(line: Float64Array, out: Float64Array, to: number, across: number): void {
  for (let i = 0; i < across; i++) {
    out[to + i] = folded(line, i, i + 1, i + 2, i + 3, i + 4, i + 5, i + 6, i + 7, i + 8, i + 9, i + 10);
  }
}

/** Eleven values under the window; the symmetric pairs are added before they are weighted. */
function folded(
  v: Float64Array,
  i0: number,
  i1: number,
  i2: number,
  i3: number,
  i4: number,
  i5: number,
  i6: number,
  i7: number,
  i8: number,
  i9: number,
  i10: number
): number {
  return (
    G0 * ((v[i0] as number) + (v[i10] as number)) +
    G1 * ((v[i1] as number) + (v[i9] as number)) +
    G2 * ((v[i2] as number) + (v[i8] as number)) +
    G3 * ((v[i3] as number) + (v[i7] as number)) +
    G4 * ((v[i4] as number) + (v[i6] as number)) +
    G5 * (v[i5] as number)
  );
}

function gaussianHalf(): [number, number, number, number, number, number] {
  const g = [5, 4, 3, 2, 1, 0].map((distance) => Math.exp(-(distance * distance) / (2 * SIGMA * SIGMA)));
  const total = 2 * g.reduce((sum, value) => sum + value, 0) - 1;
  return g.map((value) => value / total) as [number, number, number, number, number, number];
}
