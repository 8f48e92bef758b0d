import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  concat,
  latin1,
  makeBmp,
  makePng,
  noisePixels,
  rgbPng
} from '../../../../tests/fixtures/made-images.ts';
import { displayCopy, downsize, downsized, shownSize, thumbnail } from './derive.ts';
import { probeImage, type ImageFacts } from './probe.ts';

const WIDTH = 24;
const HEIGHT = 16;
const RGB = noisePixels(WIDTH * HEIGHT * 3);
const picture = () => sharp(RGB, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const bytesOf = async (image: Sharp) => new Uint8Array(await image.toBuffer());
const SECRET = 'I05_01_03 condition';

async function facts(bytes: Uint8Array): Promise<ImageFacts> {
  const probed = await probeImage(bytes);
  if (!probed.ok) throw new Error(probed.reason);
  return probed.image;
}

async function copyOf(bytes: Uint8Array) {
  const copy = await displayCopy(bytes, await facts(bytes));
  if (copy === null) throw new Error('a copy was expected');
  return copy;
}

const rawOf = async (bytes: Uint8Array) =>
  new Uint8Array(await sharp(bytes, { ignoreIcc: true }).raw().toBuffer());
const holds = (bytes: Uint8Array, text: string) => Buffer.from(bytes).includes(text, 0, 'latin1');

/** Entropy-coded data of a JPEG's first scan, to its end. */
function scanOf(jpeg: Uint8Array): Uint8Array {
  const at = Buffer.from(jpeg).indexOf(Buffer.from([0xff, 0xda]));
  return jpeg.subarray(at);
}

function withSegments(jpeg: Uint8Array, ...segments: [marker: number, payload: Uint8Array][]): Uint8Array {
  const made = segments.map(([marker, payload]) => {
    const length = payload.length + 2;
    return concat([Uint8Array.from([0xff, marker, length >> 8, length & 255]), payload]);
  });
  return concat([jpeg.subarray(0, 2), ...made, jpeg.subarray(2)]);
}

describe('displayCopy', () => {
  it('needs none for a file that tells nothing', async () => {
    for (const bytes of [
      rgbPng(WIDTH, HEIGHT, RGB),
      await bytesOf(picture().jpeg()),
      await bytesOf(picture().webp())
    ]) {
      expect(await displayCopy(bytes, await facts(bytes))).toBeNull();
    }
  });

  it('makes a PNG with the same pixels of a BMP', async () => {
    const stride = WIDTH * 3;
    const pixels = noisePixels(stride * HEIGHT);
    const copy = await copyOf(makeBmp({ widthPx: WIDTH, heightPx: -HEIGHT, bitsPerPixel: 24, pixels }));
    expect(copy).toMatchObject({ mediaType: 'image/png', why: 'bmp-as-png' });
    const swapped = pixels.map((_, i) => pixels[i - (i % 3) + (2 - (i % 3))] as number);
    expect(await rawOf(copy.bytes)).toEqual(swapped);
  });

  it('cuts text, time, foreign chunks and a tail from a PNG and keeps its pixel and colour chunks to the byte', async () => {
    const rows = Array.from({ length: HEIGHT }, (_, y) => RGB.subarray(y * WIDTH * 3, (y + 1) * WIDTH * 3));
    const colour: [string, Uint8Array][] = [
      ['gAMA', Uint8Array.from([0, 0, 177, 143])],
      ['sRGB', Uint8Array.from([0])]
    ];
    const shape = { widthPx: WIDTH, heightPx: HEIGHT, colourType: 2, bitDepth: 8, rows } as const;
    const bare = makePng({ ...shape, before: colour });
    const told = makePng({
      ...shape,
      before: [
        ['tEXt', latin1(`Title\0${SECRET}`)],
        ...colour,
        ['eXIf', latin1('II*\0\x08\0\0\0\0\0\0\0\0\0')]
      ],
      after: [
        ['tIME', new Uint8Array(7)],
        ['prIV', latin1(SECRET)]
      ]
    });
    const copy = await copyOf(concat([told, latin1(SECRET)]));
    expect(copy).toEqual({ bytes: bare, mediaType: 'image/png', why: 'metadata-removed' });
  });

  it('cuts EXIF, XMP, IPTC, comments, thumbnails and a tail from a JPEG and keeps the scan to the byte', async () => {
    const plain = await bytesOf(picture().withIccProfile('p3').jpeg({ progressive: true }));
    const told = concat([
      withSegments(
        plain,
        [0xe1, latin1(`Exif\0\0II*\0\x08\0\0\0\0\0${SECRET}`)],
        [0xe1, latin1(`http://ns.adobe.com/xap/1.0/\0${SECRET}`)],
        [0xed, latin1(`Photoshop 3.0\0${SECRET}`)],
        [0xe0, latin1(`JFXX\0\x10${SECRET}`)],
        [0xe4, latin1(SECRET)],
        [0xfe, latin1(SECRET)]
      ),
      latin1(SECRET)
    ]);
    expect((await facts(told)).telling.sort()).toEqual(
      [
        ...['EXIF', 'IPTC', 'JPEG application data (APP4)', 'JPEG comment'],
        ...['JPEG thumbnail', 'XMP', 'bytes after the end']
      ].sort()
    );
    const copy = await copyOf(told);
    expect(copy.mediaType).toBe('image/jpeg');
    expect(copy.bytes).toEqual(plain);
    expect(holds(copy.bytes, 'ICC_PROFILE')).toBe(true);
    expect(holds(copy.bytes, SECRET)).toBe(false);
    expect(scanOf(copy.bytes)).toEqual(scanOf(plain));
  });

  it('cuts EXIF and XMP from a WebP', async () => {
    const told = await bytesOf(
      picture()
        .withExif({ IFD0: { Copyright: SECRET } })
        .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`)
        .webp({ lossless: true })
    );
    // As a file is read: the file itself must stay as it is.
    const read = Buffer.from(told);
    expect((await facts(read)).telling.sort()).toEqual(['EXIF', 'XMP']);
    const copy = await copyOf(read);
    expect(read.equals(told)).toBe(true);
    expect(holds(copy.bytes, SECRET)).toBe(false);
    expect(await rawOf(copy.bytes)).toEqual(RGB);
    expect(await facts(copy.bytes)).toMatchObject({ telling: [], widthPx: WIDTH, heightPx: HEIGHT });
  });

  for (const [name, make] of [
    ['JPEG', (image: Sharp) => image.jpeg()],
    ['PNG', (image: Sharp) => image.png()],
    ['WebP', (image: Sharp) => image.webp()]
  ] as const) {
    it(`turns a ${name} upright that says so, and keeps nothing of its EXIF`, async () => {
      const told = await bytesOf(
        make(
          picture()
            .withExif({ IFD0: { Copyright: SECRET } })
            .withMetadata({ orientation: 8 })
        )
      );
      const before = await facts(told);
      expect(before).toMatchObject({ orientation: 8, telling: ['EXIF'] });
      const copy = await copyOf(told);
      expect(holds(copy.bytes, SECRET)).toBe(false);
      expect(copy).toMatchObject({ mediaType: 'image/png', why: 'turned-upright' });
      const shown = await facts(copy.bytes);
      expect(shown).toMatchObject({ orientation: null, telling: [], ...shownSize(before) });
      const upright = await sharp(told).autoOrient().raw().toBuffer();
      expect(await rawOf(copy.bytes)).toEqual(new Uint8Array(upright));
      expect(await displayCopy(copy.bytes, shown)).toBeNull();
    });
  }

  it('leaves out an orientation that turns nothing', async () => {
    const told = await bytesOf(picture().withMetadata({ orientation: 1 }).jpeg());
    const copy = await copyOf(told);
    expect(await facts(copy.bytes)).toMatchObject({ orientation: null, telling: [] });
  });
});

describe('thumbnail', () => {
  it('fits the side, turns upright, tells nothing', async () => {
    const big = sharp({ create: { width: 300, height: 200, channels: 3, background: 'teal' } });
    const jpeg = await bytesOf(
      big
        .withExif({ IFD0: { Copyright: SECRET } })
        .withMetadata({ orientation: 6 })
        .jpeg()
    );
    const small = await thumbnail(jpeg, 'image/jpeg', 60);
    expect(await facts(small)).toMatchObject({
      mediaType: 'image/webp',
      widthPx: 40,
      heightPx: 60,
      telling: []
    });
  });

  it('does not enlarge, and reads BMP', async () => {
    const bmp = makeBmp({ widthPx: 4, heightPx: 2, bitsPerPixel: 24, pixels: noisePixels(24) });
    expect(await facts(await thumbnail(bmp, 'image/bmp', 60))).toMatchObject({ widthPx: 4, heightPx: 2 });
  });
});

describe('a picture that says it lies on its side', () => {
  it('is shown upright, with its pixels turned and its sizes exchanged', async () => {
    const file = await bytesOf(picture().png().withMetadata({ orientation: 6 }));
    const known = await facts(file);
    expect(known.orientation).toBe(6);
    expect(shownSize(known)).toEqual({ widthPx: HEIGHT, heightPx: WIDTH });
    const copy = await copyOf(file);
    expect(copy.why).toBe('turned-upright');
    const turned = new Uint8Array(await picture().rotate(90).raw().toBuffer());
    expect(await rawOf(copy.bytes)).toEqual(turned);
    expect((await facts(copy.bytes)).orientation).toBeNull();
  });
});

describe('downsize', () => {
  it('keeps the shape, never enlarges, and gives exactly the size that was said', async () => {
    expect(downsized({ widthPx: 4000, heightPx: 3000 }, 1024)).toEqual({ widthPx: 1024, heightPx: 768 });
    expect(downsized({ widthPx: 300, heightPx: 4000 }, 1024)).toEqual({ widthPx: 77, heightPx: 1024 });
    expect(downsized({ widthPx: 800, heightPx: 600 }, 1024)).toEqual({ widthPx: 800, heightPx: 600 });
    expect(downsized({ widthPx: 1, heightPx: 9000 }, 16)).toEqual({ widthPx: 1, heightPx: 16 });
    const small = await downsize(rgbPng(WIDTH, HEIGHT, RGB), { widthPx: 12, heightPx: 8 });
    expect(await facts(small)).toMatchObject({
      mediaType: 'image/png',
      widthPx: 12,
      heightPx: 8,
      telling: []
    });
  });
});
