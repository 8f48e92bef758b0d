/**
 * The size of a 3 × 3 gradient at every pixel: √(gx² + gy²), where each of gx and gy is the difference of two
 * opposite sides of the neighbourhood, weighted (side, middle, side). Beyond the border the image counts as
 * 0, as in the published code of FSIM (Scharr: 3/16, 10/16) and GMSD (Prewitt: 1/3, 1/3).
 */
export function gradientMagnitude(
  values: Float64Array,
  width: number,
  height: number,
  side: number,
  middle: number
): Float64Array {
  // A border of zeros spares the inner loop every question about the edge.
  const stride = width + 2;
  const framed = new Float64Array(stride * (height + 2));
  for (let row = 0; row < height; row++) {
    framed.set(values.subarray(row * width, (row + 1) * width), (row + 1) * stride + 1);
  }
  const magnitude = new Float64Array(width * height);
  for (let row = 0, to = 0; row < height; row++) {
    for (let i = 0; i < width; i++, to++) {
      const at = (row + 1) * stride + i + 1;
      const nw = framed[at - stride - 1] as number;
      const ne = framed[at - stride + 1] as number;
      const sw = framed[at + stride - 1] as number;
      const se = framed[at + stride + 1] as number;
      const gx =
        side * (ne + se - nw - sw) + middle * ((framed[at + 1] as number) - (framed[at - 1] as number));
      const gy =
        side * (sw + se - nw - ne) +
        middle * ((framed[at + stride] as number) - (framed[at - stride] as number));
      magnitude[to] = Math.sqrt(gx * gx + gy * gy);
    }
  }
  return magnitude;
}

export interface Plane {
  width: number;
  height: number;
  values: Float64Array;
}

/**
 * Averages over step × step blocks at every step-th pixel, from the first: the `conv2(…, 'same')` with
 * subsampling of the published FSIM and GMSD. The block reaches from step − 1 − ⌊step/2⌋ before the pixel to
 * ⌊step/2⌋ after it; what lies outside the image counts as 0, and the divisor stays step².
 *
 * @param channels, channel which of how many interleaved values to take.
 */
export function blockAverages(
  values: Uint8Array,
  width: number,
  height: number,
  step: number,
  channels = 1,
  channel = 0
): Plane {
  const across = Math.ceil(width / step);
  const down = Math.ceil(height / step);
  const result = new Float64Array(across * down);
  const after = Math.floor(step / 2);
  const before = step - 1 - after;
  for (let row = 0, to = 0; row < down; row++) {
    const top = Math.max(0, row * step - before);
    const bottom = Math.min(height - 1, row * step + after);
    for (let i = 0; i < across; i++, to++) {
      const left = Math.max(0, i * step - before);
      const right = Math.min(width - 1, i * step + after);
      let sum = 0;
      for (let y = top; y <= bottom; y++) {
        const end = (y * width + right) * channels + channel;
        for (let at = (y * width + left) * channels + channel; at <= end; at += channels) {
          sum += values[at] as number;
        }
      }
      result[to] = sum / (step * step);
    }
  }
  return { width: across, height: down, values: result };
}
