import { refused, viewOf, type Parsed } from './container.ts';
import { decodeRunLengths } from './bmp-run-lengths.ts';

export interface BmpPixels {
  widthPx: number;
  heightPx: number;
  channels: 3 | 4;
  /** Row by row from the top, channels interleaved. */
  data: Uint8Array;
}

interface BmpLayout {
  widthPx: number;
  heightPx: number;
  isTopDown: boolean;
  bitsPerPixel: number;
  coding: 'plain' | 'rle8' | 'rle4';
  masks: { red: number; green: number; blue: number; alpha: number } | null;
  /** Three bytes an entry, R G B; empty without a palette. */
  palette: Uint8Array;
  pixelsAt: number;
}

const FILE_HEADER = 14;
const HEADER_SIZES = [12, 40, 52, 56, 108, 124];
const COMPRESSIONS = new Map([
  [4, 'an embedded JPEG'],
  [5, 'an embedded PNG'],
  [11, 'CMYK'],
  [12, 'CMYK'],
  [13, 'CMYK']
]);

/**
 * Reads a Windows bitmap's headers (BITMAPCOREHEADER to BITMAPV5HEADER) and proves that the pixel rows it
 * promises are in the file. The bitmap decoders of image libraries differ in what they let pass; here
 * whatever does not fit is refused by name.
 */
export function parseBmp(bytes: Uint8Array): Parsed {
  const read = readLayout(bytes);
  if (!read.ok) return read;
  const { layout } = read;
  const hasAlpha = layout.masks !== null && layout.masks.alpha !== 0;
  return {
    ok: true,
    container: {
      facts: {
        mediaType: 'image/bmp',
        widthPx: layout.widthPx,
        heightPx: layout.heightPx,
        channels: hasAlpha ? 4 : 3,
        hasAlpha,
        bitDepth: layout.palette.length > 0 ? layout.bitsPerPixel : layout.bitsPerPixel === 16 ? 5 : 8,
        isAnimated: false,
        orientation: null,
        telling: []
      },
      frames: 1,
      // A bitmap has no place for text about itself, and is shown through a PNG anyway.
      withoutTelling: () => bytes,
      pixelsOnly: () => bytes
    }
  };
}

/**
 * Decodes a Windows bitmap: 1, 4 and 8 bits with a palette (plain, RLE8 or RLE4), 16, 24 and 32 bits plain
 * or with bit masks, bottom-up and top-down. The unused fourth byte of plain 32-bit pixels is no alpha.
 *
 * @returns RGB, or RGBA where a mask names an alpha channel, eight bits each; a field of fewer bits is spread
 *   over 0–255. Refused with the reason otherwise.
 */
export function decodeBmp(bytes: Uint8Array): { ok: true; image: BmpPixels } | { ok: false; reason: string } {
  const read = readLayout(bytes);
  if (!read.ok) return read;
  const { layout } = read;
  const { widthPx, heightPx } = layout;
  if (layout.coding !== 'plain') {
    const indices = decodeRunLengths(
      bytes.subarray(layout.pixelsAt),
      widthPx,
      heightPx,
      layout.coding === 'rle4'
    );
    if (!indices.ok) return indices;
    return throughPalette(layout, (row, x) => indices.data[row * widthPx + x] as number);
  }
  const stride = strideOf(layout);
  const rowAt = (row: number) => layout.pixelsAt + (layout.isTopDown ? row : heightPx - 1 - row) * stride;
  if (layout.palette.length > 0) {
    const bits = layout.bitsPerPixel;
    const mask = (1 << bits) - 1;
    return throughPalette(layout, (row, x) => {
      const bit = x * bits;
      return ((bytes[rowAt(row) + (bit >> 3)] as number) >> (8 - bits - (bit & 7))) & mask;
    });
  }
  if (layout.masks !== null) return { ok: true, image: throughMasks(bytes, layout, rowAt) };
  const data = new Uint8Array(widthPx * heightPx * 3);
  const step = layout.bitsPerPixel / 8;
  let to = 0;
  for (let row = 0; row < heightPx; row++) {
    let from = rowAt(row);
    for (let x = 0; x < widthPx; x++, from += step, to += 3) {
      data[to] = bytes[from + 2] as number;
      data[to + 1] = bytes[from + 1] as number;
      data[to + 2] = bytes[from] as number;
    }
  }
  return { ok: true, image: { widthPx, heightPx, channels: 3, data } };
}

