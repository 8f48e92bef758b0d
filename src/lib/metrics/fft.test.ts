import { describe, expect, it } from 'vitest';
import { noisePixels } from '../../../tests/fixtures/made-images.ts';
import { Fft2d } from './fft.ts';

function noise(n: number, seed: number) {
  const part = (of: number) => Float64Array.from(noisePixels(n, of), (value) => value / 128 - 1);
  return { re: part(seed), im: part(seed + 1) };
}

/** The definition, in four nested loops. */
function direct(width: number, height: number, { re, im }: { re: Float64Array; im: Float64Array }) {
  const out = { re: new Float64Array(re.length), im: new Float64Array(re.length) };
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      for (let j = 0; j < height; j++) {
        for (let i = 0; i < width; i++) {
          const angle = -2 * Math.PI * (((u * i) % width) / width + ((v * j) % height) / height);
          const at = j * width + i;
          out.re[v * width + u]! += re[at]! * Math.cos(angle) - im[at]! * Math.sin(angle);
          out.im[v * width + u]! += re[at]! * Math.sin(angle) + im[at]! * Math.cos(angle);
        }
      }
    }
  }
  return out;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('Fft2d', () => {
  // Powers of two, 3, 5, 7, 11, mixtures, and primes that go by Bluestein.
  const sizes = [
    [1, 1],
    [1, 7],
    [8, 1],
    [2, 4],
    [16, 8],
    [3, 5],
    [9, 6],
    [15, 10],
    [7, 14],
    [11, 22],
    [37, 3],
    [5, 41],
    [37, 43]
  ];
  for (const [width, height] of sizes as [number, number][]) {
    it(`is the definition at ${width} × ${height}`, () => {
      const values = noise(width * height, width * 100 + height);
      const expected = direct(width, height, values);
      new Fft2d(width, height).forward(values);
      expect(largestDifference(values.re, expected.re)).toBeLessThan(1e-10);
      expect(largestDifference(values.im, expected.im)).toBeLessThan(1e-10);
    });
  }

  it('is undone by the inverse, up to the number of values, at large and awkward sizes', () => {
    for (const [width, height] of [
      [480, 270],
      [499, 64],
      [243, 125],
      [211, 307]
    ] as [number, number][]) {
      const values = noise(width * height, 5);
      const before = { re: values.re.slice(), im: values.im.slice() };
      const fft = new Fft2d(width, height);
      fft.forward(values);
      fft.inverse(values);
      const back = values.re.map((value) => value / (width * height));
      const backIm = values.im.map((value) => value / (width * height));
      expect(largestDifference(back, before.re)).toBeLessThan(1e-12);
      expect(largestDifference(backIm, before.im)).toBeLessThan(1e-12);
    }
  });

  it('refuses arrays of another size than planned', () => {
    expect(() => new Fft2d(4, 4).forward(noise(15, 1))).toThrow(RangeError);
    expect(() => new Fft2d(0, 4)).toThrow(RangeError);
  });
});
