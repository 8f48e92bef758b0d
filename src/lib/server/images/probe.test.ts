import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  concat,
  latin1,
  makeBmp,
  makePng,
  type MadePng,
  noisePixels,
  pngChunk,
  rgbPng
} from '../../../../tests/fixtures/made-images.ts';
import { probeImage } from './probe.ts';

const WIDTH = 40;
const HEIGHT = 30;
const RGB = noisePixels(WIDTH * HEIGHT * 3);
const picture = () => sharp(RGB, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const bytesOf = async (image: Sharp) => new Uint8Array(await image.toBuffer());

async function reason(bytes: Uint8Array, limits = {}): Promise<string | null> {
  const probed = await probeImage(bytes, limits);
  return probed.ok ? null : probed.reason;
}

/** Every position of a small header, then ever fewer, and each of the last bytes. */
function cutsOf(length: number): number[] {
  const cuts = new Set<number>();
  for (let i = 0; i < Math.min(64, length); i++) cuts.add(i);
  for (let i = 64; i < length; i += 23) cuts.add(i);
  for (let i = Math.max(0, length - 24); i < length; i++) cuts.add(i);
  return [...cuts];
}

describe('probeImage says what a file is', () => {
  const cases: [string, () => Promise<Uint8Array>, object][] = [
    [
      'an RGB PNG',
      async () => rgbPng(WIDTH, HEIGHT, RGB),
      { mediaType: 'image/png', channels: 3, bitDepth: 8 }
    ],
    ['a palette PNG', () => bytesOf(picture().png({ palette: true })), { channels: 3, hasAlpha: false }],
    ['an interlaced PNG', () => bytesOf(picture().png({ progressive: true })), { channels: 3 }],
    ['a 16-bit PNG', () => bytesOf(picture().toColourspace('rgb16').png()), { channels: 3, bitDepth: 16 }],
    ['a grey PNG', () => bytesOf(picture().toColourspace('b-w').png()), { channels: 1, hasAlpha: false }],
    ['a transparent PNG', () => bytesOf(picture().ensureAlpha(0.5).png()), { channels: 4, hasAlpha: true }],
    ['a JPEG', () => bytesOf(picture().jpeg()), { mediaType: 'image/jpeg', channels: 3, bitDepth: 8 }],
    ['a progressive JPEG', () => bytesOf(picture().jpeg({ progressive: true })), { channels: 3 }],
    ['a grey JPEG', () => bytesOf(picture().toColourspace('b-w').jpeg()), { channels: 1 }],
    ['a CMYK JPEG', () => bytesOf(picture().toColourspace('cmyk').jpeg()), { channels: 4, hasAlpha: false }],
    ['a lossy WebP', () => bytesOf(picture().webp()), { mediaType: 'image/webp', channels: 3 }],
    ['a lossless WebP', () => bytesOf(picture().webp({ lossless: true })), { channels: 3 }],
    ['a transparent WebP', () => bytesOf(picture().ensureAlpha(0.5).webp()), { channels: 4, hasAlpha: true }],
    [
      'a BMP',
      async () => makeBmp({ widthPx: WIDTH, heightPx: HEIGHT, bitsPerPixel: 24, pixels: RGB }),
      { mediaType: 'image/bmp', channels: 3, hasAlpha: false }
    ]
  ];
  for (const [name, make, expected] of cases) {
    it(`recognises ${name}`, async () => {
      const probed = await probeImage(await make());
      expect(probed).toMatchObject({
        ok: true,
        image: {
          widthPx: WIDTH,
          heightPx: HEIGHT,
          isAnimated: false,
          telling: [],
          orientation: null,
          ...expected
        }
      });
    });

    it(`refuses ${name} that was cut anywhere`, async () => {
      const bytes = await make();
      for (const cut of cutsOf(bytes.length)) {
        expect(await reason(bytes.subarray(0, cut)), `cut at ${cut} of ${bytes.length}`).not.toBeNull();
      }
    });
  }

  it('counts a palette with transparency as colour with alpha', async () => {
    const png = makePng({
      widthPx: 2,
      heightPx: 1,
      colourType: 3,
      bitDepth: 8,
      rows: [Uint8Array.from([0, 1])],
      before: [
        ['PLTE', Uint8Array.from([1, 2, 3, 4, 5, 6])],
        ['tRNS', Uint8Array.from([0])]
      ]
    });
    expect(await probeImage(png)).toMatchObject({ ok: true, image: { channels: 4, hasAlpha: true } });
  });

  it('marks an animated WebP', async () => {
    const frames = await Promise.all(
      [1, 2].map((seed) =>
        sharp(noisePixels(WIDTH * HEIGHT * 3, seed), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
          .png()
          .toBuffer()
      )
    );
    const bytes = await bytesOf(sharp(frames, { join: { animated: true } }).webp());
    expect(await probeImage(bytes)).toMatchObject({
      ok: true,
      image: { isAnimated: true, widthPx: WIDTH, heightPx: HEIGHT }
    });
    expect(await reason(bytes, { maxPixels: WIDTH * HEIGHT })).toMatch(/× 2 frames/);
  });

  it('reads a turned orientation without applying it', async () => {
    const bytes = await bytesOf(picture().withMetadata({ orientation: 6 }).jpeg());
    expect(await probeImage(bytes)).toMatchObject({
      ok: true,
      image: { orientation: 6, widthPx: WIDTH, heightPx: HEIGHT }
    });
  });
});

describe('probeImage names what is telling', () => {
  const row = Uint8Array.from([1, 2, 3]);
  const one = { widthPx: 1, heightPx: 1, colourType: 2, bitDepth: 8, rows: [row] } satisfies MadePng;
  const cases: [string, Uint8Array, string[]][] = [
    ['nothing', makePng(one), []],
    ['text', makePng({ ...one, before: [['tEXt', latin1('Title\0I05_01_03')]] }), ['PNG text']],
    ['XMP', makePng({ ...one, before: [['iTXt', latin1('XML:com.adobe.xmp\0\0\0\0\0<x/>')]] }), ['XMP']],
    ['a time', makePng({ ...one, after: [['tIME', new Uint8Array(7)]] }), ['modification time']],
    ['a foreign chunk', makePng({ ...one, after: [['caBX', row]] }), ['PNG chunk caBX']],
    ['EXIF', makePng({ ...one, before: [['eXIf', latin1('MM\0*\0\0\0\x08\0\0\0\0\0\0')]] }), ['EXIF']],
    ['bytes after the end', concat([makePng(one), latin1('secret')]), ['bytes after the end']],
    ['gamma, which is none', makePng({ ...one, before: [['gAMA', Uint8Array.from([0, 0, 177, 143])]] }), []]
  ];
  for (const [name, bytes, telling] of cases) {
    it(name, async () => {
      expect(await probeImage(bytes)).toMatchObject({ ok: true, image: { telling } });
    });
  }
});

describe('probeImage refuses', () => {
  const header = (widthPx: number, heightPx: number) => {
    const data = new Uint8Array(13);
    new DataView(data.buffer).setUint32(0, widthPx);
    new DataView(data.buffer).setUint32(4, heightPx);
    data.set([8, 2, 0, 0, 0], 8);
    return data;
  };
  const bomb = concat([
    rgbPng(1, 1, Uint8Array.from([1, 2, 3])).subarray(0, 8),
    pngChunk('IHDR', header(60_000, 60_000)),
    pngChunk('IDAT', new Uint8Array(100)),
    pngChunk('IEND', new Uint8Array(0))
  ]);

  it('a bomb by its header alone', async () => {
    expect(await reason(bomb)).toBe('the image is 60,000 × 60,000, more than 100,000,000 pixels');
    expect(
      await reason(makeBmp({ widthPx: 60_000, heightPx: 60_000, bitsPerPixel: 8, pixels: RGB }))
    ).not.toBeNull();
  });

  it('a picture above the limits that were given', async () => {
    const png = rgbPng(WIDTH, HEIGHT, RGB);
    expect(await reason(png, { maxPixels: WIDTH * HEIGHT })).toBeNull();
    expect(await reason(png, { maxPixels: WIDTH * HEIGHT - 1 })).toMatch(/more than 1,199 pixels/);
    expect(await reason(png, { maxBytes: 100 })).toMatch(/bytes, more than 100/);
  });

  const foreign: [string, Uint8Array | (() => Promise<Uint8Array>), RegExp][] = [
    ['nothing', new Uint8Array(0), /the file is empty/],
    ['a text file', latin1('these are no pixels\n'), /this is a text file; PNG, JPEG, WebP and BMP/],
    [
      'a text file that begins like a bitmap',
      latin1('BMW is a make of cars, and no picture of one'),
      /a text file/
    ],
    [
      'a Git LFS pointer',
      latin1('version https://git-lfs.github.com/spec/v1\noid sha256:00\n'),
      /Git LFS pointer/
    ],
    ['an HTML page', latin1('<!DOCTYPE html><html><body>404</body></html>'), /an HTML page/],
    ['an SVG', latin1('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'), /an SVG/],
    ['a GIF', () => bytesOf(picture().gif()), /a GIF/],
    ['a TIFF', () => bytesOf(picture().tiff()), /a TIFF/],
    ['an AVIF', () => bytesOf(picture().avif({ effort: 0 })), /an AVIF/],
    ['a HEIC', latin1('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), /a HEIC/],
    ['a ZIP', latin1('PK\x03\x04\0\0\0\0'), /a ZIP archive/],
    ['noise', noisePixels(500, 7), /no image that is supported/]
  ];
  for (const [name, bytes, message] of foreign) {
    it(`${name}, by name`, async () => {
      expect(await reason(typeof bytes === 'function' ? await bytes() : bytes)).toMatch(message);
    });
  }

  it('a PNG whose checksum is wrong', async () => {
    const png = rgbPng(WIDTH, HEIGHT, RGB);
    png[200] = (png[200] as number) ^ 1;
    expect(await reason(png)).toMatch(/checksum of its IDAT chunk/);
  });

  it('a PNG with whole chunks and too few rows', async () => {
    const short = makePng({ widthPx: 2, heightPx: 9, colourType: 2, bitDepth: 8, rows: [new Uint8Array(6)] });
    expect(await reason(short)).toMatch(/cannot be decoded whole/);
  });

  it('a PNG of an impossible colour type or depth', async () => {
    const png = makePng({ widthPx: 1, heightPx: 1, colourType: 2, bitDepth: 4, rows: [new Uint8Array(3)] });
    expect(await reason(png)).toMatch(/colour type and bit depth/);
  });

  it('a JPEG cut in its rows with an end marker put behind the cut', async () => {
    const jpeg = await bytesOf(picture().jpeg());
    for (const part of [0.6, 0.7, 0.8]) {
      const cut = concat([jpeg.subarray(0, Math.round(jpeg.length * part)), Uint8Array.from([0xff, 0xd9])]);
      expect(await reason(cut)).toMatch(/cannot be decoded whole/);
    }
  });

  it('a JPEG of thousands of scans', async () => {
    const jpeg = await bytesOf(picture().jpeg({ progressive: true }));
    const scan = jpeg.lastIndexOf(0xda) - 1;
    const last = jpeg.subarray(scan, jpeg.length - 2);
    const many = concat([
      jpeg.subarray(0, -2),
      ...Array.from({ length: 300 }, () => last),
      jpeg.subarray(-2)
    ]);
    expect(await reason(many)).toMatch(/more than 200 scans/);
  });

  it('a WebP whose header was mended after the cut', async () => {
    const webp = await bytesOf(picture().webp());
    const cut = webp.slice(0, webp.length - 200);
    new DataView(cut.buffer).setUint32(4, cut.length - 8, true);
    new DataView(cut.buffer).setUint32(16, cut.length - 20, true);
    expect(await reason(cut)).toMatch(/cannot be decoded whole/);
  });
});

describe('probeImage lets pass what every decoder shows rightly', () => {
  it('a sequential JPEG whose scan names a wrong spectral band, as some phones write it', async () => {
    const jpeg = await bytesOf(picture().jpeg());
    const scan = jpeg.findIndex((value, i) => value === 0xff && jpeg[i + 1] === 0xda);
    const header = 2 + 1 + 1 + 2 * 3;
    jpeg.set([0, 0, 0], scan + 2 + header);
    expect(await reason(jpeg)).toBeNull();
  });

  it('a JPEG with fill bytes before a marker', async () => {
    const jpeg = await bytesOf(picture().jpeg());
    const filled = concat([jpeg.subarray(0, 2), Uint8Array.from([0xff, 0xff]), jpeg.subarray(2)]);
    expect(await reason(filled)).toBeNull();
  });

  it('a PNG with a broken colour profile', async () => {
    const rows = [Uint8Array.from([1, 2, 3])];
    const before: [string, Uint8Array][] = [['iCCP', latin1('x\0\0no profile')]];
    expect(
      await reason(makePng({ widthPx: 1, heightPx: 1, colourType: 2, bitDepth: 8, rows, before }))
    ).toBeNull();
  });
});
