import { crc32 } from 'node:zlib';
import { ascii, joined, refused, remark, viewOf, type Container, type Parsed } from './container.ts';
import { orientationExif, readExif } from './exif.ts';

interface Chunk {
  type: string;
  /** With length, type and CRC. */
  whole: Uint8Array;
  data: Uint8Array;
}

const SIGNATURE_LENGTH = 8;

/** Needed for the pixels. */
const PIXEL_CHUNKS = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

/** Says how the pixels are to look; stays. Whatever is in neither set is cut, known to us or not. */
const APPEARANCE_CHUNKS = new Set([
  ...['gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'mDCV', 'cLLI', 'sBIT', 'bKGD', 'hIST', 'sPLT', 'pHYs'],
  ...['acTL', 'fcTL', 'fdAT']
]);

const CHANNELS = new Map([
  [0, { channels: 1, alpha: false, depths: [1, 2, 4, 8, 16] }],
  [2, { channels: 3, alpha: false, depths: [8, 16] }],
  [3, { channels: 3, alpha: false, depths: [1, 2, 4, 8] }],
  [4, { channels: 2, alpha: true, depths: [8, 16] }],
  [6, { channels: 4, alpha: true, depths: [8, 16] }]
]);

/**
 * Reads a PNG's chunks (ISO/IEC 15948). Every chunk must be whole and its CRC right, and IEND must end the
 * picture: a file cut anywhere is refused here, without decoding. Bytes after IEND are telling and cut.
 */
export function parsePng(bytes: Uint8Array): Parsed {
  const chunks: Chunk[] = [];
  const telling: string[] = [];
  const view = viewOf(bytes);
  let at = SIGNATURE_LENGTH;
  for (;;) {
    if (at + 12 > bytes.length) return refused('the PNG is truncated: its end chunk is missing');
    const length = view.getUint32(at);
    const type = ascii(bytes, at + 4, 4);
    if (!/^[A-Za-z]{4}$/.test(type)) return refused('the PNG is damaged: a chunk has no readable type');
    const end = at + 12 + length;
    if (end > bytes.length) return refused(`the PNG is truncated inside its ${type} chunk`);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      return refused(`the PNG is damaged: the checksum of its ${type} chunk is wrong`);
    }
    if (chunks.length === 0 && (type !== 'IHDR' || length !== 13)) {
      return refused('the PNG is damaged: it does not begin with its header chunk');
    }
    chunks.push({ type, whole: bytes.subarray(at, end), data });
    at = end;
    if (type === 'IEND') break;
  }
  if (at < bytes.length) remark(telling, 'bytes after the end');

  const header = viewOf((chunks[0] as Chunk).data);
  const widthPx = header.getUint32(0);
  const heightPx = header.getUint32(4);
  const bitDepth = header.getUint8(8);
  const kind = CHANNELS.get(header.getUint8(9));
  if (widthPx === 0 || heightPx === 0) return refused('the PNG is damaged: it has no width or no height');
  if (!kind || !kind.depths.includes(bitDepth)) {
    return refused('the PNG is damaged: its colour type and bit depth do not go together');
  }
  if (!chunks.some((chunk) => chunk.type === 'IDAT'))
    return refused('the PNG is damaged: it holds no pixels');

  let orientation: number | null = null;
  let frames = 1;
  for (const { type, data } of chunks) {
    if (type === 'eXIf') {
      const exif = readExif(data);
      orientation ??= exif.orientation;
      if (!exif.isMinimal) remark(telling, 'EXIF');
    } else if (type === 'acTL' && data.length === 8) {
      frames = Math.max(1, viewOf(data).getUint32(0));
    } else if (!PIXEL_CHUNKS.has(type) && !APPEARANCE_CHUNKS.has(type)) {
      remark(telling, tellingName(type, data));
    }
  }
  const transparent = kind.alpha || chunks.some((chunk) => chunk.type === 'tRNS');
  const container: Container = {
    facts: {
      mediaType: 'image/png',
      widthPx,
      heightPx,
      channels: kind.channels + (transparent && !kind.alpha ? 1 : 0),
      hasAlpha: transparent,
      bitDepth,
      isAnimated: frames > 1,
      orientation,
      telling
    },
    // Decoders here read the first picture of an animated PNG alone.
    frames: 1,
    withoutTelling() {
      const kept = chunks.filter(({ type }) => PIXEL_CHUNKS.has(type) || APPEARANCE_CHUNKS.has(type));
      const turned = orientation !== null && orientation !== 1 ? [exifChunk(orientation)] : [];
      const firstPixels = kept.findIndex(({ type }) => type === 'IDAT');
      return joined([
        bytes.subarray(0, SIGNATURE_LENGTH),
        ...kept.slice(0, firstPixels).map(({ whole }) => whole),
        ...turned,
        ...kept.slice(firstPixels).map(({ whole }) => whole)
      ]);
    },
    pixelsOnly() {
      const kept = chunks.filter(({ type }) => PIXEL_CHUNKS.has(type));
      return joined([bytes.subarray(0, SIGNATURE_LENGTH), ...kept.map(({ whole }) => whole)]);
    }
  };
  return { ok: true, container };
}

function tellingName(type: string, data: Uint8Array): string {
  if (type === 'iTXt' && ascii(data, 0, 17) === 'XML:com.adobe.xmp') return 'XMP';
  if (type === 'tEXt' || type === 'zTXt' || type === 'iTXt') return 'PNG text';
  if (type === 'tIME') return 'modification time';
  return `PNG chunk ${type}`;
}

function exifChunk(orientation: number): Uint8Array {
  const data = orientationExif(orientation);
  const chunk = new Uint8Array(12 + data.length);
  const view = viewOf(chunk);
  view.setUint32(0, data.length);
  chunk.set([0x65, 0x58, 0x49, 0x66], 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}
