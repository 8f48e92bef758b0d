import type { Random } from '#lib/stats/random.ts';
import { along, clamped, hex, mixed, scaled, smoothStep, type Colour, type Shader } from './canvas.ts';
import { fractal, gradientNoise, latticeValue, type Noise } from './noise.ts';

const STONES = [0x8d8f92, 0xc9c0ae, 0x5f666e, 0xa98f78, 0xd9d4c7, 0x7b6a5e, 0x9aa7a6, 0xb9a58d].map(hex);
const SAND = hex(0x3a322b);

interface Layer {
  /** Stones across the picture's height. */
  count: number;
  seed: number;
}

/** Irregular natural texture: a shingle beach, large stones lying on small ones. */
export function pebbles(aspect: number, random: Random): Shader {
  const layers: Layer[] = [
    { count: 6.2, seed: random.integer(1 << 30) },
    { count: 11, seed: random.integer(1 << 30) },
    { count: 22, seed: random.integer(1 << 30) }
  ];
  const grain = fractal(gradientNoise(random.fork('grain')), 4, 0.6);
  const warp = gradientNoise(random.fork('warp'));
  const found = layers.map((layer) => ({ ...layer, stoneAt: stonesOf(layer, warp) }));
  return (x, y) => {
    let shadow = 1;
    for (const { count, seed, stoneAt } of found) {
      const stone = stoneAt(x, y);
      // Whether a stone of this layer stands between the point and the light from the upper left.
      if (stone !== null) return scaled(stoneColour(stone, x, y, count, seed, grain), shadow);
      const caster = stoneAt(x - 0.16 / count, y - 0.2 / count);
      if (caster !== null) shadow *= 1 - 0.62 * smoothStep(0, 0.25, caster.inset);
    }
    const speckle = grain(60 * x, 60 * y);
    return scaled(SAND, shadow * (0.7 + 0.8 * clamped(0.5 + speckle)));
  };
}

interface Stone {
  ix: number;
  iy: number;
  /** 0 at the edge, 1 in the middle. */
  inset: number;
  /** Direction from the middle, in stone radii. */
  dx: number;
  dy: number;
}

/** One stone's place and form; its cell of the lattice decides them. */
interface Form {
  cx: number;
  cy: number;
  cos: number;
  sin: number;
  radius: number;
  flat: number;
}

type StoneFinder = (x: number, y: number) => Stone | null;

function stonesOf({ count, seed }: Layer, warp: Noise): StoneFinder {
  const forms = new Map<number, Form | null>();
  const formAt = (ix: number, iy: number): Form | null => {
    const key = (iy + 8) * 4096 + ix + 8;
    let form = forms.get(key);
    if (form === undefined) {
      // A few places stay empty, so that what lies below is seen.
      form = latticeValue(seed + 5, ix, iy) < 0.22 ? null : formOf(seed, ix, iy);
      forms.set(key, form);
    }
    return form;
  };
  return (x, y) => {
    const px = count * x + 0.28 * warp(count * 0.9 * x, count * 0.9 * y);
    const py = count * 1.15 * y + 0.28 * warp(count * 0.9 * x + 70, count * 0.9 * y);
    let best: Stone | null = null;
    for (let iy = Math.floor(py) - 1; iy <= Math.floor(py) + 1; iy++) {
      for (let ix = Math.floor(px) - 1; ix <= Math.floor(px) + 1; ix++) {
        const form = formAt(ix, iy);
        if (form === null) continue;
        const dx = (px - form.cx) / form.radius;
        const dy = (py - form.cy) / form.radius;
        if (dx * dx + dy * dy > 1.4) continue;
        const u = Math.abs(dx * form.cos + dy * form.sin);
        const v = Math.abs(dy * form.cos - dx * form.sin) / form.flat;
        const inset = 1 - (u ** 2.4 + v ** 2.4) ** (1 / 2.4);
        if (inset > (best?.inset ?? 0)) best = { ix, iy, inset, dx, dy };
      }
    }
    return best;
  };
}

function formOf(seed: number, ix: number, iy: number): Form {
  const angle = Math.PI * latticeValue(seed + 2, ix, iy);
  return {
    cx: ix + 0.5 + 0.62 * (latticeValue(seed, ix, iy) - 0.5),
    cy: iy + 0.5 + 0.62 * (latticeValue(seed + 1, ix, iy) - 0.5),
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    radius: 0.4 + 0.2 * latticeValue(seed + 3, ix, iy),
    flat: 0.68 + 0.3 * latticeValue(seed + 4, ix, iy)
  };
}

function stoneColour(
  { ix, iy, inset, dx, dy }: Stone,
  x: number,
  y: number,
  count: number,
  seed: number,
  grain: Noise
): Colour {
  const own = (k: number) => latticeValue(seed + 10 + k, ix, iy);
  const kind = along(STONES, own(0));
  const speckle = grain(38 * x + 9 * own(1), 38 * y + 5 * own(2));
  const fine = grain(130 * x + 3 * own(1), 130 * y);
  // A vein of quartz through some of them.
  const vein = Math.abs(
    dx * Math.cos(6 * own(3)) + dy * Math.sin(6 * own(3)) - 0.35 * (own(4) - 0.5) + 0.16 * speckle
  );
  const veined = own(5) < 0.34 ? smoothStep(0.055, 0.02, vein) : 0;
  const body = mixed(scaled(kind, 1 + 0.45 * speckle + 0.3 * fine), hex(0xf2ede2), 0.8 * veined);
  // Round at the rim, flat on top; lit from the upper left.
  const rim = smoothStep(0, 0.55, inset);
  const tilt = 1 - rim;
  const light = 0.62 + 0.5 * rim - 0.62 * tilt * (0.62 * dx + 0.78 * dy);
  const shine = 0.28 * smoothStep(0.3, 0, Math.hypot(dx + 0.32, dy + 0.38)) * own(6) ** 2;
  const deep = smoothStep(0, 0.09, inset);
  return mixed(scaled(body, light * (0.35 + 0.65 * deep) * (count > 15 ? 0.8 : 1)), [1, 1, 0.98], shine);
}
