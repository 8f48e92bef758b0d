/** Decoded pixels: eight bits a value, row by row from the top, R G B interleaved where there are three. */
export interface PixelImage {
  widthPx: number;
  heightPx: number;
  channels: 1 | 3;
  data: Uint8Array;
}

/** One value a pixel, 0 to 255: a grey image as stored, or the luma of a coloured one. */
export interface GreyImage {
  widthPx: number;
  heightPx: number;
  data: Uint8Array;
}

/**
 * Rec. 601 luma rounded to eight bits: 0.299 R + 0.587 G + 0.114 B, with the weights carried to the digits that
 * invert the YIQ matrix, since SSIM, MS-SSIM and GMSD are published on such greys (the three-digit weights round
 * one pixel in two hundred the other way, which moves SSIM by some 2·10⁻⁵). A grey image is returned as it is.
 *
 * Source: ITU-R BT.601.
 */
export function luma(image: PixelImage): GreyImage {
  const { widthPx, heightPx, data } = image;
  if (image.channels === 1) return { widthPx, heightPx, data };
  const grey = new Uint8Array(widthPx * heightPx);
  for (let i = 0, from = 0; i < grey.length; i++, from += 3) {
    grey[i] =
      0.298936021293775 * (data[from] as number) +
      0.587043074451121 * (data[from + 1] as number) +
      0.114020904255103 * (data[from + 2] as number) +
      0.5;
  }
  return { widthPx, heightPx, data: grey };
}

/** @throws RangeError where two images that are to be compared differ in size: the caller looks first. */
export function requireSameSize(
  a: { widthPx: number; heightPx: number },
  b: { widthPx: number; heightPx: number }
): void {
  if (a.widthPx === b.widthPx && a.heightPx === b.heightPx) return;
  throw new RangeError(
    `images of different size cannot be compared: ${a.widthPx} × ${a.heightPx} and ${b.widthPx} × ${b.heightPx}`
  );
}

/** The same pixels with three channels; grey is read as R = G = B. */
export function asRgb(image: PixelImage): PixelImage {
  if (image.channels === 3) return image;
  const data = new Uint8Array(image.data.length * 3);
  for (let i = 0, to = 0; i < image.data.length; i++, to += 3) data.fill(image.data[i] as number, to, to + 3);
  return { ...image, channels: 3, data };
}
