import { describe, expect, it } from 'vitest';
import { noisePixels } from '../../../tests/fixtures/made-images.ts';
import { featureSimilarity } from './fsim.ts';
import { fullReferenceMetrics } from './full-reference.ts';
import { gmsd } from './gmsd.ts';
import { asRgb, luma, type PixelImage } from './image.ts';
import { msSsim } from './ms-ssim.ts';
import { psnr } from './psnr.ts';
import { ssim } from './ssim.ts';

function noise(widthPx: number, heightPx: number, channels: 1 | 3, seed = 1): PixelImage {
  return { widthPx, heightPx, channels, data: noisePixels(widthPx * heightPx * channels, seed) };
}

function flat(widthPx: number, heightPx: number, value: number): PixelImage {
  return { widthPx, heightPx, channels: 1, data: new Uint8Array(widthPx * heightPx).fill(value) };
}

/** SSIM by its definition: every window by itself, two-pass moments. */
function ssimByWindow(x: PixelImage, y: PixelImage): number {
  const weights = Array.from({ length: 121 }, (_, i) => {
    const [dx, dy] = [(i % 11) - 5, Math.floor(i / 11) - 5];
    return Math.exp(-(dx * dx + dy * dy) / 4.5);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  let count = 0;
  for (let top = 0; top + 11 <= x.heightPx; top++) {
    for (let left = 0; left + 11 <= x.widthPx; left++) {
      const at = (i: number) => (top + Math.floor(i / 11)) * x.widthPx + left + (i % 11);
      const mean = (value: (i: number) => number) =>
        weights.reduce((acc, weight, i) => acc + (weight / total) * value(i), 0);
      const mx = mean((i) => x.data[at(i)]!);
      const my = mean((i) => y.data[at(i)]!);
      const vx = mean((i) => (x.data[at(i)]! - mx) ** 2);
      const vy = mean((i) => (y.data[at(i)]! - my) ** 2);
      const cov = mean((i) => (x.data[at(i)]! - mx) * (y.data[at(i)]! - my));
      sum +=
        ((2 * mx * my + 6.5025) * (2 * cov + 58.5225)) / ((mx * mx + my * my + 6.5025) * (vx + vy + 58.5225));
      count++;
    }
  }
  return sum / count;
}

const fsim = (x: PixelImage, y: PixelImage) => featureSimilarity(x, y).fsim;
const fsimc = (x: PixelImage, y: PixelImage) => featureSimilarity(x, y).fsimc;

describe('luma', () => {
  it('keeps grey, weights the primaries, rounds', () => {
    const primaries = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 77, 77, 77, 255, 255, 255]);
    expect([...luma({ widthPx: 5, heightPx: 1, channels: 3, data: primaries }).data]).toEqual([
      76, 150, 29, 77, 255
    ]);
    for (let grey = 0; grey < 256; grey++) expect(luma(asRgb(flat(1, 1, grey))).data[0]).toBe(grey);
  });
});

describe('psnr', () => {
  it('is 10 log₁₀(255²/MSE) over all channels', () => {
    const x = { widthPx: 1, heightPx: 1, channels: 3 as const, data: Uint8Array.from([10, 20, 30]) };
    const y = { ...x, data: Uint8Array.from([13, 20, 30]) };
    expect(psnr(x, y)).toBeCloseTo(10 * Math.log10((255 * 255) / 3), 12);
    expect(psnr(flat(4, 4, 0), flat(4, 4, 255))).toBe(0);
  });

  it('does not exist for identical images, be one of them stored as grey', () => {
    expect(psnr(noise(9, 9, 3), noise(9, 9, 3))).toBeNull();
    expect(psnr(noise(9, 9, 1), asRgb(noise(9, 9, 1)))).toBeNull();
  });
});

