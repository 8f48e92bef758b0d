import { joined, refused, remark, startsWith, viewOf, type Container, type Parsed } from './container.ts';
import { orientationExif, readExif } from './exif.ts';

/** A marker segment, or a scan: its header with the entropy-coded bytes that follow it. */
interface Segment {
  marker: number;
  /** From the marker's 0xFF to the end of the segment or scan. */
  whole: Uint8Array;
  /** The segment's payload, without marker and length. */
  payload: Uint8Array;
  use: 'pixels' | 'appearance' | 'telling' | 'orientation';
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const COM = 0xfe;
const APP0 = 0xe0;

/** Real encoders write a dozen scans; thousands in a large picture only serve to keep a decoder busy. */
const MOST_SCANS = 200;

/**
 * Reads a JPEG's marker segments (ITU-T T.81, JFIF, Exif). The end marker must be there: a file cut
 * anywhere before it is refused. What follows it is telling and cut, as is every application segment that
 * does not change how the picture looks (JFIF, ICC and Adobe's colour transform stay).
 */
export function parseJpeg(bytes: Uint8Array): Parsed {
  const segments: Segment[] = [];
  const telling: string[] = [];
  const view = viewOf(bytes);
  let orientation: number | null = null;
  let frame: {
    widthPx: number;
    heightPx: number;
    channels: number;
    bitDepth: number;
    sequential: boolean;
  } | null = null;
  const componentsSeen = new Set<number>();
  let scans = 0;
  let at = 2;
  for (;;) {
    const marked = bytes.indexOf(0xff, at);
    if (marked === -1) return refused('the JPEG is truncated: its end marker is missing');
    if (marked > at) remark(telling, 'stray bytes');
    let code = marked + 1;
    while (bytes[code] === 0xff) code++;
    const marker = bytes[code];
    if (marker === undefined) return refused('the JPEG is truncated: its end marker is missing');
    at = code + 1;
    if (marker === EOI) break;
    if (marker === SOI || marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd7)) {
      remark(telling, 'stray bytes');
      continue;
    }
    if (at + 2 > bytes.length) return refused('the JPEG is truncated: its end marker is missing');
    const length = view.getUint16(at);
    if (length < 2) return refused('the JPEG is damaged: a segment has an impossible length');
    const dataEnd = at + length;
    if (dataEnd > bytes.length) return refused('the JPEG is truncated inside a segment');
    const payload = bytes.subarray(at + 2, dataEnd);
    let end = dataEnd;
    let use: Segment['use'] = 'pixels';

    if (isFrame(marker)) {
      if (frame !== null) return refused('the JPEG is damaged: it has two frames');
      const unsupported = unsupportedFrame(marker);
      if (unsupported !== null) return refused(`a JPEG with ${unsupported} is not supported`);
      if (payload.length < 6) return refused('the JPEG is damaged: its frame header is too short');
      frame = {
        bitDepth: payload[0] as number,
        heightPx: viewOf(payload).getUint16(1),
        widthPx: viewOf(payload).getUint16(3),
        channels: payload[5] as number,
        sequential: marker !== 0xc2
      };
    } else if (marker === SOS) {
      if (frame === null) return refused('the JPEG is damaged: a scan stands before the frame header');
      if (++scans > MOST_SCANS) return refused(`the JPEG has more than ${MOST_SCANS} scans`);
      const inScan = payload[0] ?? 0;
      for (let i = 0; i < inScan; i++) componentsSeen.add(payload[1 + 2 * i] ?? -1);
      end = scanEnd(bytes, dataEnd);
    } else if (marker === COM) {
      use = 'telling';
      remark(telling, 'JPEG comment');
    } else if (marker >= APP0 && marker <= 0xef) {
      const exif = marker === 0xe1 && startsWith(payload, 'Exif\0') ? readExif(payload.subarray(6)) : null;
      if (exif) {
        orientation ??= exif.orientation;
        use = exif.isMinimal ? 'orientation' : 'telling';
        if (!exif.isMinimal) remark(telling, 'EXIF');
      } else {
        const name = tellingName(marker, payload);
        use = name === null ? 'appearance' : 'telling';
        if (name !== null) remark(telling, name);
      }
    }
    segments.push({ marker, whole: bytes.subarray(code - 1, end), payload, use });
    at = end;
  }
  if (at < bytes.length) remark(telling, 'bytes after the end');
  if (frame === null || scans === 0) return refused('the JPEG is damaged: it holds no picture');
  if (frame.widthPx === 0 || frame.heightPx === 0) {
    return refused('the JPEG is damaged: its header gives no width or no height');
  }
  if (frame.bitDepth !== 8) return refused(`a JPEG of ${frame.bitDepth} bits per channel is not supported`);
  if (![1, 3, 4].includes(frame.channels)) {
    return refused(`a JPEG of ${frame.channels} channels is not supported`);
  }
  if (componentsSeen.size < frame.channels)
    return refused('the JPEG is truncated: it lacks a colour channel');

