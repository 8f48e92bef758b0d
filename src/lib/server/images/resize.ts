import sharp from 'sharp';

const KERNELS = {
  nearest: 'nearest',
  bilinear: 'linear',
  bicubic: 'cubic',
  lanczos3: 'lanczos3'
} as const;
export type ResizeKernel = keyof typeof KERNELS;

/**
 * Decoded pixels in another size, the aspect given up where the size says so. The kernel widens with the reduction
 * (antialiased), in the pixels' own values: no gamma.
 */
export async function resizePixels(
  image: { widthPx: number; heightPx: number; channels: 1 | 3; data: Uint8Array },
  widthPx: number,
  heightPx: number,
  kernel: ResizeKernel
): Promise<{ widthPx: number; heightPx: number; channels: 1 | 3; data: Uint8Array }> {
  if (image.widthPx === widthPx && image.heightPx === heightPx) return image;
  const raw = { width: image.widthPx, height: image.heightPx, channels: image.channels };
  const { data } = await sharp(image.data, { raw, limitInputPixels: false })
    .resize(widthPx, heightPx, { fit: 'fill', kernel: KERNELS[kernel], fastShrinkOnLoad: false })
    .toColourspace(image.channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    widthPx,
    heightPx,
    channels: image.channels,
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  };
}