describe('ssim', () => {
  it('is its definition, window by window', () => {
    const x = noise(17, 14, 1, 1);
    const y = { ...x, data: x.data.map((value, i) => Math.min(255, value * 0.7 + (i % 40))) };
    expect(ssim(x, y)).toBeCloseTo(ssimByWindow(x, y), 12);
    const z = noise(13, 23, 1, 9);
    expect(ssim(z, noise(13, 23, 1, 4))).toBeCloseTo(ssimByWindow(z, noise(13, 23, 1, 4)), 12);
  });

  it('is symmetric, exactly 1 for identical images, and of two flat ones the luminance term', () => {
    const [x, y] = [noise(40, 31, 1, 1), noise(40, 31, 1, 2)];
    expect(ssim(x, x)).toBe(1);
    expect(ssim(x, y)).toBe(ssim(y, x));
    expect(ssim(flat(20, 20, 100), flat(20, 20, 50))).toBeCloseTo((2 * 5000 + 6.5025) / (12500 + 6.5025), 12);
  });

  it('does not exist below eleven pixels on a side', () => {
    expect(ssim(flat(10, 50, 3), flat(10, 50, 3))).toBeNull();
    expect(ssim(flat(11, 11, 3), flat(11, 11, 3))).toBe(1);
  });
});

describe('msSsim', () => {
  it('does not exist where the fifth scale falls under eleven pixels', () => {
    expect(msSsim(flat(175, 400, 3), flat(175, 400, 3))).toBeNull();
    expect(msSsim(flat(176, 191, 3), flat(176, 191, 3))).toBe(1);
  });

  it('is 0 where a scale correlates negatively', () => {
    const x = noise(176, 176, 1);
    const inverted = { ...x, data: x.data.map((value) => 255 - value) };
    expect(msSsim(x, inverted)).toBe(0);
  });
});

describe('featureSimilarity', () => {
  it('is 1 for identical images, flat ones too, and symmetric', () => {
    const [x, y] = [noise(50, 37, 1, 1), noise(50, 37, 1, 2)];
    expect(fsim(x, x)).toBeCloseTo(1, 12);
    expect(fsim(flat(32, 32, 7), flat(32, 32, 7))).toBe(1);
    expect(fsim(x, y)).toBeCloseTo(fsim(y, x) as number, 12);
  });

  it('does not exist for two different flat images: no pixel has weight', () => {
    expect(fsim(flat(32, 32, 7), flat(32, 32, 9))).toBeNull();
  });

  it('subsamples large images, and takes sides with large prime factors', () => {
    const x = noise(769, 769, 1, 3);
    const y = { ...x, data: x.data.map((value, i) => (i % 7 === 0 ? 255 - value : value)) };
    const value = fsim(x, y) as number;
    expect(value).toBeGreaterThan(0.3);
    expect(value).toBeLessThan(1);
  });

  it('with colour is below the one without where only colours change, and does not exist for grey', () => {
    const x = noise(48, 48, 3);
    const swapped = { ...x, data: x.data.map((_, i) => x.data[i - (i % 3) + ((i + 1) % 3)]!) };
    expect(fsimc(x, swapped)).toBeLessThan(fsim(x, swapped) as number);
    expect(fsimc(noise(48, 48, 1), noise(48, 48, 1))).toBeNull();
  });
});

describe('gmsd', () => {
  it('is 0 for identical images and does not exist for a single pixel', () => {
    expect(gmsd(noise(21, 13, 1), noise(21, 13, 1))).toBe(0);
    expect(gmsd(flat(1, 2, 3), flat(1, 2, 5))).toBeNull();
  });

  it('by hand: one gradient of two rows against none', () => {
    // 4 × 2 pixels become 2 × 1; zeros beyond the border make the gradients.
    const x = { widthPx: 4, heightPx: 2, data: Uint8Array.from([30, 30, 60, 60, 30, 30, 60, 60]) };
    const y = { widthPx: 4, heightPx: 2, data: new Uint8Array(8) };
    const similarity = [60, 30].map((difference) => 170 / ((difference / 3) ** 2 + 170));
    const mean = (similarity[0]! + similarity[1]!) / 2;
    const deviation = Math.sqrt((similarity[0]! - mean) ** 2 + (similarity[1]! - mean) ** 2);
    expect(gmsd(x, y)).toBeCloseTo(deviation, 12);
  });
});

describe('fullReferenceMetrics', () => {
  it('says what is identical and leaves out what does not exist', () => {
    expect(fullReferenceMetrics(noise(8, 8, 3), noise(8, 8, 3))).toEqual({
      identical: true,
      psnr: null,
      ssim: null,
      msSsim: null,
      fsim: expect.closeTo(1, 12) as number,
      fsimc: expect.closeTo(1, 12) as number,
      gmsd: 0,
      ciede2000: 0
    });
  });

  it('refuses images of different size', () => {
    expect(() => fullReferenceMetrics(flat(4, 4, 1), flat(4, 5, 1))).toThrow(RangeError);
  });
});