  const { sequential, ...shape } = frame;
  const container: Container = {
    facts: { mediaType: 'image/jpeg', ...shape, hasAlpha: false, isAnimated: false, orientation, telling },
    frames: 1,
    withoutTelling() {
      const kept = segments.filter(({ use }) => use === 'pixels' || use === 'appearance');
      const jfif = kept[0]?.marker === APP0 ? kept.slice(0, 1) : [];
      const turned = orientation !== null && orientation !== 1 ? [exifSegment(orientation)] : [];
      return joined([
        START,
        ...jfif.map(({ whole }) => whole),
        ...turned,
        ...kept.slice(jfif.length).map(({ whole }) => whole),
        END
      ]);
    },
    pixelsOnly() {
      const kept = segments.filter(
        ({ marker, use }) => use === 'pixels' || marker === 0xee || marker === APP0
      );
      return joined([
        START,
        ...kept
          .filter(({ use }) => use !== 'telling')
          .map((segment) => (sequential && segment.marker === SOS ? withFullBand(segment) : segment.whole)),
        END
      ]);
    }
  };
  return { ok: true, container };
}

const START = new Uint8Array([0xff, SOI]);
const END = new Uint8Array([0xff, EOI]);

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function unsupportedFrame(marker: number): string | null {
  if (marker <= 0xc2) return null;
  if (marker === 0xc3) return 'lossless coding';
  return marker >= 0xc9 ? 'arithmetic coding' : 'hierarchical coding';
}

/** Where the entropy-coded bytes end: at the next marker that is neither a stuffed zero nor a restart. */
function scanEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const marked = bytes.indexOf(0xff, at);
    if (marked === -1) return bytes.length;
    const next = bytes[marked + 1];
    if (next === undefined) return bytes.length;
    if (next === 0 || (next >= 0xd0 && next <= 0xd7)) {
      at = marked + 2;
    } else if (next === 0xff) {
      at = marked + 1;
    } else {
      return marked;
    }
  }
}

/** @returns what an application segment is called when it is cut, or null for one that stays. */
function tellingName(marker: number, payload: Uint8Array): string | null {
  if (marker === APP0) {
    const hasThumbnail = payload.length > 14;
    return startsWith(payload, 'JFIF\0') && !hasThumbnail ? null : 'JPEG thumbnail';
  }
  if (marker === 0xe2 && startsWith(payload, 'ICC_PROFILE\0')) return null;
  if (marker === 0xee && startsWith(payload, 'Adobe')) return null;
  if (marker === 0xe1 && startsWith(payload, 'http://ns.adobe.com/')) return 'XMP';
  if (marker === 0xed) return 'IPTC';
  return `JPEG application data (APP${marker - APP0})`;
}

function exifSegment(orientation: number): Uint8Array {
  const tiff = orientationExif(orientation);
  const segment = new Uint8Array(10 + tiff.length);
  segment.set([0xff, 0xe1, 0, 8 + tiff.length, 0x45, 0x78, 0x69, 0x66, 0, 0]);
  segment.set(tiff, 10);
  return segment;
}

/**
 * Some phones write a sequential scan with the spectral band of a progressive one. Every decoder shows the
 * picture rightly and warns; with the band put right the warning goes, and only warnings about the pixels
 * themselves are left to judge the file by.
 */
function withFullBand({ whole, payload }: Segment): Uint8Array {
  const copy = whole.slice();
  const band = 4 + payload.length - 3;
  copy.set([0, 63, 0], band);
  return copy;
}
