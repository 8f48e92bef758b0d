import { luma, type GreyImage, type PixelImage } from './image.ts';

/**
 * Sharpness as the variance of the Laplacian: of −4 × the pixel + its four neighbours, over all inner pixels
 * of the luma (dividing by their number). Squared 8-bit steps; blur lowers it, noise raises it too.
 *
 * Source: Pech-Pacheco, Cristóbal, Chamorro-Martínez, Fernández-Valdivia 2000.
 *
 * @returns 0 for a flat image; null below 3 × 3 pixels.
 */
export function sharpness({ widthPx, heightPx, data }: GreyImage): number | null {
  if (widthPx < 3 || heightPx < 3) return null;
  let sum = 0;
  let squares = 0;
  for (let row = 1; row < heightPx - 1; row++) {
    for (let at = row * widthPx + 1; at < (row + 1) * widthPx - 1; at++) {
      const around =
        (data[at - 1] as number) +
        (data[at + 1] as number) +
        (data[at - widthPx] as number) +
        (data[at + widthPx] as number);
      const value = around - 4 * (data[at] as number);
      sum += value;
      squares += value * value;
    }
  }
  const n = (widthPx - 2) * (heightPx - 2);
  return squares / n - (sum / n) ** 2;
}

/**
 * Colourfulness: with rg = R − G and yb = (R + G)/2 − B per pixel, √(σrg² + σyb²) + 0.3 √(μrg² + μyb²), the
 * moments over all pixels (dividing by n).
 *
 * Source: Hasler, Süsstrunk 2003, "Measuring colourfulness in natural images", their metric M³.
 *
 * @returns 0 for a grey image.
 */
export function colourfulness({ channels, data }: PixelImage): number {
  if (channels === 1) return 0;
  const n = data.length / 3;
  let sumRg = 0;
  let sumYb = 0;
  let squaresRg = 0;
  let squaresYb = 0;
  for (let i = 0; i < data.length; i += 3) {
    const r = data[i] as number;
    const g = data[i + 1] as number;
    const rg = r - g;
    const yb = (r + g) / 2 - (data[i + 2] as number);
    sumRg += rg;
    sumYb += yb;
    squaresRg += rg * rg;
    squaresYb += yb * yb;
  }
  const meanRg = sumRg / n;
  const meanYb = sumYb / n;
  const variance = squaresRg / n - meanRg ** 2 + squaresYb / n - meanYb ** 2;
  return Math.sqrt(Math.max(0, variance)) + 0.3 * Math.hypot(meanRg, meanYb);
}

/**
 * RMS contrast (Peli 1990): the standard deviation (dividing by n) of the luma on 0–1.
 *
 * @returns 0 for a flat image, at most 0.5.
 */
export function rmsContrast({ data }: GreyImage): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return Math.sqrt(Math.max(0, squares / data.length - mean * mean)) / 255;
}

export interface NoReferenceMetrics {
  sharpness: number | null;
  colourfulness: number;
  contrast: number;
}

/** The three simple measures of one image. */
export function noReferenceMetrics(image: PixelImage): NoReferenceMetrics {
  const grey = luma(image);
  return { sharpness: sharpness(grey), colourfulness: colourfulness(image), contrast: rmsContrast(grey) };
}
