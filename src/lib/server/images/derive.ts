import sharp, { type Sharp } from 'sharp';
import { decodeBmp } from './bmp.ts';
import type { ImageFacts, ImageMediaType } from './container.ts';
import { parseImage } from './metadata.ts';

export interface DisplayCopy {
  bytes: Uint8Array;
  mediaType: ImageMediaType;
  why: 'bmp-as-png' | 'metadata-removed';
}

/**
 * What is shown in place of a file that may not or cannot be shown as it is stored; the stored bytes stay.
 * A BMP becomes a PNG with the same pixels (browsers and model providers do not all read BMP). A file that
 * carries telling metadata loses those segments: its pixel data are copied byte for byte, never encoded
 * again, and colour profile and a turned orientation stay.
 *
 * @param bytes a file that probeImage accepted. @param facts what it said.
 * @returns null where the file itself can be shown.
 */
export async function displayCopy(bytes: Uint8Array, facts: ImageFacts): Promise<DisplayCopy | null> {
  if (facts.mediaType === 'image/bmp') {
    const { widthPx: width, heightPx: height, channels, data } = bmpPixels(bytes);
    const png = await sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
      .png({ compressionLevel: 7 })
      .toBuffer();
    return { bytes: plain(png), mediaType: 'image/png', why: 'bmp-as-png' };
  }
  if (facts.telling.length === 0) return null;
  const parsed = parseImage(bytes);
  if (!parsed.ok) throw new Error(`displayCopy was given a file that is no image: ${parsed.reason}`);
  return { bytes: parsed.container.withoutTelling(), mediaType: facts.mediaType, why: 'metadata-removed' };
}

/**
 * A small WebP for tables and lists, turned upright, fitting into side × side, never enlarged. It carries no
 * metadata. For looking at only: never shown in a trial.
 *
 * @param bytes a file that probeImage accepted, of this media type. @param side in pixels, at least 1.
 */
export async function thumbnail(
  bytes: Uint8Array,
  mediaType: ImageMediaType,
  side: number
): Promise<Uint8Array> {
  let image: Sharp;
  if (mediaType === 'image/bmp') {
    const { widthPx: width, heightPx: height, channels, data } = bmpPixels(bytes);
    image = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  } else {
    image = sharp(bytes, { failOn: 'none', limitInputPixels: false, sequentialRead: true }).autoOrient();
  }
  const made = await image
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
  return plain(made);
}

function bmpPixels(bytes: Uint8Array) {
  const decoded = decodeBmp(bytes);
  if (!decoded.ok) throw new Error(`a BMP that had been accepted cannot be decoded: ${decoded.reason}`);
  return decoded.image;
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
