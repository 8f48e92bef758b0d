import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fullReferenceMetrics, type FullReferenceMetrics } from '../../src/lib/metrics/full-reference.ts';
import type { PixelImage } from '../../src/lib/metrics/image.ts';
import { meanSquaredError } from '../../src/lib/metrics/psnr.ts';
import { decodePixels } from '../../src/lib/server/images/decode.ts';
import { goldenDir, readGolden } from './golden.ts';

interface ImageMetricsGolden {
  tolerance: Record<string, number>;
  expected: { reference: string; distorted: string; expected: Record<string, number | string | null> }[];
}

const there = goldenDir() !== null;
const golden = there ? readGolden<ImageMetricsGolden>('image_metrics') : { tolerance: {}, expected: [] };

async function read(name: string): Promise<PixelImage> {
  const decoded = await decodePixels(readFileSync(path.join(goldenDir() as string, name)));
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded;
}

/**
 * Left out, with the reason:
 * - ssim_skimage_default_7x7_uniform: another window than Wang et al.'s.
 * - ssim_skimage_rgb_mean: the mean over R, G and B; the metric here is defined on luma.
 * - psnr_gray_db: PSNR on luma; here it is over all channels (for the grey pairs the two are one).
 * - ciede2000_p95 and deltaE76_mean: other summaries of colour difference than the mean CIEDE2000.
 * - the values of IQA-PyTorch (single precision, luma not rounded, other border handling): they agree with the
 *   others to three or four digits only.
 */
const CHECKED: [key: string, tolerance: string, value: (metrics: FullReferenceMetrics) => number | null][] = [
  ['psnr_all_channels_db', 'psnr abs', (metrics) => metrics.psnr],
  ['ssim_wang2004_gray_valid (own numpy)', 'ssim own/octave abs', (metrics) => metrics.ssim],
  ['ssim_wang2004_gray (Octave, official ssim_index.m)', 'ssim own/octave abs', (metrics) => metrics.ssim],
  [
    'ssim_skimage_gray (gaussian_weights, sigma 1.5, use_sample_covariance False)',
    'ssim skimage abs',
    (metrics) => metrics.ssim
  ],
  ['ms_ssim_gray (own numpy, Wang 2003 5 scales)', 'ms_ssim abs', (metrics) => metrics.msSsim],
  ['fsim (Octave, official FeatureSIM.m)', 'fsim abs', (metrics) => metrics.fsim],
  ['gmsd (Octave, official GMSD.m)', 'gmsd abs', (metrics) => metrics.gmsd],
  ['ciede2000_mean (skimage, D65 2deg sRGB)', 'ciede abs', (metrics) => metrics.ciede2000]
];

describe.skipIf(!there)('image metrics against published code', () => {
  for (const { reference, distorted, expected } of golden.expected) {
    describe(path.basename(distorted, '.png'), () => {
      let x: PixelImage;
      let y: PixelImage;
      let metrics: FullReferenceMetrics;
      beforeAll(async () => {
        x = await read(reference);
        y = await read(distorted);
        metrics = fullReferenceMetrics(x, y);
      });

      for (const [key, tolerance, value] of CHECKED) {
        const wanted = expected[key];
        if (wanted === undefined) continue;
        it(key, () => {
          const got = value(metrics);
          if (wanted === null || wanted === 'Infinity') expect(got).toBeNull();
          else
            expect(Math.abs((got as number) - (wanted as number))).toBeLessThanOrEqual(
              golden.tolerance[tolerance]!
            );
        });
      }

      it('mse_all_channels, and identical where it is 0', () => {
        expect(meanSquaredError(x, y)).toBeCloseTo(expected['mse_all_channels'] as number, 9);
        expect(metrics.identical).toBe(expected['mse_all_channels'] === 0);
      });

      it('fsimc (Octave), null for a grey pair', () => {
        const wanted = expected['fsimc (Octave)'] as number | null;
        const got = metrics.fsimc;
        if (wanted === null) expect(got).toBeNull();
        else expect(Math.abs((got as number) - wanted)).toBeLessThanOrEqual(golden.tolerance['fsim abs']!);
      });
    });
  }
});
