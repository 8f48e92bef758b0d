import { asRgb, luma, type PixelImage } from './image.ts';

/** The built-in description of a picture, where no encoder's features are at hand. A change of it is another version. */
export const DESCRIPTOR = {
  name: 'descriptor',
  label: 'Built-in descriptor',
  version: '1',
  what: 'layout of light, colours and edges: tells pictures apart by what they look like, not by what they show'
} as const;

const LAYOUT = 8;
const LEVELS = 4;
const CELLS = 4;
const ORIENTATIONS = 8;
/** Numbers of a description. */
export const DESCRIPTOR_DIMENSION = LAYOUT ** 2 + LEVELS ** 3 + CELLS ** 2 * ORIENTATIONS;

/**
 * A picture as 256 numbers in three parts, each of length 1 (or 0 where it says nothing) and weighted alike, so that the cosine
 * between two pictures is the mean of the three parts' cosines:
 *
 * - layout: the mean luma of 8 × 8 equal cells less the mean of all;
 * - colour: the square root of the shares of 4 × 4 × 4 equal parts of RGB;
 * - edges: in 4 × 4 cells, the gradient magnitudes of the luma (central differences) by 8 orientations, 180° apart the same.
 *
 * Any size; a larger copy of a picture has nearly the same description.
 *
 * @returns null below 8 × 8 pixels.
 */
export function describePicture(image: PixelImage): Float32Array | null {
  const { widthPx, heightPx } = image;
  if (widthPx < LAYOUT || heightPx < LAYOUT) return null;
  const grey = luma(image).data;
  const parts = [
    layoutOf(grey, widthPx, heightPx),
    coloursOf(asRgb(image).data),
    edgesOf(grey, widthPx, heightPx)
  ];
  return Float32Array.from(parts.flatMap((part) => weighted(part, 1 / Math.sqrt(parts.length))));
}

function layoutOf(grey: Uint8Array, widthPx: number, heightPx: number): Float64Array {
  const sums = new Float64Array(LAYOUT * LAYOUT);
  const counts = new Float64Array(LAYOUT * LAYOUT);
  for (let y = 0, at = 0; y < heightPx; y++) {
    const row = Math.floor((y * LAYOUT) / heightPx) * LAYOUT;
    for (let x = 0; x < widthPx; x++, at++) {
      const cell = row + Math.floor((x * LAYOUT) / widthPx);
      sums[cell] = (sums[cell] as number) + (grey[at] as number);
      counts[cell] = (counts[cell] as number) + 1;
    }
  }
  const means = sums.map((sum, cell) => sum / (counts[cell] as number));
  const mean = means.reduce((total, value) => total + value, 0) / means.length;
  return means.map((value) => value - mean);
}

function coloursOf(rgb: Uint8Array): Float64Array {
  const counts = new Float64Array(LEVELS ** 3);
  const level = (value: number) => (value * LEVELS) >> 8;
  for (let i = 0; i < rgb.length; i += 3) {
    const part =
      (level(rgb[i] as number) * LEVELS + level(rgb[i + 1] as number)) * LEVELS + level(rgb[i + 2] as number);
    counts[part] = (counts[part] as number) + 1;
  }
  return counts.map(Math.sqrt);
}

function edgesOf(grey: Uint8Array, widthPx: number, heightPx: number): Float64Array {
  const sums = new Float64Array(CELLS * CELLS * ORIENTATIONS);
  for (let y = 1; y < heightPx - 1; y++) {
    const row = Math.floor((y * CELLS) / heightPx) * CELLS;
    for (let x = 1; x < widthPx - 1; x++) {
      const at = y * widthPx + x;
      const dx = (grey[at + 1] as number) - (grey[at - 1] as number);
      const dy = (grey[at + widthPx] as number) - (grey[at - widthPx] as number);
      if (dx === 0 && dy === 0) continue;
      const turn = (Math.atan2(dy, dx) / Math.PI + 1) % 1;
      const orientation = Math.min(ORIENTATIONS - 1, Math.floor(turn * ORIENTATIONS));
      const cell = (row + Math.floor((x * CELLS) / widthPx)) * ORIENTATIONS + orientation;
      sums[cell] = (sums[cell] as number) + Math.hypot(dx, dy);
    }
  }
  return sums;
}

function weighted(part: Float64Array, weight: number): number[] {
  const length = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
  // A flat picture's layout is rounding.
  return Array.from(part, (value) => (length > 1e-9 ? (weight * value) / length : 0));
}
