import type { Random } from '#lib/stats/random.ts';
import { rendered, type Shader } from './canvas.ts';
import { dahlia } from './dahlia.ts';
import { dusk } from './dusk.ts';
import { facets } from './facets.ts';
import { pebbles } from './pebbles.ts';
import { ridges } from './ridges.ts';
import { specimen } from './specimen.ts';
import { stillLife } from './still-life.ts';
import { weave } from './weave.ts';

export const SCENE_IDS = [
  'facets',
  'weave',
  'dusk',
  'specimen',
  'ridges',
  'pebbles',
  'dahlia',
  'still-life'
] as const;

export type SceneId = (typeof SCENE_IDS)[number];

export interface RenderedScene {
  id: SceneId;
  /** For people. */
  name: string;
  widthPx: number;
  heightPx: number;
  /** sRGB, eight bits, row by row from the top. */
  rgb: Uint8Array;
}

const SCENES: Record<
  SceneId,
  { name: string; paint(aspect: number, random: Random, heightPx: number): Shader }
> = {
  facets: { name: 'Facets (edges)', paint: facets },
  weave: { name: 'Weave (texture)', paint: weave },
  dusk: { name: 'Dusk (gradients)', paint: dusk },
  specimen: { name: 'Specimen (letters)', paint: specimen },
  ridges: { name: 'Ridges (landscape)', paint: ridges },
  pebbles: { name: 'Pebbles (natural texture)', paint: pebbles },
  dahlia: { name: 'Dahlia (colour)', paint: dahlia },
  'still-life': { name: 'Still life (mixed)', paint: stillLife }
};

/**
 * Paints one scene of the demonstration set by arithmetic alone: nobody's photograph, nobody's face, no licence.
 * The same id, size and random source give the same pixels.
 *
 * @param random the scene's own source; what it decides is where things lie, never what is shown.
 * @throws RangeError for a size below 1 pixel.
 */
export function renderScene(id: SceneId, widthPx: number, heightPx: number, random: Random): RenderedScene {
  if (!Number.isInteger(widthPx) || !Number.isInteger(heightPx) || widthPx < 1 || heightPx < 1) {
    throw new RangeError(`a scene needs a whole size from 1 pixel, not ${widthPx} × ${heightPx}`);
  }
  const { name, paint } = SCENES[id];
  const rgb = rendered(paint(widthPx / heightPx, random, heightPx), widthPx, heightPx);
  return { id, name, widthPx, heightPx, rgb };
}
