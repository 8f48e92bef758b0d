import { describe, expect, it } from 'vitest';
import type { PixelImage } from './image.ts';
import { colourfulness, noReferenceMetrics, rmsContrast, sharpness } from './no-reference.ts';

const rgb = (...data: number[]): PixelImage => ({
  widthPx: data.length / 3,
  heightPx: 1,
  channels: 3,
  data: Uint8Array.from(data)
});

describe('sharpness', () => {
  it('is the variance of the Laplacian over inner pixels', () => {
    const data = Uint8Array.from([0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0]);
    // Inner pixels: −40 at the point, 10 beside it.
    expect(sharpness({ widthPx: 4, heightPx: 3, data })).toBe(((-40 + 15) ** 2 + (10 + 15) ** 2) / 2);
    expect(sharpness({ widthPx: 2, heightPx: 6, data })).toBeNull();
  });
});

describe('colourfulness', () => {
  it('is 0 for grey, and by hand for two pixels', () => {
    expect(colourfulness(rgb(9, 9, 9, 200, 200, 200))).toBe(0);
    expect(colourfulness({ widthPx: 2, heightPx: 1, channels: 1, data: Uint8Array.from([3, 90]) })).toBe(0);
    // rg: 100, −100; yb: 50, 50.
    expect(colourfulness(rgb(100, 0, 0, 0, 100, 0))).toBeCloseTo(100 + 0.3 * 50, 12);
  });
});

describe('rmsContrast', () => {
  it('is half the range for black and white in equal parts, 0 for a flat image', () => {
    expect(rmsContrast({ widthPx: 2, heightPx: 1, data: Uint8Array.from([0, 255]) })).toBe(0.5);
    expect(rmsContrast({ widthPx: 2, heightPx: 1, data: Uint8Array.from([8, 8]) })).toBe(0);
  });
});

describe('noReferenceMetrics', () => {
  it('gathers the three', () => {
    expect(noReferenceMetrics(rgb(0, 0, 0, 255, 255, 255))).toEqual({
      sharpness: null,
      colourfulness: 0,
      contrast: 0.5
    });
  });
});
