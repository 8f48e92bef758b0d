import { describe, expect, it } from 'vitest';
import { describePicture, DESCRIPTOR_DIMENSION } from './descriptor.ts';
import type { PixelImage } from './image.ts';

function picture(side: number, colour: (x: number, y: number) => [number, number, number]): PixelImage {
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) data.set(colour(x / side, y / side), 3 * (y * side + x));
  }
  return { widthPx: side, heightPx: side, channels: 3, data };
}
const stripes = (x: number): [number, number, number] =>
  Math.floor(x * 8) % 2 === 0 ? [200, 60, 40] : [90, 20, 160];
const cosine = (a: Float32Array, b: Float32Array) => {
  const dot = (u: Float32Array, v: Float32Array) => u.reduce((sum, value, i) => sum + value * v[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};
const described = (image: PixelImage) => describePicture(image)!;

describe('describePicture', () => {
  it('has 256 numbers of length 1, the same for the same picture', () => {
    const one = described(picture(64, (x) => stripes(x)));
    expect(one).toHaveLength(DESCRIPTOR_DIMENSION);
    expect(DESCRIPTOR_DIMENSION).toBe(256);
    expect(Math.hypot(...one)).toBeCloseTo(1, 6);
    expect(described(picture(64, (x) => stripes(x)))).toEqual(one);
  });

  it('hardly changes with size, and tells turned, recoloured and rearranged pictures apart', () => {
    const one = described(picture(64, (x) => stripes(x)));
    const larger = described(picture(256, (x) => stripes(x)));
    const turned = described(picture(64, (_, y) => stripes(y)));
    const recoloured = described(picture(64, (x) => stripes(x).toReversed() as [number, number, number]));
    expect(cosine(one, larger)).toBeGreaterThan(0.99);
    expect(cosine(one, turned)).toBeLessThan(0.6);
    expect(cosine(one, recoloured)).toBeLessThan(0.8);
  });

  it('reads grey as R = G = B, says nothing of light and edges in a flat picture, and is null below 8 × 8', () => {
    const grey: PixelImage = { widthPx: 16, heightPx: 16, channels: 1, data: new Uint8Array(256).fill(128) };
    const flat = described(grey);
    expect(flat).toEqual(described(picture(16, () => [128, 128, 128])));
    expect([...flat].filter((value) => value !== 0)).toEqual([expect.closeTo(1 / Math.sqrt(3), 6)]);
    expect(describePicture(picture(7, (x) => stripes(x)))).toBeNull();
  });
});
