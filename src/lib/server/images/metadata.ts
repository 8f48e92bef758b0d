import { parseBmp } from './bmp.ts';
import { ascii, refused, startsWith, type Parsed } from './container.ts';
import { parseJpeg } from './jpeg.ts';
import { parsePng } from './png.ts';
import { parseWebp } from './webp.ts';

/**
 * Reads an image file's structure without decoding its pixels. The bytes decide what it is, never a name.
 *
 * @returns the parsed container, or why this is none: what it is instead, where it is cut or damaged.
 */
export function parseImage(file: Uint8Array): Parsed {
  // A Buffer's slices are views: what is rewritten in a copy would be rewritten in the file.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length === 0) return refused('the file is empty');
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return parsePng(bytes);
  if (startsWith(bytes, '\xff\xd8\xff')) return parseJpeg(bytes);
  if (startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8)) return parseWebp(bytes);
  if (startsWith(bytes, 'BM') && bytes.length >= 6 && !isText(bytes)) return parseBmp(bytes);
  const other = otherFormat(bytes);
  if (other !== null) return refused(`${other}; PNG, JPEG, WebP and BMP are supported`);
  return refused('the bytes are no image that is supported (PNG, JPEG, WebP, BMP)');
}

const SIGNATURES: readonly [string, string][] = [
  ['GIF87a', 'a GIF'],
  ['GIF89a', 'a GIF'],
  ['II*\0', 'a TIFF (or a camera’s raw file)'],
  ['MM\0*', 'a TIFF (or a camera’s raw file)'],
  ['II+\0', 'a BigTIFF'],
  ['MM\0+', 'a BigTIFF'],
  ['\0\0\0\x0cjP  ', 'a JPEG 2000'],
  ['\xff\x4f\xff\x51', 'a JPEG 2000'],
  ['\0\0\0\x0cJXL ', 'a JPEG XL'],
  ['\xff\x0a', 'a JPEG XL'],
  ['8BPS', 'a Photoshop file'],
  ['%PDF', 'a PDF'],
  ['PK\x03\x04', 'a ZIP archive'],
  ['\0\0\x01\0', 'a Windows icon'],
  ['v/1\x01', 'an OpenEXR'],
  ['#?RADIANCE', 'a Radiance HDR'],
  ['\x1f\x8b', 'a gzip archive']
];

function otherFormat(bytes: Uint8Array): string | null {
  if (startsWith(bytes, 'ftyp', 4)) return isoFormat(bytes);
  for (const [signature, name] of SIGNATURES) if (startsWith(bytes, signature)) return `this is ${name}`;
  if (!isText(bytes)) return null;
  const head = ascii(bytes, 0, Math.min(bytes.length, 1024));
  if (/<svg[\s>]/i.test(head)) return 'this is an SVG';
  if (/<!doctype html|<html[\s>]/i.test(head)) return 'this is an HTML page';
  if (head.startsWith('version https://git-lfs')) return 'this is a Git LFS pointer, not the image itself';
  if (/^P[1-7]\s/.test(head)) return 'this is a PNM';
  return 'this is a text file';
}

/** HEIC, AVIF and videos share one container and differ in the brands that it names. */
function isoFormat(bytes: Uint8Array): string {
  const brands = ascii(bytes, 8, Math.min(56, bytes.length - 8));
  if (/avif|avis/.test(brands)) return 'this is an AVIF';
  if (/heic|heix|hevc|hevx|heim|heis|mif1|msf1/.test(brands)) return 'this is a HEIC';
  return 'this is a video or another ISO media file';
}

function isText(bytes: Uint8Array): boolean {
  for (const value of bytes.subarray(0, 512)) {
    if (value < 32 && value !== 9 && value !== 10 && value !== 12 && value !== 13) return false;
  }
  return true;
}
