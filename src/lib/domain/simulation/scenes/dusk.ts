import type { Random } from '#lib/stats/random.ts';
import { added, along, clamped, hex, mixed, scaled, smoothStep, type Colour, type Shader } from './canvas.ts';
import { gradientNoise } from './noise.ts';

const SKY = [0x1a2350, 0x35407d, 0x7a5a97, 0xc9788f, 0xf2a679, 0xfbd59a].map(hex);
const DUNES = [0x9b6d86, 0x7d5577, 0x5d4267, 0x3f3052, 0x251f3b].map(hex);

/** Smooth gradients and nothing else: an evening sky with a low sun over dunes whose shading has no grain. */
export function dusk(aspect: number, random: Random): Shader {
  const sunX = aspect * (0.58 + 0.16 * random.uniform());
  const sunY = 0.47;
  const curves = gradientNoise(random);
  const heights = DUNES.map((_, k) => {
    const base = 0.585 + 0.085 * k;
    return (x: number) =>
      base +
      (0.075 + 0.012 * k) * curves(x * (1.25 + 0.25 * k) + 11 * k, 0.37 + k) +
      0.014 * Math.sin(3 * x + 2.1 * k);
  });
  // Every row asks for the same places.
  const crests = new Map<number, { y: number; slope: number }[]>();
  const crestsAt = (x: number) => {
    let there = crests.get(x);
    if (there === undefined) {
      there = heights.map((height) => ({
        y: height(x),
        slope: (height(x + 0.004) - height(x - 0.004)) / 0.008
      }));
      crests.set(x, there);
    }
    return there;
  };
  return (x, y) => {
    const distance = Math.hypot(x - sunX, (y - sunY) * 1.05);
    let colour = along(SKY, (y / 0.66) ** 0.85);
    const glow = 0.85 * Math.exp(-distance / 0.16) + 0.26 * Math.exp(-distance / 0.4) * smoothStep(0, 0.4, y);
    colour = added(colour, scaled(hex(0xffc27a), glow));
    colour = mixed(colour, [1.25, 1.1, 0.86], smoothStep(0.062, 0.056, distance));
    // High thin cloud, far wider than it is tall.
    const veil =
      smoothStep(0.05, 0.75, curves(1.2 * x + 50, 6.5 * y + 2 * x * 0.1)) * smoothStep(0.5, 0.2, y);
    colour = mixed(colour, hex(0xe39a9c), 0.16 * veil);
    for (const [k, crest] of crestsAt(x).entries()) {
      if (y < crest.y) continue;
      const dune = DUNES[k] as Colour;
      const side = Math.sign(sunX - x) * smoothStep(0, 0.25, Math.abs(sunX - x));
      const towardsSun = clamped(0.45 + 2.2 * crest.slope * side);
      const depth = (y - crest.y) / 0.3;
      const lit = mixed(dune, hex(0xf0a37c), 0.5 * towardsSun * Math.exp(-4 * depth) * (1 - 0.12 * k));
      const haze = Math.exp(-Math.abs(x - sunX) / 0.6) * (0.35 - 0.07 * k);
      const shaded = mixed(lit, scaled(dune, 0.42), 0.8 * clamped(depth));
      colour = mixed(shaded, hex(0xf7b88a), clamped(haze * Math.exp(-2 * depth)));
    }
    return colour;
  };
}
