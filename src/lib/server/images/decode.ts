import sharp from 'sharp';
import { decodeBmp } from './bmp.ts';
import { decoderReason, parseWithinLimits, type ImageLimits } from './probe.ts';

export interface DecodedPixels {
  ok: true;
  widthPx: number;
  heightPx: number;
  /** 1 for a grey image, 3 (R, G, B interleaved) for every other. */
  channels: 1 | 3;
  /** Eight bits per value, row by row from the top. */
  data: Uint8Array;
}

/**
 * What decodePixels would give, or why it would not, as far as the file's structure tells: everything save
 * damage inside the coded pixels.
 */
export function inspectPixels(
  bytes: Uint8Array,
  limits: ImageLimits = {}
): { ok: true; widthPx: number; heightPx: number; channels: 1 | 3 } | { ok: false; reason: string } {
  const inspected = decodable(bytes, limits);
  if (!inspected.ok) return inspected;
  const { widthPx, heightPx, channels } = inspected.container.facts;
  return { ok: true, widthPx, heightPx, channels: channels === 1 ? 1 : 3 };
}

function decodable(bytes: Uint8Array, limits: ImageLimits) {
  const parsed = parseWithinLimits(bytes, limits);
  if (!parsed.ok) return parsed;
  const { facts } = parsed.container;
  const refuse = (reason: string) => ({ ok: false as const, reason });
  if (facts.hasAlpha) return refuse('the image has an alpha channel; flatten it first');
  if (facts.bitDepth > 8) return refuse(`the image has ${facts.bitDepth} bits per channel; 8 are needed`);
  if (facts.channels === 4) return refuse('the image is CMYK; RGB or grey is needed');
  if (facts.isAnimated) return refuse('the image is animated; a still image is needed');
  return parsed;
}

/**
 * The stored pixels, exactly as coded: no colour management, no gamma, no turning by an EXIF orientation.
 * Palettes become RGB, grey of 1, 2 or 4 bits is spread over 0–255, a grey image stays one channel.
 *
 * @returns refused with a reason: whatever probeImage refuses, and further an alpha channel (what it is shown
 *   on would decide the value of a pixel), 16 bits per channel (rounding is the caller's decision, to be made
 *   before), CMYK and animations.
 */
export async function decodePixels(
  bytes: Uint8Array,
  limits: ImageLimits = {}
): Promise<DecodedPixels | { ok: false; reason: string }> {
  const parsed = decodable(bytes, limits);
  if (!parsed.ok) return parsed;
  const { facts } = parsed.container;
  const { widthPx, heightPx } = facts;
  if (facts.mediaType === 'image/bmp') {
    const decoded = decodeBmp(bytes);
    if (!decoded.ok) return decoded;
    return { ok: true, widthPx, heightPx, channels: 3, data: decoded.image.data };
  }
  const channels = facts.channels === 1 ? 1 : 3;
  try {
    const { data, info } = await sharp(parsed.container.pixelsOnly(), {
      failOn: 'warning',
      limitInputPixels: false,
      sequentialRead: true,
      ignoreIcc: true
    })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.width !== widthPx || info.height !== heightPx || info.channels !== channels) {
      return { ok: false, reason: 'the header and the pixels of the image disagree about its size' };
    }
    return {
      ok: true,
      widthPx,
      heightPx,
      channels,
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    };
  } catch (error) {
    return { ok: false, reason: decoderReason(error) };
  }
}
