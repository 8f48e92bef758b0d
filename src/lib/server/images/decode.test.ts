import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { latin1, makeBmp, makePng, noisePixels, rgbPng } from '../../../../tests/fixtures/made-images.ts';
import { decodePixels } from './decode.ts';

const WIDTH = 23;
const HEIGHT = 17;
const RGB = noisePixels(WIDTH * HEIGHT * 3);
const GREY = noisePixels(WIDTH * HEIGHT, 2);
const bytesOf = async (image: Sharp) => new Uint8Array(await image.toBuffer());
const picture = () => sharp(RGB, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });

async function pixels(bytes: Uint8Array) {
  const decoded = await decodePixels(bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded;
}

async function reason(bytes: Uint8Array): Promise<string | null> {
  const decoded = await decodePixels(bytes);
  return decoded.ok ? null : decoded.reason;
}

describe('decodePixels gives the stored values', () => {
  it('of an RGB PNG, whatever gamma, chromaticities or profile it names', async () => {
    const rows = Array.from({ length: HEIGHT }, (_, y) => RGB.subarray(y * WIDTH * 3, (y + 1) * WIDTH * 3));
    const profiled = await bytesOf(picture().withIccProfile('p3', { attach: true }).png());
    const wide = await sharp(profiled, { ignoreIcc: true }).raw().toBuffer();
    const shape = { widthPx: WIDTH, heightPx: HEIGHT, colourType: 2, bitDepth: 8, rows } as const;
    expect(await pixels(makePng(shape))).toEqual({
      ok: true,
      widthPx: WIDTH,
      heightPx: HEIGHT,
      channels: 3,
      data: RGB
    });
    const linear = makePng({ ...shape, before: [['gAMA', Uint8Array.from([0, 1, 0x86, 0xa0])]] });
    expect((await pixels(linear)).data).toEqual(RGB);
    expect((await pixels(profiled)).data).toEqual(new Uint8Array(wide));
  });

  it('of a grey PNG in one channel', async () => {
    const rows = Array.from({ length: HEIGHT }, (_, y) => GREY.subarray(y * WIDTH, (y + 1) * WIDTH));
    const made = await pixels(
      makePng({ widthPx: WIDTH, heightPx: HEIGHT, colourType: 0, bitDepth: 8, rows })
    );
    expect(made.channels).toBe(1);
    expect(made.data).toEqual(GREY);
  });

  it('of grey with 1, 2 and 4 bits, spread over 0 to 255', async () => {
    const grey = (bitDepth: 1 | 2 | 4, row: number) =>
      makePng({ widthPx: 2, heightPx: 1, colourType: 0, bitDepth, rows: [Uint8Array.from([row])] });
    expect([...(await pixels(grey(1, 0b01000000))).data]).toEqual([0, 255]);
    expect([...(await pixels(grey(2, 0b01100000))).data]).toEqual([85, 170]);
    expect([...(await pixels(grey(4, 0x3c))).data]).toEqual([51, 204]);
  });

  it('of a palette as RGB, even where every colour in it is grey', async () => {
    const made = await pixels(
      makePng({
        widthPx: 3,
        heightPx: 1,
        colourType: 3,
        bitDepth: 2,
        rows: [Uint8Array.from([0b00011000])],
        before: [['PLTE', Uint8Array.from([9, 9, 9, 80, 80, 80, 200, 200, 200])]]
      })
    );
    expect(made.channels).toBe(3);
    expect([...made.data]).toEqual([9, 9, 9, 80, 80, 80, 200, 200, 200]);
  });

  it('of an interlaced PNG, a lossless WebP and a BMP', async () => {
    const interlaced = await pixels(await bytesOf(picture().png({ progressive: true })));
    const webp = await pixels(await bytesOf(picture().webp({ lossless: true })));
    expect(interlaced.data).toEqual(RGB);
    expect(webp.data).toEqual(RGB);
    const bmp = await pixels(
      makeBmp({ widthPx: 1, heightPx: 1, bitsPerPixel: 24, pixels: Uint8Array.from([3, 2, 1, 0]) })
    );
    expect([...bmp.data]).toEqual([1, 2, 3]);
  });

  it('of a JPEG unturned, in the channels that it has', async () => {
    const turned = await pixels(await bytesOf(picture().withMetadata({ orientation: 6 }).jpeg()));
    expect(turned).toMatchObject({ widthPx: WIDTH, heightPx: HEIGHT, channels: 3 });
    const grey = await pixels(await bytesOf(picture().toColourspace('b-w').jpeg()));
    expect(grey.channels).toBe(1);
  });
});

describe('decodePixels refuses', () => {
  it('alpha, even where all of it is opaque', async () => {
    expect(await reason(await bytesOf(picture().ensureAlpha(1).png()))).toMatch(/alpha channel/);
    expect(await reason(await bytesOf(picture().ensureAlpha(0.5).webp()))).toMatch(/alpha channel/);
  });

  it('16 bits, CMYK, text and a cut file', async () => {
    expect(await reason(await bytesOf(picture().toColourspace('rgb16').png()))).toMatch(
      /16 bits per channel/
    );
    expect(await reason(await bytesOf(picture().toColourspace('cmyk').jpeg()))).toMatch(/CMYK/);
    expect(await reason(latin1('no image'))).toMatch(/text file/);
    expect(await reason(rgbPng(WIDTH, HEIGHT, RGB).subarray(0, 300))).toMatch(/truncated/);
  });
});
