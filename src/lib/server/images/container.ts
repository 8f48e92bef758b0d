/** The four formats that a stimulus may have. */
export type ImageMediaType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/bmp';

/** What a file's own structure says about its picture, before any pixel is decoded. */
export interface ImageFacts {
  mediaType: ImageMediaType;
  widthPx: number;
  heightPx: number;
  /** 1 grey, 2 grey + alpha, 3 colour (palettes count as colour), 4 colour + alpha or CMYK. */
  channels: number;
  hasAlpha: boolean;
  /** Bits per channel as stored. */
  bitDepth: number;
  isAnimated: boolean;
  /** EXIF orientation 1–8, or null where the file says none. */
  orientation: number | null;
  /** What the file carries beside the picture that could tell where it comes from, in words; often empty. */
  telling: string[];
}

/** A parsed file: its facts, and the two rewritings that leave every byte of pixel data as it is. */
export interface Container {
  facts: ImageFacts;
  /** How many pictures of widthPx × heightPx a full decoding makes. */
  frames: number;
  /** The file without what is telling; colour information and a turned orientation stay. */
  withoutTelling(): Uint8Array;
  /** Only what a decoder needs for the pixels: no metadata, no colour profile. */
  pixelsOnly(): Uint8Array;
}

export type Parsed = { ok: true; container: Container } | { ok: false; reason: string };

export function refused(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}

export function ascii(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}

export function startsWith(bytes: Uint8Array, prefix: string, at = 0): boolean {
  if (bytes.length < at + prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[at + i] !== prefix.charCodeAt(i)) return false;
  return true;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Adds a remark once. */
export function remark(telling: string[], what: string): void {
  if (!telling.includes(what)) telling.push(what);
}
