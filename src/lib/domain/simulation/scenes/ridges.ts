import type { Random } from '#lib/stats/random.ts';
import { added, along, clamped, hex, mixed, scaled, smoothStep, type Colour, type Shader } from './canvas.ts';
import { fractal, gradientNoise, ridged } from './noise.ts';

/** Points a side within each pixel: as many as the canvas takes. */
const DETAIL = 3;
const EYE_HEIGHT = 0.62;
const HORIZON = 0.36;
const FOCAL = 1.15;
const NEAREST = 1.5;
const FARTHEST = 42;

const SUN = direction(-0.62, 0.44, 0.5);
const SKY = [0x2f6db5, 0x6fa3d6, 0xb9d3e6, 0xf3e3cf].map(hex);
const HAZE = hex(0xbccbdc);
const GRASS = hex(0x4d6b2a);
const FOREST = hex(0x1f3a22);
const ROCK = hex(0x7d6f63);
const SNOW: Colour = [0.9, 0.93, 1];
const WATER = hex(0x123a4a);

/** A natural-looking landscape: fractal mountains with forest, rock and snow over a lake that mirrors them. */
export function ridges(aspect: number, random: Random, heightPx: number): Shader {
  const rows = heightPx * DETAIL;
  const columns = Math.ceil(aspect * rows);
  const light = new Float32Array(rows * columns * 3);
  const terrain = landscape(random.fork('land'));
  const cover = fractal(gradientNoise(random.fork('cover')), 3);
  const clouds = fractal(gradientNoise(random.fork('clouds')), 5);
  const ripple = gradientNoise(random.fork('ripple'));

  const depths: number[] = [];
  for (let z = NEAREST; z < FARTHEST; z *= 1.005) depths.push(z);
  const heights = new Float64Array(depths.length);
  // How high each step stands above the lake as its mirror image sees it; 0 where there is water.
  const mirrored = new Float64Array(depths.length);
  for (let column = 0; column < columns; column++) {
    const side = (column / rows - aspect / 2) / FOCAL;
    const put = (row: number, colour: Colour) => light.set(colour, (row * columns + column) * 3);
    const colours = new Map<number, Colour>();
    const colourOf = (step: number): Colour => {
      let colour = colours.get(step);
      if (colour === undefined) {
        const z = depths[step] as number;
        colour = groundColour(side * z, z, heights[step] as number, terrain, cover);
        colours.set(step, colour);
      }
      return colour;
    };
    const sky = (row: number) => skyColour(column / rows, row / rows, aspect, clouds);
    for (const [step, z] of depths.entries()) {
      const height = terrain.height(side * z, z);
      heights[step] = height;
      mirrored[step] = height > 0 ? (FOCAL * (EYE_HEIGHT + height)) / z : 0;
    }

    /** Along the ray that the water turns upwards: what it meets behind the place where it left the lake. */
    const reflection = (row: number, from: number, wave: number): Colour => {
      const slope = (row / rows - HORIZON) * (1 + wave);
      let step = from;
      while (step < depths.length && (mirrored[step] as number) < slope) step++;
      return step < depths.length ? colourOf(step) : sky(rows * (HORIZON - slope));
    };

    // From near to far; what is nearer hides what is behind it, so each row is painted once.
    let filled = rows;
    for (const [step, z] of depths.entries()) {
      const height = Math.max(0, heights[step] as number);
      const top = Math.max(0, Math.ceil(rows * (HORIZON + (FOCAL * (EYE_HEIGHT - height)) / z)));
      for (let row = top; row < filled; row++) {
        if (height > 0) {
          put(row, colourOf(step));
          continue;
        }
        const x = side * z;
        const wave = 0.6 * ripple(5 * x, 16 * z) + 0.4 * ripple(17 * x, 50 * z);
        const seen = reflection(row, step, 0.035 * wave);
        // The flatter the view, the more of a mirror.
        put(row, mixed(WATER, seen, clamped(0.45 + 0.5 * smoothStep(2, 8, z) + 0.12 * wave)));
      }
      filled = Math.min(filled, top);
      if (filled === 0) break;
    }
    for (let row = 0; row < filled; row++) put(row, sky(row));
  }
  return (x, y) => {
    const row = Math.min(rows - 1, Math.floor(y * rows));
    const column = Math.min(columns - 1, Math.floor(x * rows));
    const at = (row * columns + column) * 3;
    return [light[at] as number, light[at + 1] as number, light[at + 2] as number];
  };
}

type Land = (x: number, z: number) => number;

