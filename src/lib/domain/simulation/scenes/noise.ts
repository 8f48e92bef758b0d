import { shuffled, type Random } from '#lib/stats/random.ts';

/** A smooth random function of the plane, from about −1 to 1. */
export type Noise = (x: number, y: number) => number;

const SIZE = 256;

/** Gradient noise on the unit lattice (Perlin 2002), repeating every 256 units. */
export function gradientNoise(random: Random): Noise {
  const order = shuffled(
    Array.from({ length: SIZE }, (_, i) => i),
    random
  );
  const table = Uint8Array.from({ length: 2 * SIZE }, (_, i) => order[i % SIZE] as number);
  const slopes = Float64Array.from({ length: 2 * SIZE }, (_, i) => {
    const angle = (Math.PI * (i >> 1)) / (SIZE / 2);
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
  const corner = (ix: number, iy: number, dx: number, dy: number): number => {
    const at = 2 * (table[(table[ix & (SIZE - 1)] as number) + (iy & (SIZE - 1))] as number);
    return (slopes[at] as number) * dx + (slopes[at + 1] as number) * dy;
  };
  return (x, y) => {
    const ix = Math.floor(x);
    const iy = Math.floor(y);
    const dx = x - ix;
    const dy = y - iy;
    const u = faded(dx);
    const v = faded(dy);
    const top = corner(ix, iy, dx, dy) * (1 - u) + corner(ix + 1, iy, dx - 1, dy) * u;
    const bottom = corner(ix, iy + 1, dx, dy - 1) * (1 - u) + corner(ix + 1, iy + 1, dx - 1, dy - 1) * u;
    return Math.SQRT2 * (top * (1 - v) + bottom * v);
  };
}

/** Octaves of one noise, each twice as fine and half as strong: the roughness of clouds and stone. */
export function fractal(noise: Noise, octaves: number, gain = 0.5): Noise {
  return (x, y) => {
    let sum = 0;
    let amplitude = 1;
    let total = 0;
    for (let octave = 0, scale = 1; octave < octaves; octave++, scale *= 2) {
      // Shifted, so that the lattices of the octaves do not share their zeros.
      sum += amplitude * noise(x * scale + 17.3 * octave, y * scale + 9.1 * octave);
      total += amplitude;
      amplitude *= gain;
    }
    return sum / total;
  };
}

/** Octaves of 1 − |noise|: crests and valleys, as of mountains. From 0 to 1. */
export function ridged(noise: Noise, octaves: number, gain = 0.45): Noise {
  return (x, y) => {
    let sum = 0;
    let amplitude = 1;
    let total = 0;
    let weight = 1;
    for (let octave = 0, scale = 1; octave < octaves; octave++, scale *= 2.07) {
      const crest = (1 - Math.abs(noise(x * scale + 31.7 * octave, y * scale + 5.3 * octave))) ** 2;
      sum += amplitude * crest * weight;
      total += amplitude;
      weight = Math.min(1, crest * 1.6);
      amplitude *= gain;
    }
    return sum / total;
  };
}

/** A random number of 0 to 1 for each lattice point, the same at every call. */
export function latticeValue(seed: number, ix: number, iy: number): number {
  let h = Math.imul(ix, 0x27d4eb2d) ^ Math.imul(iy, 0x165667b1) ^ Math.imul(seed, 0x9e3779b9);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
}

function faded(t: number): number {
  return t * t * t * (t * (6 * t - 15) + 10);
}
