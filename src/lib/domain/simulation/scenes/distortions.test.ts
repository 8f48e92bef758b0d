import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import {
  DISTORTION_KINDS,
  DISTORTION_LEVELS,
  DISTORTION_STRENGTHS,
  distortRaw,
  PRISTINE_QUALITY,
  trueQuality
} from './distortions.ts';
import { SCENE_IDS } from './render-scene.ts';

const GREY = new Uint8Array(30_000).fill(128);
const RAMP = Uint8Array.from({ length: 30_000 }, (_, i) => 64 + (i % 128));

function moments(values: Uint8Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

describe('distortRaw', () => {
  it('adds noise of the level’s deviation and no bias', () => {
    for (const level of [1, 2, 3] as const) {
      const { mean, deviation } = moments(distortRaw('noise', level, GREY, seededRandom(1)));
      const sigma = DISTORTION_STRENGTHS.noise[level - 1]!;
      // Rounding to whole steps adds a variance of 1/12; the bounds are four standard errors.
      const expected = Math.sqrt(sigma * sigma + 1 / 12);
      expect(Math.abs(mean - 128)).toBeLessThan((4 * expected) / Math.sqrt(GREY.length));
      expect(Math.abs(deviation - expected)).toBeLessThan((4 * expected) / Math.sqrt(2 * GREY.length));
    }
  });

  it('draws contrast together by the level’s factor and keeps the mean', () => {
    const before = moments(RAMP);
    for (const level of DISTORTION_LEVELS) {
      const after = moments(distortRaw('contrast', level, RAMP, seededRandom(1)));
      expect(after.mean).toBeCloseTo(before.mean, 0);
      expect(after.deviation / before.deviation).toBeCloseTo(DISTORTION_STRENGTHS.contrast[level - 1]!, 1);
    }
  });

  it('shifts chroma by the level’s length and leaves luma', () => {
    const [r, g, b] = distortRaw('colour-shift', 3, GREY, seededRandom(4));
    const luma = 0.299 * r! + 0.587 * g! + 0.114 * b!;
    expect(luma).toBeCloseTo(128, 0);
    const length = Math.hypot((b! - luma) / 1.772, (r! - luma) / 1.402);
    expect(Math.abs(length - DISTORTION_STRENGTHS['colour-shift'][2]!)).toBeLessThan(1);
  });

  it('is repeatable, and leaves what it was given', () => {
    const before = RAMP.slice();
    for (const kind of ['noise', 'contrast', 'colour-shift'] as const) {
      expect(distortRaw(kind, 2, RAMP, seededRandom(9))).toEqual(distortRaw(kind, 2, RAMP, seededRandom(9)));
    }
    expect(distortRaw('noise', 2, RAMP, seededRandom(9))).not.toEqual(
      distortRaw('noise', 2, RAMP, seededRandom(8))
    );
    expect(RAMP).toEqual(before);
  });
});

describe('trueQuality', () => {
  it('falls strictly with the level, between 0 and the pristine value, for every scene and kind', () => {
    for (const scene of SCENE_IDS) {
      for (const kind of DISTORTION_KINDS) {
        const qualities = DISTORTION_LEVELS.map((level) => trueQuality(kind, level, scene));
        const falls = [PRISTINE_QUALITY, ...qualities, 0];
        for (let i = 1; i < falls.length; i++) expect(falls[i]).toBeLessThan(falls[i - 1]!);
      }
    }
  });

  it('differs between scenes as masking would have it', () => {
    expect(trueQuality('noise', 3, 'pebbles')).toBeGreaterThan(trueQuality('noise', 3, 'dusk'));
    expect(trueQuality('blur', 3, 'dusk')).toBeGreaterThan(trueQuality('blur', 3, 'specimen'));
  });
});