function readLayout(bytes: Uint8Array): { ok: true; layout: BmpLayout } | { ok: false; reason: string } {
  if (bytes.length < FILE_HEADER + 12) return refused('the BMP is truncated inside its header');
  const view = viewOf(bytes);
  const pixelsAt = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  if (!HEADER_SIZES.includes(headerSize)) {
    return refused(`a BMP with a header of ${headerSize} bytes is not supported`);
  }
  if (FILE_HEADER + headerSize > bytes.length) return refused('the BMP is truncated inside its header');
  const isCore = headerSize === 12;
  const widthPx = isCore ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = isCore ? view.getUint16(20, true) : view.getInt32(22, true);
  const planes = view.getUint16(isCore ? 22 : 26, true);
  const bitsPerPixel = view.getUint16(isCore ? 24 : 28, true);
  const compression = isCore ? 0 : view.getUint32(30, true);
  const coloursUsed = isCore ? 0 : view.getUint32(46, true);
  const heightPx = Math.abs(signedHeight);
  const isTopDown = signedHeight < 0;
  if (widthPx <= 0 || heightPx === 0) return refused('the BMP is damaged: it has no width or no height');
  if (planes !== 1) return refused(`the BMP is damaged: it has ${planes} planes instead of 1`);
  const foreign = COMPRESSIONS.get(compression);
  if (foreign !== undefined) return refused(`a BMP with ${foreign} is not supported`);
  const isMasked = compression === 3 || compression === 6;
  const coding = compression === 1 ? 'rle8' : compression === 2 ? 'rle4' : 'plain';
  const fits =
    (compression === 0 && [1, 4, 8, 16, 24, 32].includes(bitsPerPixel)) ||
    (compression === 1 && bitsPerPixel === 8) ||
    (compression === 2 && bitsPerPixel === 4) ||
    (isMasked && [16, 32].includes(bitsPerPixel));
  if (!fits) {
    return refused(`a BMP of ${bitsPerPixel} bits a pixel with compression ${compression} is not supported`);
  }
  if (coding !== 'plain' && isTopDown) {
    return refused('the BMP is damaged: a run-length coded bitmap cannot be stored top-down');
  }

  let masks: BmpLayout['masks'] = null;
  let afterHeader = FILE_HEADER + headerSize;
  if (isMasked) {
    // Right after a 40-byte header, or inside a longer one, at the same place.
    const count = compression === 6 || headerSize >= 56 ? 4 : 3;
    if (54 + 4 * count > bytes.length) return refused('the BMP is truncated inside its header');
    if (headerSize === 40) afterHeader += 4 * count;
    masks = {
      red: view.getUint32(54, true),
      green: view.getUint32(58, true),
      blue: view.getUint32(62, true),
      alpha: count === 4 ? view.getUint32(66, true) : 0
    };
    const reason = wrongMasks(masks, bitsPerPixel);
    if (reason !== null) return refused(`the BMP is damaged: ${reason}`);
  } else if (bitsPerPixel === 16) {
    masks = { red: 0x7c00, green: 0x03e0, blue: 0x001f, alpha: 0 };
  }
  if (pixelsAt < afterHeader || pixelsAt > bytes.length) {
    return refused('the BMP is damaged: its pixels begin outside the file or inside its header');
  }

  let palette: Uint8Array = new Uint8Array(0);
  if (bitsPerPixel <= 8) {
    const most = 1 << bitsPerPixel;
    if (coloursUsed > most) return refused(`the BMP is damaged: its palette has ${coloursUsed} colours`);
    const size = isCore ? 3 : 4;
    const declared = coloursUsed === 0 ? most : coloursUsed;
    // Older writers leave out the tail of an unused palette and let the pixels begin at once.
    const entries = isCore ? Math.min(declared, Math.floor((pixelsAt - afterHeader) / size)) : declared;
    if (entries === 0 || afterHeader + entries * size > pixelsAt) {
      return refused('the BMP is damaged: its palette runs into its pixels');
    }
    palette = new Uint8Array(entries * 3);
    for (let i = 0; i < entries; i++) {
      const from = afterHeader + i * size;
      palette.set([bytes[from + 2] as number, bytes[from + 1] as number, bytes[from] as number], 3 * i);
    }
  }
  const layout = { widthPx, heightPx, isTopDown, bitsPerPixel, coding, masks, palette, pixelsAt } as const;
  if (coding === 'plain') {
    const needed = pixelsAt + strideOf(layout) * heightPx;
    // The padding of the very last row is of no use to anybody; some writers leave it out.
    const padding = strideOf(layout) - Math.ceil((widthPx * bitsPerPixel) / 8);
    if (bytes.length < needed - padding) {
      return refused(`the BMP is truncated: it has ${bytes.length} bytes of ${needed}`);
    }
  } else if (pixelsAt === bytes.length) {
    return refused('the BMP is truncated: it holds no pixels');
  }
  return { ok: true, layout };
}

