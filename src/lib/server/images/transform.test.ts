import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { noisePixels, rgbPng } from '../../../../tests/fixtures/made-images.ts';
import { transformPicture } from './transform.ts';

const SIDE = 64;
const STILL = { rotationDegrees: 0, scale: 1, shiftX: 0, shiftY: 0 };
const raw = async (bytes: Uint8Array) => sharp(bytes).raw().toBuffer();

/** White with one black square of 8 pixels, its left upper corner at (x, y). */
function marked(x: number, y: number): Uint8Array {
  const rgb = new Uint8Array(SIDE * SIDE * 3).fill(255);
  for (let row = y; row < y + 8; row++) {
    for (let column = x; column < x + 8; column++)
      rgb.fill(0, 3 * (row * SIDE + column), 3 * (row * SIDE + column) + 3);
  }
  return rgbPng(SIDE, SIDE, rgb);
}

/** Where the darkness lies, in pixels from the left upper corner. */
async function centre(bytes: Uint8Array): Promise<{ x: number; y: number }> {
  const data = await raw(bytes);
  let weight = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i < SIDE * SIDE; i++) {
    const dark = 255 - (data[3 * i] as number);
    weight += dark;
    x += dark * (i % SIDE);
    y += dark * Math.floor(i / SIDE);
  }
  return { x: x / weight, y: y / weight };
}

describe('transformPicture', () => {
  it('leaves a picture alone that is not moved, to the pixel', async () => {
    const file = rgbPng(SIDE, SIDE, noisePixels(SIDE * SIDE * 3));
    expect(Buffer.compare(await raw(await transformPicture(file, STILL)), await raw(file))).toBe(0);
  });

  it('moves to the right and down by shares of the size', async () => {
    const made = await transformPicture(marked(20, 20), { ...STILL, shiftX: 0.125, shiftY: -0.0625 });
    const { x, y } = await centre(made);
    expect(x).toBeCloseTo(23.5 + 8, 0);
    expect(y).toBeCloseTo(23.5 - 4, 0);
  });

  it('turns clockwise about the centre and enlarges from it', async () => {
    // A mark straight above the centre goes to the right under a clockwise turn.
    const turned = await centre(await transformPicture(marked(28, 4), { ...STILL, rotationDegrees: 10 }));
    const distance = 31.5 - 7.5;
    expect(Math.abs(turned.x - (31.5 + distance * Math.sin(Math.PI / 18)))).toBeLessThan(1);
    expect(Math.abs(turned.y - (31.5 - distance * Math.cos(Math.PI / 18)))).toBeLessThan(1);
    const larger = await centre(await transformPicture(marked(16, 28), { ...STILL, scale: 1.1 }));
    expect(Math.abs(larger.x - (31.5 - 1.1 * 12))).toBeLessThan(1);
  });

  it('keeps the size and gives the same bytes each time', async () => {
    const file = rgbPng(40, 24, noisePixels(40 * 24 * 3));
    const transform = { rotationDegrees: -3, scale: 0.96, shiftX: 0.01, shiftY: 0.02 };
    const made = await transformPicture(file, transform);
    expect(await sharp(made).metadata()).toMatchObject({ format: 'png', width: 40, height: 24, channels: 3 });
    expect(Buffer.compare(made, await transformPicture(file, transform))).toBe(0);
  });
});
