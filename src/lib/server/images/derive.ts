import sharp, { type Sharp } from 'sharp';
import { decodeBmp } from './bmp.ts';
import type { ImageFacts, ImageMediaType } from './container.ts';
import { parseImage } from './metadata.ts';

export interface DisplayCopy {
  bytes: Uint8Array;
  mediaType: ImageMediaType;
  why: 'bmp-as-png' | 'turned-upright' | 'metadata-removed';
}

/**
 * What is shown in place of a file that may not or cannot be shown as it is stored; the stored bytes stay.
 * A BMP becomes a PNG with the same pixels (browsers and model providers do not all read BMP). A file that
 * carries telling metadata loses those segments: its pixel data are copied byte for byte, never encoded
 * again, and its colour profile stays. A file that says "turn me" becomes a PNG with the pixels turned, since browsers
 * obey that note and models mostly do not.
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
  if (facts.orientation !== null && facts.orientation > 1) {
    const png = await sharp(bytes, { failOn: 'none', limitInputPixels: false })
      .autoOrient()
      .keepIccProfile()
      .png({ compressionLevel: 7 })
      .toBuffer();
    return { bytes: plain(png), mediaType: 'image/png', why: 'turned-upright' };
  }
  if (facts.telling.length === 0) return null;
  const parsed = parseImage(bytes);
  if (!parsed.ok) throw new Error(`displayCopy was given a file that is no image: ${parsed.reason}`);
  return { bytes: parsed.container.withoutTelling(), mediaType: facts.mediaType, why: 'metadata-removed' };
}

/** Width and height as they are shown: orientations 5 to 8 lie on their side. */
export function shownSize(facts: Pick<ImageFacts, 'widthPx' | 'heightPx' | 'orientation'>): Size {
  const { widthPx, heightPx } = facts;
  return (facts.orientation ?? 1) >= 5 ? { widthPx: heightPx, heightPx: widthPx } : { widthPx, heightPx };
}

export interface Size {
  widthPx: number;
  heightPx: number;
}

/** The size of a picture whose longer side is at most `maxSidePx`; its own where that is so already. */
export function downsized({ widthPx, heightPx }: Size, maxSidePx: number): Size {
  const longer = Math.max(widthPx, heightPx);
  if (longer <= maxSidePx) return { widthPx, heightPx };
  const scaled = (side: number) => Math.max(1, Math.round((side * maxSidePx) / longer));
  return { widthPx: scaled(widthPx), heightPx: scaled(heightPx) };
}

/** How pictures are made smaller, for the record of what was shown. */
export const DOWNSIZING = `lanczos3, sharp ${sharp.versions.sharp ?? ''}, libvips ${sharp.versions.vips}`;

/**
 * A picture made smaller for a study that says so: Lanczos (a = 3) to exactly this size, as PNG, the colour profile kept.
 * People and models are given the same file.
 *
 * @param bytes what is shown of the picture at its own size: a PNG, JPEG or WebP that is upright.
 */
export async function downsize(bytes: Uint8Array, size: Size): Promise<Uint8Array> {
  const png = await sharp(bytes, { failOn: 'none', limitInputPixels: false })
    .resize(size.widthPx, size.heightPx, { fit: 'fill', kernel: 'lanczos3' })
    .keepIccProfile()
    .png({ compressionLevel: 7 })
    .toBuffer();
  return plain(png);
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