/** Rows are padded to four bytes. */
function strideOf({ widthPx, bitsPerPixel }: { widthPx: number; bitsPerPixel: number }): number {
  return Math.ceil((widthPx * bitsPerPixel) / 32) * 4;
}

function wrongMasks(masks: NonNullable<BmpLayout['masks']>, bitsPerPixel: number): string | null {
  let all = 0;
  for (const [name, mask] of Object.entries(masks)) {
    if (mask === 0) {
      if (name === 'alpha') continue;
      return `its mask for ${name} is empty`;
    }
    const field = mask >>> shiftOf(mask);
    if ((field & (field + 1)) !== 0 || (bitsPerPixel === 16 && mask > 0xffff))
      return `its mask for ${name} is broken`;
    if ((all & mask) !== 0) return 'its colour masks overlap';
    all |= mask;
  }
  return null;
}

function shiftOf(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

function throughPalette(
  { widthPx, heightPx, palette }: BmpLayout,
  indexAt: (row: number, x: number) => number
): { ok: true; image: BmpPixels } | { ok: false; reason: string } {
  const data = new Uint8Array(widthPx * heightPx * 3);
  let to = 0;
  for (let row = 0; row < heightPx; row++) {
    for (let x = 0; x < widthPx; x++, to += 3) {
      const from = 3 * indexAt(row, x);
      if (from >= palette.length) return refused('the BMP is damaged: a pixel points outside the palette');
      data[to] = palette[from] as number;
      data[to + 1] = palette[from + 1] as number;
      data[to + 2] = palette[from + 2] as number;
    }
  }
  return { ok: true, image: { widthPx, heightPx, channels: 3, data } };
}

function throughMasks(bytes: Uint8Array, layout: BmpLayout, rowAt: (row: number) => number): BmpPixels {
  const { widthPx, heightPx, bitsPerPixel } = layout;
  const masks = layout.masks as NonNullable<BmpLayout['masks']>;
  const view = viewOf(bytes);
  const channels = masks.alpha === 0 ? 3 : 4;
  const fields = [masks.red, masks.green, masks.blue, masks.alpha].slice(0, channels).map((mask) => ({
    mask,
    shift: shiftOf(mask),
    most: mask >>> shiftOf(mask)
  }));
  const data = new Uint8Array(widthPx * heightPx * channels);
  let to = 0;
  for (let row = 0; row < heightPx; row++) {
    let from = rowAt(row);
    for (let x = 0; x < widthPx; x++, from += bitsPerPixel / 8) {
      const value = bitsPerPixel === 16 ? view.getUint16(from, true) : view.getUint32(from, true);
      for (const { mask, shift, most } of fields) {
        data[to++] = Math.round((255 * ((value & mask) >>> shift)) / most);
      }
    }
  }
  if (channels === 4) showIfNothingShows(data);
  return { widthPx, heightPx, channels, data };
}

/** Writers that name an alpha mask and leave its bits zero mean an opaque picture; browsers read it so too. */
function showIfNothingShows(rgba: Uint8Array): void {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] !== 0) return;
  for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
}
