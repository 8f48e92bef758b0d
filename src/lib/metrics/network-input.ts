import { asRgb, luma, type PixelImage } from './image.ts';
import type { NetworkDescription } from './network-description.ts';

/** The size a picture gets before it is cropped. */
export function resizedTo(
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  { resize }: Pick<NetworkDescription, 'resize'>
): { widthPx: number; heightPx: number } {
  if (resize === null) return { widthPx, heightPx };
  if ('widthPx' in resize) return resize;
  const shorter = Math.min(widthPx, heightPx);
  // The longer side as torchvision takes it: cut off, not rounded.
  const side = (px: number) =>
    px === shorter ? resize.shorterSidePx : Math.floor((resize.shorterSidePx * px) / shorter);
  return { widthPx: side(widthPx), heightPx: side(heightPx) };
}

/**
 * A picture as a network wants it: the middle of the (resized) picture, its values carried to the range, less the mean, by the
 * deviation.
 *
 * @returns null where the picture is smaller than the crop.
 */
export function networkInput(
  image: PixelImage,
  description: Pick<NetworkDescription, 'crop' | 'channels' | 'layout' | 'range' | 'mean' | 'std'>
): { data: Float32Array; dims: [number, number, number, number] } | null {
  const { crop, channels, layout, range, mean, std } = description;
  const { widthPx, heightPx } = crop ?? image;
  const left = Math.round((image.widthPx - widthPx) / 2);
  const top = Math.round((image.heightPx - heightPx) / 2);
  if (image.widthPx < widthPx || image.heightPx < heightPx) return null;
  const source = channels === 'grey' ? luma(image).data : asRgb(image).data;
  const planes = channels === 'grey' ? 1 : 3;
  // One table a channel: 256 values are all there are.
  const tables = Array.from({ length: planes }, (_, c) =>
    Float32Array.from(
      { length: 256 },
      (_, value) =>
        (range[0] + (value / 255) * (range[1] - range[0]) - (mean[c] as number)) / (std[c] as number)
    )
  );
  const data = new Float32Array(planes * widthPx * heightPx);
  const area = widthPx * heightPx;
  for (let c = 0; c < planes; c++) {
    const table = tables[c] as Float32Array;
    const from = channels === 'BGR' ? planes - 1 - c : c;
    for (let row = 0; row < heightPx; row++) {
      let at = ((top + row) * image.widthPx + left) * planes + from;
      for (let column = 0; column < widthPx; column++, at += planes) {
        const pixel = row * widthPx + column;
        data[layout === 'NCHW' ? c * area + pixel : pixel * planes + c] = table[
          source[at] as number
        ] as number;
      }
    }
  }
  return {
    data,
    dims: layout === 'NCHW' ? [1, planes, heightPx, widthPx] : [1, heightPx, widthPx, planes]
  };
}
