import { describe, expect, it } from 'vitest';
import { latin1, makeBmp, noisePixels } from '../../../../tests/fixtures/made-images.ts';
import { decodeBmp, parseBmp } from './bmp.ts';

const palette = (colours: number[][]) => Uint8Array.from(colours.flatMap(([r, g, b]) => [b!, g!, r!, 0]));
const corePalette = (colours: number[][]) => Uint8Array.from(colours.flatMap(([r, g, b]) => [b!, g!, r!]));

function pixels(bytes: Uint8Array): number[] {
  const decoded = decodeBmp(bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  return [...decoded.image.data];
}

function reason(bytes: Uint8Array): string | null {
  const decoded = decodeBmp(bytes);
  return decoded.ok ? null : decoded.reason;
}

const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];

describe('decodeBmp', () => {
  const rows24 = Uint8Array.from([...[3, 2, 1, 6, 5, 4, 0, 0], ...[9, 8, 7, 12, 11, 10, 0, 0]]);

  it('reads 24 bits bottom-up, swapping to RGB and passing over the padding', () => {
    const bytes = makeBmp({ widthPx: 2, heightPx: 2, bitsPerPixel: 24, pixels: rows24 });
    expect(pixels(bytes)).toEqual([7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]);
  });

  it('reads a negative height as top-down', () => {
    const bytes = makeBmp({ widthPx: 2, heightPx: -2, bitsPerPixel: 24, pixels: rows24 });
    expect(pixels(bytes)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('reads the OS/2 core header with its three-byte palette', () => {
    const bytes = makeBmp({
      widthPx: 3,
      heightPx: 1,
      bitsPerPixel: 4,
      headerSize: 12,
      tables: corePalette([RED, GREEN, BLUE]),
      pixels: Uint8Array.from([0x01, 0x20, 0, 0])
    });
    expect(pixels(bytes)).toEqual([...RED, ...GREEN, ...BLUE]);
  });

  it('reads 1 bit through its palette, the highest bit first', () => {
    const bytes = makeBmp({
      widthPx: 10,
      heightPx: 1,
      bitsPerPixel: 1,
      tables: palette([RED, WHITE]),
      pixels: Uint8Array.from([0b10110000, 0b01000000, 0, 0])
    });
    const bits = [1, 0, 1, 1, 0, 0, 0, 0, 0, 1];
    expect(pixels(bytes)).toEqual(bits.flatMap((bit) => (bit ? WHITE : RED)));
  });

  it('reads 8 bits with a shortened palette and refuses an index beyond it', () => {
    const made = {
      widthPx: 4,
      heightPx: 1,
      bitsPerPixel: 8,
      coloursUsed: 2,
      tables: palette([RED, GREEN])
    };
    expect(pixels(makeBmp({ ...made, pixels: Uint8Array.from([0, 1, 1, 0]) }))).toEqual([
      ...RED,
      ...GREEN,
      ...GREEN,
      ...RED
    ]);
    expect(reason(makeBmp({ ...made, pixels: Uint8Array.from([0, 1, 2, 0]) }))).toMatch(
      /outside the palette/
    );
  });

  it('takes the fourth byte of plain 32-bit pixels for nothing', () => {
    const bytes = makeBmp({
      widthPx: 1,
      heightPx: 1,
      bitsPerPixel: 32,
      pixels: Uint8Array.from([3, 2, 1, 77])
    });
    expect(pixels(bytes)).toEqual([1, 2, 3]);
  });

  it('spreads the five bits of plain 16-bit pixels over 0 to 255', () => {
    const value = (31 << 10) | (0 << 5) | 16;
    const bytes = makeBmp({
      widthPx: 1,
      heightPx: 1,
      bitsPerPixel: 16,
      pixels: Uint8Array.from([value & 255, value >> 8, 0, 0])
    });
    expect(pixels(bytes)).toEqual([255, 0, Math.round((16 * 255) / 31)]);
  });

  it('reads bit masks after a 40-byte header and inside a longer one', () => {
    const masks = [0xff, 0xff00, 0xff0000];
    const table = new Uint8Array(new Uint32Array(masks).buffer);
    const body = Uint8Array.from([1, 2, 3, 0]);
    const made = { widthPx: 1, heightPx: 1, bitsPerPixel: 32, compression: 3, pixels: body };
    expect(pixels(makeBmp({ ...made, tables: table }))).toEqual([1, 2, 3]);
    expect(pixels(makeBmp({ ...made, headerSize: 52, masks }))).toEqual([1, 2, 3]);
  });

  it('reads an alpha mask as alpha, and as opaque where all of it is zero', () => {
    const made = {
      widthPx: 2,
      heightPx: 1,
      bitsPerPixel: 32,
      compression: 3,
      headerSize: 108,
      masks: [0xff0000, 0xff00, 0xff, 0xff000000]
    };
    const seen = makeBmp({ ...made, pixels: Uint8Array.from([3, 2, 1, 128, 6, 5, 4, 0]) });
    expect(pixels(seen)).toEqual([1, 2, 3, 128, 4, 5, 6, 0]);
    const unused = makeBmp({ ...made, pixels: Uint8Array.from([3, 2, 1, 0, 6, 5, 4, 0]) });
    expect(pixels(unused)).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
    const parsed = parseBmp(seen);
    expect(parsed.ok && parsed.container.facts).toMatchObject({ channels: 4, hasAlpha: true });
  });

  it('reads RLE8: runs, literals, end of line, a delta', () => {
    const codes = [...[3, 1, 0, 0], ...[0, 3, 1, 0, 1, 0], ...[0, 0], ...[0, 2, 2, 0], ...[1, 1], ...[0, 1]];
    const bytes = makeBmp({
      widthPx: 3,
      heightPx: 3,
      bitsPerPixel: 8,
      compression: 1,
      coloursUsed: 2,
      tables: palette([RED, GREEN]),
      pixels: Uint8Array.from(codes)
    });
    const top = [RED, RED, GREEN];
    const middle = [GREEN, RED, GREEN];
    const bottom = [GREEN, GREEN, GREEN];
    expect(pixels(bytes)).toEqual([...top, ...middle, ...bottom].flat());
  });

  it('reads RLE4, two pixels a byte', () => {
    const bytes = makeBmp({
      widthPx: 5,
      heightPx: 1,
      bitsPerPixel: 4,
      compression: 2,
      coloursUsed: 3,
      tables: palette([RED, GREEN, BLUE]),
      pixels: Uint8Array.from([...[2, 0x12], ...[0, 3, 0x20, 0x10], ...[0, 1]])
    });
    expect(pixels(bytes)).toEqual([GREEN, BLUE, BLUE, RED, GREEN].flat());
  });

  const plain = { widthPx: 2, heightPx: 2, bitsPerPixel: 24, pixels: rows24 };
  const rle = {
    widthPx: 2,
    heightPx: 1,
    bitsPerPixel: 8,
    compression: 1,
    coloursUsed: 1,
    tables: palette([RED])
  };
  const bad: [string, Uint8Array, RegExp][] = [
    ['two letters alone', latin1('BM'), /truncated inside its header/],
    ['an unknown header size', makeBmp({ ...plain, headerSize: 41 }), /header of 41 bytes/],
    ['no width', makeBmp({ ...plain, widthPx: 0 }), /no width or no height/],
    ['a negative width', makeBmp({ ...plain, widthPx: -2 }), /no width or no height/],
    ['no height', makeBmp({ ...plain, heightPx: 0 }), /no width or no height/],
    ['an embedded PNG', makeBmp({ ...plain, compression: 5 }), /embedded PNG/],
    ['2 bits a pixel', makeBmp({ ...plain, bitsPerPixel: 2 }), /2 bits a pixel/],
    ['a row too few', makeBmp({ ...plain, heightPx: 3 }), /truncated/],
    ['no palette', makeBmp({ ...plain, bitsPerPixel: 8 }), /palette runs into its pixels/],
    ['too many colours', makeBmp({ ...plain, bitsPerPixel: 8, coloursUsed: 257 }), /257 colours/],
    [
      'an empty mask',
      makeBmp({ ...plain, bitsPerPixel: 32, compression: 3, headerSize: 52 }),
      /mask for red is empty/
    ],
    [
      'overlapping masks',
      makeBmp({ ...plain, bitsPerPixel: 32, compression: 3, headerSize: 52, masks: [255, 255, 255] }),
      /overlap/
    ],
    [
      'a mask with a hole',
      makeBmp({ ...plain, bitsPerPixel: 32, compression: 3, headerSize: 52, masks: [5, 8, 16] }),
      /mask for red is broken/
    ],
    ['a top-down RLE', makeBmp({ ...rle, heightPx: -1, pixels: Uint8Array.from([2, 0, 0, 1]) }), /top-down/],
    ['an endless RLE', makeBmp({ ...rle, pixels: Uint8Array.from([2, 0]) }), /run lengths have no end/],
    [
      'an RLE that leaves the picture',
      makeBmp({ ...rle, pixels: Uint8Array.from([3, 0, 0, 1]) }),
      /leaves the picture/
    ],
    ['an RLE without pixels', makeBmp({ ...rle, pixels: new Uint8Array(0) }), /no pixels/]
  ];
  for (const [name, bytes, message] of bad) {
    it(`refuses ${name}`, () => {
      expect(reason(bytes)).toMatch(message);
    });
  }

  it('refuses a pixel offset inside the header or beyond the file', () => {
    for (const offset of [0, 53, 10_000]) {
      const bytes = makeBmp(plain);
      new DataView(bytes.buffer).setUint32(10, offset, true);
      expect(reason(bytes)).toMatch(/begin outside the file or inside its header/);
    }
  });

  it('refuses every shortening, save for the last row’s padding', () => {
    const bytes = makeBmp(plain);
    const padding = 2;
    for (let length = 0; length < bytes.length - padding; length++) {
      expect(reason(bytes.subarray(0, length)), `${length} bytes`).not.toBeNull();
    }
    expect(pixels(bytes.subarray(0, bytes.length - padding))).toEqual(pixels(bytes));
  });

  it('answers noise in the headers with pixels or a reason, never by throwing', () => {
    let refusals = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const bitsPerPixel = [1, 4, 8, 16, 24, 32][seed % 6] as number;
      const bytes = makeBmp({ ...plain, bitsPerPixel, compression: seed % 4 });
      bytes.set(noisePixels(4, seed), 10 + (seed % 48));
      const parsed = parseBmp(bytes);
      const fits = parsed.ok && parsed.container.facts.widthPx * parsed.container.facts.heightPx < 1e6;
      if (!parsed.ok || (fits && !decodeBmp(bytes).ok)) refusals++;
    }
    expect(refusals).toBeGreaterThan(200);
  });
});
