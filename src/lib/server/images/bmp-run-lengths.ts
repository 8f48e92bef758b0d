import { refused } from './container.ts';

/**
 * Decodes the run lengths of a bitmap (RLE8 and RLE4 of the Windows bitmap format): palette indices from the
 * bottom row up, turned here so that the first row is the top. Pixels that a delta or an early end of line
 * passes over are index 0.
 *
 * @returns refused where a run leaves the picture or the bytes end before the end-of-bitmap code.
 */
export function decodeRunLengths(
  bytes: Uint8Array,
  widthPx: number,
  heightPx: number,
  isFourBit: boolean
): { ok: true; data: Uint8Array } | { ok: false; reason: string } {
  const data = new Uint8Array(widthPx * heightPx);
  const truncated = refused('the BMP is truncated: its run lengths have no end');
  let x = 0;
  let y = 0;
  let at = 0;
  const put = (index: number): boolean => {
    if (x >= widthPx || y >= heightPx) return false;
    data[(heightPx - 1 - y) * widthPx + x++] = index;
    return true;
  };
  const outside = refused('the BMP is damaged: a run of pixels leaves the picture');
  for (;;) {
    const count = bytes[at];
    const value = bytes[at + 1];
    if (count === undefined || value === undefined) {
      return truncated;
    }
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) {
        const index = !isFourBit ? value : i % 2 === 0 ? value >> 4 : value & 15;
        if (!put(index)) return outside;
      }
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) {
      return { ok: true, data };
    } else if (value === 2) {
      if (at + 2 > bytes.length) return truncated;
      x += bytes[at] as number;
      y += bytes[at + 1] as number;
      at += 2;
      if (x > widthPx || y >= heightPx) return outside;
    } else {
      const size = isFourBit ? Math.ceil(value / 2) : value;
      if (at + size > bytes.length) return truncated;
      for (let i = 0; i < value; i++) {
        const byte = bytes[at + (isFourBit ? i >> 1 : i)] as number;
        const index = !isFourBit ? byte : i % 2 === 0 ? byte >> 4 : byte & 15;
        if (!put(index)) return outside;
      }
      at += size + (size & 1);
    }
  }
}
