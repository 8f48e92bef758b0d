import sharp from 'sharp';
import {
  DISTORTION_STRENGTHS,
  distortRaw,
  type DistortionKind,
  type DistortionLevel,
  type DistortionRandom
} from '#lib/domain/simulation/scenes/distortions.ts';
import type { ImageMediaType } from './container.ts';

export interface DistortedImage {
  bytes: Uint8Array;
  /** image/jpeg for the kind jpeg, so that a set holds both formats; image/png for the others. */
  mediaType: ImageMediaType;
}

/** Pixels as a PNG, nothing lost and nothing told beside them. */
export async function pngOf(rgb: Uint8Array, widthPx: number, heightPx: number): Promise<Uint8Array> {
  return plain(await raw(rgb, widthPx, heightPx).png({ compressionLevel: 9 }).toBuffer());
}

/**
 * A distorted copy of a picture, as a file: JPEG by a real encoder (4:2:0, Huffman tables of its own), blur by a
 * Gaussian, the rest by pixel arithmetic.
 *
 * @param rgb eight bits, interleaved, widthPx × heightPx of them; left as it is.
 * @param random decides the noise and the direction of a colour shift; the same source gives the same file.
 */
export async function distort(
  kind: DistortionKind,
  level: DistortionLevel,
  rgb: Uint8Array,
  widthPx: number,
  heightPx: number,
  random: DistortionRandom
): Promise<DistortedImage> {
  const strength = DISTORTION_STRENGTHS[kind][level - 1] as number;
  if (kind === 'jpeg') {
    const made = await raw(rgb, widthPx, heightPx)
      .jpeg({ quality: strength, chromaSubsampling: '4:2:0' })
      .toBuffer();
    return { bytes: plain(made), mediaType: 'image/jpeg' };
  }
  if (kind === 'blur') {
    const made = await raw(rgb, widthPx, heightPx)
      .blur({ sigma: strength, precision: 'float' })
      .png({ compressionLevel: 9 })
      .toBuffer();
    return { bytes: plain(made), mediaType: 'image/png' };
  }
  return {
    bytes: await pngOf(distortRaw(kind, level, rgb, random), widthPx, heightPx),
    mediaType: 'image/png'
  };
}

function raw(rgb: Uint8Array, width: number, height: number) {
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
