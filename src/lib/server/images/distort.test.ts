import { describe, expect, it } from 'vitest';
import {
  DISTORTION_KINDS,
  DISTORTION_LEVELS,
  type DistortionLevel
} from '#lib/domain/simulation/scenes/distortions.ts';
import { renderScene } from '#lib/domain/simulation/scenes/render-scene.ts';
import { seededRandom } from '../../../../tests/fixtures/random.ts';
import { decodePixels } from './decode.ts';
import { distort, pngOf } from './distort.ts';
import { probeImage } from './probe.ts';

const WIDTH = 120;
const HEIGHT = 90;
const { rgb } = renderScene('still-life', WIDTH, HEIGHT, seededRandom(1));
const made = (kind: (typeof DISTORTION_KINDS)[number], level: DistortionLevel) =>
  distort(kind, level, rgb, WIDTH, HEIGHT, seededRandom(2));

async function errorOf(bytes: Uint8Array): Promise<number> {
  const decoded = await decodePixels(bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.data.reduce((sum, value, i) => sum + (value - rgb[i]!) ** 2, 0) / rgb.length;
}

describe('distort', () => {
  for (const kind of DISTORTION_KINDS) {
    it(`makes files by ${kind} that are sound, tell nothing and stray further with every level`, async () => {
      let before = 0;
      for (const level of DISTORTION_LEVELS) {
        const { bytes, mediaType } = await made(kind, level);
        expect(mediaType).toBe(kind === 'jpeg' ? 'image/jpeg' : 'image/png');
        expect(await probeImage(bytes)).toMatchObject({
          ok: true,
          image: { mediaType, widthPx: WIDTH, heightPx: HEIGHT, channels: 3, telling: [] }
        });
        const error = await errorOf(bytes);
        expect(error).toBeGreaterThan(before);
        before = error;
      }
    });

    it(`repeats ${kind} from the same seed to the byte`, async () => {
      expect((await made(kind, 3)).bytes).toEqual((await made(kind, 3)).bytes);
    });
  }
});

describe('pngOf', () => {
  it('keeps every pixel', async () => {
    expect(await errorOf(await pngOf(rgb, WIDTH, HEIGHT))).toBe(0);
  });
});
