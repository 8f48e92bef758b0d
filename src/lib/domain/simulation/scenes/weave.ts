import type { Random } from '#lib/stats/random.ts';
import { hex, mixed, scaled, type Colour, type Shader } from './canvas.ts';
import { fractal, gradientNoise, latticeValue } from './noise.ts';

const THREADS = 64;

/** Stripes of thread colours, repeated in both directions: a tartan. */
const SETT: readonly [Colour, number][] = [
  [hex(0x23395b), 10],
  [hex(0x7c2f2b), 3],
  [hex(0x23395b), 3],
  [hex(0xd8b25c), 1],
  [hex(0x2e5d4b), 9],
  [hex(0xe8e0cf), 1],
  [hex(0x2e5d4b), 3],
  [hex(0x7c2f2b), 6]
];

/** Dense regular texture: a wool twill, thread by thread, in large soft folds. */
export function weave(aspect: number, random: Random): Shader {
  const seed = random.integer(1 << 30);
  const fibre = fractal(gradientNoise(random.fork('fibre')), 3);
  const folds = gradientNoise(random.fork('folds'));
  const bend = gradientNoise(random.fork('bend'));
  const angle = 0.06 + 0.08 * random.uniform();
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    const fold = folds(1.3 * x + 0.4 * y, 0.9 * y + 3) + 0.35 * folds(3.1 * x, 2.2 * y + 9);
    // Folds push the threads aside and turn the cloth towards the light and away.
    const px = THREADS * (c * x + s * y + 0.035 * fold) + 0.12 * bend(14 * x, 14 * y);
    const py = THREADS * (c * y - s * x + 0.02 * fold) + 0.12 * bend(14 * x + 40, 14 * y);
    const slope =
      folds(1.3 * (x + 0.01) + 0.4 * y, 0.9 * y + 3) - folds(1.3 * (x - 0.01) + 0.4 * y, 0.9 * y + 3);
    const light = 0.92 + 9 * slope + 0.16 * fold;

    const warp = Math.floor(px);
    const weft = Math.floor(py);
    // Two over, two under, shifted by one each row: the diagonal of a twill.
    const warpOnTop = (((warp - weft) % 4) + 4) % 4 < 2;
    const across = warpOnTop ? px - warp : py - weft;
    const lengthwise = warpOnTop ? py : px;
    const number = warpOnTop ? warp : weft + 10_000;
    const round = Math.sqrt(Math.max(0, 1 - (2 * across - 1) ** 2));
    const twist =
      0.5 + 0.5 * Math.sin(2 * Math.PI * (1.6 * lengthwise + 1.1 * across + latticeValue(seed, number, 1)));
    const hair = fibre(across * 2.4 + number * 7.7, lengthwise * 2.2);
    const shade =
      (0.16 + 0.84 * round) *
      (0.78 + 0.22 * twist) *
      (1 + 0.55 * hair) *
      (0.85 + 0.3 * latticeValue(seed, number, 2));
    const dyed = mixed(settColour(warpOnTop ? warp : weft), hex(0x8a8378), 0.1 + 0.12 * Math.max(0, hair));
    return scaled(dyed, Math.max(0, shade * light * 1.25));
  };
}

function settColour(thread: number): Colour {
  const period = SETT.reduce((sum, [, count]) => sum + count, 0);
  let place = ((thread % period) + period) % period;
  for (const [colour, count] of SETT) {
    if (place < count) return colour;
    place -= count;
  }
  throw new Error('a thread lies outside its own period');
}
