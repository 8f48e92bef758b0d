import type { Random } from '#lib/stats/random.ts';
import type { SceneId } from './render-scene.ts';

/** Where a distortion takes its chance from; named here for the rooms that know images and not statistics. */
export type DistortionRandom = Random;

export const DISTORTION_KINDS = ['jpeg', 'blur', 'noise', 'contrast', 'colour-shift'] as const;
export type DistortionKind = (typeof DISTORTION_KINDS)[number];

/** 1 is hardly seen, 5 spoils the picture. */
export const DISTORTION_LEVELS = [1, 2, 3, 4, 5] as const;
export type DistortionLevel = (typeof DISTORTION_LEVELS)[number];

/** Those that pixel arithmetic makes; the others need an image library. */
export type RawDistortionKind = Extract<DistortionKind, 'noise' | 'contrast' | 'colour-shift'>;

/** What each level means, in the unit of its kind. */
export const DISTORTION_STRENGTHS: Record<DistortionKind, readonly [number, number, number, number, number]> =
  {
    /** The encoder's quality, 1–100. */
    jpeg: [60, 32, 18, 11, 7],
    /** σ of a Gaussian, pixels. */
    blur: [0.7, 1.2, 2, 3.2, 5],
    /** σ of white noise, eight-bit steps. */
    noise: [5, 10, 18, 30, 48],
    /** What is left of the contrast. */
    contrast: [0.82, 0.66, 0.5, 0.36, 0.24],
    /** Length of the shift in the plane of Cb and Cr, eight-bit steps. */
    'colour-shift': [6, 12, 20, 31, 46]
  };

/**
 * Distorts pixels by arithmetic.
 *
 * - noise: to every value of every channel a normal deviate of its own, so the grain is coloured;
 * - contrast: every value drawn towards the picture's mean of all values by the level's factor;
 * - colour-shift: every pixel moved by the same way in the plane of Cb and Cr (Rec. 601), its luma kept where the
 *   range allows; the direction is drawn once per call.
 *
 * @param rgb eight bits, interleaved; left as it is. @param random the same source gives the same pixels.
 */
export function distortRaw(
  kind: RawDistortionKind,
  level: DistortionLevel,
  rgb: Uint8Array,
  random: Random
): Uint8Array {
  const strength = DISTORTION_STRENGTHS[kind][level - 1] as number;
  const result = new Uint8ClampedArray(rgb.length);
  if (kind === 'noise') {
    for (let i = 0; i < rgb.length; i++) result[i] = (rgb[i] as number) + strength * random.normal();
  } else if (kind === 'contrast') {
    let sum = 0;
    for (const value of rgb) sum += value;
    const mean = rgb.length === 0 ? 0 : sum / rgb.length;
    for (let i = 0; i < rgb.length; i++) result[i] = mean + strength * ((rgb[i] as number) - mean);
  } else {
    const angle = 2 * Math.PI * random.uniform();
    const cb = strength * Math.cos(angle);
    const cr = strength * Math.sin(angle);
    const shift = [1.402 * cr, -0.344136 * cb - 0.714136 * cr, 1.772 * cb];
    for (let i = 0; i < rgb.length; i++) result[i] = (rgb[i] as number) + (shift[i % 3] as number);
  }
  return new Uint8Array(result.buffer);
}

/** Quality points (of 100) that each level costs in a scene that hides and shows it as much as any. */
const COST: Record<DistortionKind, readonly [number, number, number, number, number]> = {
  jpeg: [9, 22, 40, 58, 77],
  blur: [10, 25, 44, 63, 80],
  noise: [7, 18, 34, 51, 69],
  contrast: [5, 14, 27, 42, 58],
  'colour-shift': [6, 15, 28, 43, 59]
};

/**
 * How much a scene shows a distortion: below 1 it masks it, above 1 it betrays it. Texture hides noise and blocks;
 * a smooth sky shows both and hardly any blur; letters and edges suffer from blur; white paper and a plain flower show
 * a tint at once.
 */
const VISIBILITY: Record<SceneId, Record<DistortionKind, number>> = {
  facets: { jpeg: 1.2, blur: 1.2, noise: 1.3, contrast: 0.9, 'colour-shift': 1.05 },
  weave: { jpeg: 0.75, blur: 1.15, noise: 0.6, contrast: 1, 'colour-shift': 0.8 },
  dusk: { jpeg: 1.45, blur: 0.3, noise: 1.6, contrast: 1.15, 'colour-shift': 0.75 },
  specimen: { jpeg: 1.3, blur: 1.5, noise: 1.1, contrast: 0.7, 'colour-shift': 1.3 },
  ridges: { jpeg: 0.85, blur: 1, noise: 0.85, contrast: 1.2, 'colour-shift': 1.1 },
  pebbles: { jpeg: 0.7, blur: 1.1, noise: 0.55, contrast: 1.05, 'colour-shift': 1 },
  dahlia: { jpeg: 0.95, blur: 0.9, noise: 0.95, contrast: 1, 'colour-shift': 1.15 },
  'still-life': { jpeg: 1, blur: 0.95, noise: 1.05, contrast: 0.95, 'colour-shift': 1 }
};

/** What an undistorted scene is worth: nobody gives full marks. */
export const PRISTINE_QUALITY = 94;

/**
 * The quality that simulated observers perceive, from 0 (worst) to 100: PRISTINE · (1 − cost)^visibility, with the cost
 * of kind and level as a share and the visibility of the kind in the scene. It falls strictly with the level.
 *
 * Synthetic: chosen to look plausible, measured on nobody. It stands for the truth in simulations alone and must never
 * be presented as a result about people.
 */
export function trueQuality(kind: DistortionKind, level: DistortionLevel, scene: SceneId): number {
  const cost = (COST[kind][level - 1] as number) / 100;
  return PRISTINE_QUALITY * (1 - cost) ** VISIBILITY[scene][kind];
}
