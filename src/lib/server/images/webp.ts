import {
  ascii,
  joined,
  refused,
  remark,
  startsWith,
  viewOf,
  type Container,
  type Parsed
} from './container.ts';
import { orientationExif, readExif } from './exif.ts';

interface Chunk {
  type: string;
  /** With type, length and padding. */
  whole: Uint8Array;
  data: Uint8Array;
}

const PIXEL_CHUNKS = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF']);

const FLAG_ICC = 0x20;
const FLAG_ALPHA = 0x10;
const FLAG_EXIF = 0x08;
const FLAG_XMP = 0x04;
const FLAG_ANIMATION = 0x02;

/**
 * Reads a WebP's RIFF chunks (RFC 9649). The RIFF size and every chunk must lie inside the file: a file cut
 * anywhere is refused. EXIF, XMP, unknown chunks and bytes after the end are telling and cut.
 */
export function parseWebp(bytes: Uint8Array): Parsed {
  const view = viewOf(bytes);
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) return refused('the WebP is truncated: it is shorter than its header says');
  const chunks: Chunk[] = [];
  const telling: string[] = [];
  let at = 12;
  while (at < end) {
    if (at + 8 > end) return refused('the WebP is damaged: a chunk header is cut short');
    const length = view.getUint32(at + 4, true);
    const dataEnd = at + 8 + length;
    if (dataEnd > end) return refused('the WebP is damaged: a chunk is longer than the file');
    const next = Math.min(end, dataEnd + (length & 1));
    chunks.push({
      type: ascii(bytes, at, 4),
      whole: bytes.subarray(at, next),
      data: bytes.subarray(at + 8, dataEnd)
    });
    at = next;
  }
  if (end < bytes.length) remark(telling, 'bytes after the end');

  const extended = chunks[0]?.type === 'VP8X' ? (chunks[0] as Chunk) : null;
  const image = chunks.find(({ type }) => type === 'VP8 ' || type === 'VP8L');
  const frames = chunks.filter(({ type }) => type === 'ANMF').length;
  const shape = extended ? extendedShape(extended.data) : image ? imageShape(image) : null;
  if (!shape || (!image && frames === 0)) return refused('the WebP is damaged: it holds no picture');
  const isAnimated = extended !== null && ((extended.data[0] ?? 0) & FLAG_ANIMATION) !== 0;

  let orientation: number | null = null;
  for (const { type, data } of chunks) {
    if (type === 'EXIF') {
      const exif = readExif(startsWith(data, 'Exif\0\0') ? data.subarray(6) : data);
      orientation ??= exif.orientation;
      if (!exif.isMinimal) remark(telling, 'EXIF');
    } else if (type === 'XMP ') {
      remark(telling, 'XMP');
    } else if (!PIXEL_CHUNKS.has(type) && type !== 'ICCP') {
      remark(telling, `WebP chunk ${type.replace(/[^\x20-\x7e]/g, '?')}`);
    }
  }

  function rewritten(keepProfile: boolean, turned: number | null): Uint8Array {
    const kept = chunks
      .filter(({ type }) => PIXEL_CHUNKS.has(type) || (keepProfile && type === 'ICCP'))
      .map((chunk) =>
        chunk.type === 'VP8X' ? withFlags(chunk.whole, keepProfile, turned !== null) : chunk.whole
      );
    if (turned !== null) kept.push(exifChunk(turned));
    const body = joined(kept.map(padded));
    const head = bytes.slice(0, 12);
    viewOf(head).setUint32(4, body.length + 4, true);
    return joined([head, body]);
  }
  const container: Container = {
    facts: {
      mediaType: 'image/webp',
      widthPx: shape.widthPx,
      heightPx: shape.heightPx,
      channels: shape.hasAlpha ? 4 : 3,
      hasAlpha: shape.hasAlpha,
      bitDepth: 8,
      isAnimated,
      orientation,
      telling
    },
    frames: isAnimated ? Math.max(1, frames) : 1,
    // Only the extended form may hold EXIF, so a turned orientation always finds its VP8X there.
    withoutTelling: () =>
      rewritten(true, extended && orientation !== null && orientation !== 1 ? orientation : null),
    pixelsOnly: () => rewritten(false, null)
  };
  return { ok: true, container };
}

interface Shape {
  widthPx: number;
  heightPx: number;
  hasAlpha: boolean;
}

function extendedShape(data: Uint8Array): Shape | null {
  if (data.length < 10) return null;
  const u24 = (i: number) =>
    (data[i] as number) | ((data[i + 1] as number) << 8) | ((data[i + 2] as number) << 16);
  return { widthPx: u24(4) + 1, heightPx: u24(7) + 1, hasAlpha: ((data[0] as number) & FLAG_ALPHA) !== 0 };
}

function imageShape({ type, data }: Chunk): Shape | null {
  if (type === 'VP8L') {
    if (data.length < 5 || data[0] !== 0x2f) return null;
    const bits = viewOf(data).getUint32(1, true);
    return {
      widthPx: (bits & 0x3fff) + 1,
      heightPx: ((bits >>> 14) & 0x3fff) + 1,
      hasAlpha: ((bits >>> 28) & 1) === 1
    };
  }
  if (data.length < 10 || data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) return null;
  const view = viewOf(data);
  const widthPx = view.getUint16(6, true) & 0x3fff;
  const heightPx = view.getUint16(8, true) & 0x3fff;
  return widthPx === 0 || heightPx === 0 ? null : { widthPx, heightPx, hasAlpha: false };
}

function withFlags(whole: Uint8Array, hasProfile: boolean, hasExif: boolean): Uint8Array {
  const copy = whole.slice();
  let flags = (copy[8] as number) & ~(FLAG_EXIF | FLAG_XMP);
  if (!hasProfile) flags &= ~FLAG_ICC;
  if (hasExif) flags |= FLAG_EXIF;
  copy[8] = flags;
  return copy;
}

function exifChunk(orientation: number): Uint8Array {
  const tiff = orientationExif(orientation);
  const chunk = new Uint8Array(8 + tiff.length);
  chunk.set([0x45, 0x58, 0x49, 0x46]);
  viewOf(chunk).setUint32(4, tiff.length, true);
  chunk.set(tiff, 8);
  return chunk;
}

/** The last chunk of some files lacks its padding byte; in the middle it must be there. */
function padded(chunk: Uint8Array): Uint8Array {
  return chunk.length % 2 === 0 ? chunk : joined([chunk, new Uint8Array(1)]);
}
