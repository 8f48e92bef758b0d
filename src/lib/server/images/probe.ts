import sharp from 'sharp';
import { decodeBmp } from './bmp.ts';
import type { Container, ImageFacts } from './container.ts';
import { parseImage } from './metadata.ts';

export type { ImageFacts, ImageMediaType } from './container.ts';

export interface ImageLimits {
  /** Width × height, times the frames of an animation; default 100 million. */
  maxPixels?: number;
  /** Size of the file; default 256 MiB. */
  maxBytes?: number;
}

export type ImageProbe = { ok: true; image: ImageFacts } | { ok: false; reason: string };

const MAX_PIXELS = 100_000_000;
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Says what image a file is, or why it is none. The bytes decide, never a name. The size is read from the
 * header and held against the limits before anything is decoded; then the picture is decoded once, whole, so
 * that a file which was cut or damaged on its way is refused here and not in the middle of a trial. Warnings
 * of the decoder about the pixels refuse the file; oddities of its metadata do not.
 *
 * @returns the facts, or one sentence's worth of reason without a full stop.
 */
export async function probeImage(bytes: Uint8Array, limits: ImageLimits = {}): Promise<ImageProbe> {
  const parsed = parseWithinLimits(bytes, limits);
  if (!parsed.ok) return parsed;
  const { container } = parsed;
  const damage = await damageOf(container);
  return damage === null ? { ok: true, image: container.facts } : { ok: false, reason: damage };
}

/** The structure of a file that keeps the limits; nothing is decoded. */
export function parseWithinLimits(
  bytes: Uint8Array,
  limits: ImageLimits = {}
): { ok: true; container: Container } | { ok: false; reason: string } {
  const maxBytes = limits.maxBytes ?? MAX_BYTES;
  if (bytes.length > maxBytes) {
    return { ok: false, reason: `the file has ${count(bytes.length)} bytes, more than ${count(maxBytes)}` };
  }
  const parsed = parseImage(bytes);
  if (!parsed.ok) return parsed;
  const { facts, frames } = parsed.container;
  const maxPixels = limits.maxPixels ?? MAX_PIXELS;
  if (facts.widthPx * facts.heightPx * frames > maxPixels) {
    const size = `${count(facts.widthPx)} × ${count(facts.heightPx)}${frames > 1 ? ` × ${frames} frames` : ''}`;
    return { ok: false, reason: `the image is ${size}, more than ${count(maxPixels)} pixels` };
  }
  return parsed;
}

/** What a decoder reports in its own words, on one line. */
export function decoderReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const first = message.split('\n').find((line) => line.trim() !== '') ?? 'no reason given';
  return `the pixels cannot be decoded whole: ${first.trim()}`;
}

async function damageOf(container: Container): Promise<string | null> {
  const { facts, frames } = container;
  if (facts.mediaType === 'image/bmp') {
    const decoded = decodeBmp(container.pixelsOnly());
    return decoded.ok ? null : decoded.reason;
  }
  try {
    const image = sharp(container.pixelsOnly(), {
      failOn: 'warning',
      limitInputPixels: false,
      sequentialRead: true,
      ignoreIcc: true,
      ...(frames > 1 ? { animated: true } : {})
    });
    const { width, height, pageHeight = height, pages = 1 } = await image.metadata();
    if (width !== facts.widthPx || pageHeight !== facts.heightPx || (frames > 1 && pages !== frames)) {
      return 'the header and the pixels of the image disagree about its size';
    }
    // Shrinking reads every row and keeps none. A crop before it (of everything) keeps the decoder from
    // shrinking inside a JPEG by itself, where damage in the last rows goes unseen.
    if (frames === 1) image.extract({ left: 0, top: 0, width, height });
    await image.resize(8, 8, { fit: 'fill' }).raw().toBuffer();
    return null;
  } catch (error) {
    return decoderReason(error);
  }
}

function count(value: number): string {
  return value.toLocaleString('en-GB');
}