interface Terrain {
  height: Land;
  /** Without the finest detail: enough to know what lies in shadow. */
  coarse: Land;
}

/** Height above the water: a lake in front, foothills, then mountains that rise into the distance. */
function landscape(random: Random): Terrain {
  const peakNoise = gradientNoise(random.fork('peaks'));
  const hillNoise = gradientNoise(random.fork('hills'));
  const made = (peakOctaves: number, hillOctaves: number): Land => {
    const peaks = ridged(peakNoise, peakOctaves);
    const hills = fractal(hillNoise, hillOctaves);
    return (x, z) => {
      const hill = hills(0.45 * x + 7, 0.45 * z);
      const bank = smoothStep(4.4, 9, z + 1.6 * hill + 0.35 * Math.abs(x + 0.6));
      const rise = smoothStep(7, 26, z);
      const spit = smoothStep(-1, -3, x) * smoothStep(6.5, 4, z) * smoothStep(2.1, 3, z);
      const peak = rise > 0 ? peaks(0.085 * x + 3.7, 0.085 * z + 1.3) : 0;
      return (
        -0.07 + bank * (0.24 + 0.34 * hill + 0.5 * rise) + rise * 6.4 * peak ** 2 + spit * (0.26 + 0.3 * hill)
      );
    };
  };
  return { height: made(7, 6), coarse: made(4, 2) };
}

function groundColour(x: number, z: number, height: number, terrain: Terrain, cover: Land): Colour {
  const step = 0.004 * z;
  const dx = (terrain.height(x + step, z) - height) / step;
  const dz = (terrain.height(x, z + step) - height) / step;
  const length = Math.hypot(dx, 1, dz);
  const facing = Math.max(0, (-dx * SUN[0] + SUN[1] - dz * SUN[2]) / length);
  const steep = 1 - 1 / length;
  let shadow = 1;
  for (let k = 1; k <= 5 && facing > 0; k++) {
    const reach = 0.15 * 2 ** k;
    const above = terrain.coarse(x + SUN[0] * reach, z + SUN[2] * reach) - (height + SUN[1] * reach);
    shadow = Math.min(shadow, 1 - smoothStep(-0.03 * reach, 0.12 * reach, above));
  }
  const patch = cover(2.2 * x, 2.2 * z);
  const crowns = cover(19 * x, 19 * z);
  const meadow = mixed(GRASS, hex(0x8a8a45), clamped(0.5 + patch));
  const wooded = mixed(
    meadow,
    scaled(FOREST, 1 + 1.1 * crowns),
    smoothStep(-0.22, 0.08, patch + 0.25 * crowns - 0.25 * (height - 0.5))
  );
  const bare = mixed(scaled(ROCK, 0.85 + 0.5 * crowns), hex(0x5a4f4a), clamped(0.5 + 1.4 * patch));
  let ground = mixed(wooded, bare, smoothStep(1.2, 2.2, height + 0.7 * patch + 1.1 * (steep - 0.25)));
  ground = mixed(
    ground,
    SNOW,
    smoothStep(2.3, 2.9, height + 0.6 * patch) * smoothStep(0.52, 0.28, steep - 0.08 * crowns)
  );
  ground = mixed(hex(0xb3a284), ground, smoothStep(0, 0.035, height));
  const lit = added(
    scaled(ground, 0.34 + 0.12 / length),
    scaled(multiplied(ground, [1.28, 1.1, 0.84]), 1.25 * facing * shadow)
  );
  return mixed(lit, HAZE, 1 - Math.exp(-Math.max(0, z - 3) / 38));
}

function skyColour(x: number, y: number, aspect: number, clouds: Land): Colour {
  const base = along(SKY, (Math.max(0, y) / (HORIZON + 0.05)) ** 0.8);
  const near = Math.exp(-Math.hypot(x - 0.12 * aspect, (y - 0.2) * 1.6) / 0.35);
  const warm = added(base, scaled(hex(0xffd9a0), 0.3 * near));
  // Clouds draw together towards the horizon.
  const distance = 0.5 / (HORIZON + 0.12 - y * 0.9);
  const thick = smoothStep(0.08, 0.5, clouds(2.2 * (x - aspect / 2) * distance + 3, 4 * distance));
  return mixed(warm, [0.98, 0.95, 0.92], 0.75 * thick);
}

function multiplied(a: Colour, b: Colour): Colour {
  return [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
}

function direction(x: number, y: number, z: number): Colour {
  return scaled([x, y, z], 1 / Math.hypot(x, y, z));
}
