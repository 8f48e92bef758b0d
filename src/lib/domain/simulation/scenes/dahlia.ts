import type { Random } from '#lib/stats/random.ts';
import { along, clamped, hex, mixed, scaled, smoothStep, type Colour, type Shader } from './canvas.ts';
import { fractal, gradientNoise } from './noise.ts';

const PETAL = [0x5c0f3f, 0xa31f5e, 0xdb4b7e, 0xf48aa0, 0xfbc9c0].map(hex);
const HEART = [0x7f8f2f, 0xc9a52f, 0xe8843c, 0xb52a5c].map(hex);
const LEAVES = [0x10231a, 0x1d3b26, 0x355c31, 0x6a8a45].map(hex);
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const SHADOW_REACH = 0.011;

interface Petal {
  x: number;
  y: number;
  cos: number;
  sin: number;
  length: number;
  width: number;
  /** 0 at the heart, 1 at the rim. */
  ring: number;
  phase: number;
}

/** Saturated colour and curved fine detail: a flower, petal on petal by the golden angle, before a soft ground. */
export function dahlia(aspect: number, random: Random): Shader {
  const centreX = aspect * (0.5 + 0.06 * (random.uniform() - 0.5));
  const centreY = 0.51;
  const turn = 2 * Math.PI * random.uniform();
  const petals: Petal[] = [];
  const count = 190;
  // From the heart outwards: the inner ones lie on top and are asked first.
  for (let k = 0; k < count; k++) {
    const ring = Math.sqrt((k + 0.5) / count);
    const angle = turn + k * GOLDEN_ANGLE + 0.05 * random.normal();
    const out = 0.03 + 0.3 * ring;
    petals.push({
      x: centreX + out * Math.cos(angle),
      y: centreY + 0.94 * out * Math.sin(angle),
      cos: Math.cos(angle),
      sin: Math.sin(angle),
      length: 0.02 + 0.125 * ring,
      width: 0.009 + 0.036 * ring,
      ring,
      phase: random.uniform()
    });
  }
  const soft = fractal(gradientNoise(random.fork('ground')), 2);
  const fine = gradientNoise(random.fork('fine'));
  const near = nearby(petals);
  return (x, y) => {
    const fromCentre = Math.hypot(x - centreX, y - centreY);
    const bud = fromCentre < 0.06 ? heart(x - centreX, (y - centreY) / 0.94, turn) : null;
    if (bud !== null) return bud;
    let shade = 1;
    if (fromCentre < 0.5) {
      for (const petal of near(x, y)) {
        const dx = x - petal.x;
        const dy = y - petal.y;
        const u = (dx * petal.cos + dy * petal.sin) / petal.length;
        if (u < -1.15 || u > 1.1) continue;
        const v = (dy * petal.cos - dx * petal.sin) / petal.width;
        const half =
          Math.sqrt(Math.max(0, 1 - u * u)) * (1 - 0.28 * Math.max(0, u) ** 3) +
          (u > 0.8 ? 0.12 * (1 - u) : 0);
        if (Math.abs(v) < half) return scaled(petalColour(petal, u, v / half, fine), shade);
        // Just outside its edge a petal throws a shadow on those below.
        const beside = (Math.abs(v) - half) * petal.width + Math.max(0, Math.abs(u) - 1) * petal.length;
        shade *= 0.62 + 0.38 * smoothStep(0, SHADOW_REACH, beside);
      }
    }
    const blotch = soft(2.1 * x + 5, 2.1 * y);
    const ground = along(LEAVES, 0.42 + 0.75 * blotch - 0.25 * y);
    const light = smoothStep(0.35, 0.75, soft(3.3 * x + 20, 3.3 * y + 8));
    const fall = 0.55 + 0.45 * smoothStep(0.36, 0.62, fromCentre);
    return scaled(mixed(ground, hex(0xb9c77a), 0.5 * light), fall * (fromCentre < 0.5 ? shade : 1));
  };
}

/** The petals that may cover or shade a point, in their order: by cells, so that few are asked. */
function nearby(petals: readonly Petal[]): (x: number, y: number) => readonly Petal[] {
  const side = 0.02;
  const cells = new Map<number, Petal[]>();
  return (x, y) => {
    const column = Math.floor(x / side);
    const row = Math.floor(y / side);
    const key = row * 1000 + column;
    let there = cells.get(key);
    if (there === undefined) {
      const [cx, cy] = [(column + 0.5) * side, (row + 0.5) * side];
      const reach = side + SHADOW_REACH;
      there = petals.filter((petal) => Math.hypot(cx - petal.x, cy - petal.y) < 1.15 * petal.length + reach);
      cells.set(key, there);
    }
    return there;
  };
}

/** The closed florets in the middle: small domes by the golden angle, green turning to gold outwards. */
function heart(x: number, y: number, turn: number): Colour | null {
  const radius = 0.0052;
  for (let k = 70; k >= 0; k--) {
    const out = 0.0056 * Math.sqrt(k + 0.5);
    const angle = turn + k * GOLDEN_ANGLE;
    const dx = (x - out * Math.cos(angle)) / radius;
    const dy = (y - out * Math.sin(angle)) / radius;
    const squared = dx * dx + dy * dy;
    if (squared > 1) continue;
    const tone = along(HEART, k / 70);
    return scaled(tone, (0.35 + 0.65 * Math.sqrt(1 - squared)) * (0.95 - 0.25 * (dx + dy)));
  }
  return null;
}

function petalColour(
  { ring, phase }: Petal,
  u: number,
  v: number,
  fine: (x: number, y: number) => number
): Colour {
  const along01 = clamped((u + 1) / 2);
  const tone = 0.12 + 0.34 * ring + 0.5 * along01 ** 1.5 * (0.45 + 0.55 * ring) + 0.06 * (phase - 0.5);
  const veins = 0.5 + 0.5 * Math.cos(13 * v + 1.3 * Math.sin(4 * u + 6 * phase));
  const streak = fine(22 * v + 40 * phase, 3 * u + 90 * phase);
  // A petal is a trough: its middle lies lower than its rims and further from the light.
  const hollow = 0.72 + 0.28 * Math.abs(v) ** 1.3 + 0.1 * v * (phase - 0.5);
  const light = hollow * (0.55 + 0.5 * along01) * (0.93 + 0.07 * veins) * (1 + 0.09 * streak);
  return mixed(
    scaled(along(PETAL, tone), light * 1.15),
    hex(0xffe9dc),
    0.35 * smoothStep(0.9, 1, Math.abs(v)) * along01
  );
}
