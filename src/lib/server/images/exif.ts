import { viewOf } from './container.ts';

export interface ExifFacts {
  /** 1–8, or null where the block has none or cannot be read. */
  orientation: number | null;
  /** Whether the block holds the orientation and nothing else, byte for byte the one made here. */
  isMinimal: boolean;
}

const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * Reads the orientation of an EXIF block (a TIFF structure, without any "Exif\0\0" before it). A damaged
 * block is no failure of the picture: it reads as having no orientation.
 */
export function readExif(tiff: Uint8Array): ExifFacts {
  const orientation = orientationIn(tiff);
  const isMinimal = orientation !== null && sameBytes(tiff, orientationExif(orientation));
  return { orientation, isMinimal };
}

/** The smallest EXIF block that turns a picture: one directory with one entry. */
export function orientationExif(orientation: number): Uint8Array {
  const bytes = new Uint8Array(26);
  const view = viewOf(bytes);
  bytes.set([0x4d, 0x4d, 0, 42, 0, 0, 0, 8]);
  view.setUint16(8, 1);
  view.setUint16(10, ORIENTATION);
  view.setUint16(12, SHORT);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return bytes;
}

function orientationIn(tiff: Uint8Array): number | null {
  if (tiff.length < 14) return null;
  const little = tiff[0] === 0x49 && tiff[1] === 0x49;
  if (!little && !(tiff[0] === 0x4d && tiff[1] === 0x4d)) return null;
  const view = viewOf(tiff);
  if (view.getUint16(2, little) !== 42) return null;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return null;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > tiff.length) return null;
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    if (view.getUint16(at + 2, little) !== SHORT) return null;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : null;
  }
  return null;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
