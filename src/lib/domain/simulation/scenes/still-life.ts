import type { Random } from '#lib/stats/random.ts';
import { added, clamped, hex, mixed, scaled, smoothStep, type Colour, type Shader } from './canvas.ts';
import { fractal, gradientNoise, type Noise } from './noise.ts';

type Vector = readonly [x: number, y: number, z: number];

interface Ball {
  centre: Vector;
  radius: number;
  surface: 'stripes' | 'mirror' | 'matte' | 'marble';
  colour: Colour;
}

const LIGHT: Vector = unit([-0.55, 0.85, -0.5]);
const EYE: Vector = [0, 1.35, -5];
const BOARD_FAR = 9;

/** Something of everything, ray by ray: glossy and matt balls on a wooden chequerboard, mirrored and shaded. */
export function stillLife(aspect: number, random: Random): Shader {
  const moved = () => 0.12 * (random.uniform() - 0.5);
  const balls: Ball[] = [
    { centre: [-1.25 + moved(), 0.8, 0.5], radius: 0.8, surface: 'stripes', colour: hex(0xd9a437) },
    { centre: [0.45 + moved(), 1, 1.3], radius: 1, surface: 'mirror', colour: hex(0xe8eef2) },
    { centre: [1.95 + moved(), 0.62, 0.1], radius: 0.62, surface: 'marble', colour: hex(0x2d6a66) },
    { centre: [0.15 + moved(), 0.36, -1], radius: 0.36, surface: 'matte', colour: hex(0xc63a32) },
    { centre: [-0.55 + moved(), 0.2, -1.7], radius: 0.2, surface: 'matte', colour: hex(0x2f5fa8) },
    { centre: [1.15 + moved(), 0.25, -1.55], radius: 0.25, surface: 'mirror', colour: hex(0xd8a86a) }
  ];
  const noise = fractal(gradientNoise(random), 4);
  return (x, y) => {
    const direction = unit([(x - aspect / 2) * 1.02, 0.38 - y * 0.98, 1.5]);
    return traced(EYE, direction, balls, noise, 2);
  };
}

function traced(
  from: Vector,
  direction: Vector,
  balls: readonly Ball[],
  noise: Noise,
  depth: number
): Colour {
  let nearest = Infinity;
  let hit: Ball | null = null;
  for (const ball of balls) {
    const distance = distanceToBall(from, direction, ball);
    if (distance < nearest) {
      nearest = distance;
      hit = ball;
    }
  }
  const toFloor = direction[1] < -1e-6 ? -from[1] / direction[1] : Infinity;
  if (toFloor < nearest) {
    const point = at(from, direction, toFloor);
    if (Math.hypot(point[0], point[2]) < 40)
      return floorColour(point, toFloor, direction, balls, noise, depth);
  }
  if (hit === null) return wall(direction);
  const point = at(from, direction, nearest);
  const normal = unit(minus(point, hit.centre));
  const mirrored = minus(direction, times(normal, 2 * dot(direction, normal)));
  const lit = Math.max(0, dot(normal, LIGHT)) * (1 - shadowAt(point, balls, hit));
  const open = 0.3 + 0.24 * normal[1] + 0.1 * clamped(normal[1]);
  const gloss = Math.max(0, dot(mirrored, LIGHT)) ** 60 * (lit > 0 ? 1 : 0);
  const fresnel = (1 - Math.max(0, -dot(direction, normal))) ** 4;
  if (hit.surface === 'mirror') {
    const seen =
      depth > 0 ? traced(at(point, normal, 1e-4), mirrored, balls, noise, depth - 1) : wall(mirrored);
    return added(times3(seen, mixed(hit.colour, [1, 1, 1], fresnel)), scaled([1, 1, 1], 1.4 * gloss));
  }
  const painted = paint(hit, normal, point, noise);
  const body = scaled(painted, open + 0.95 * lit);
  if (hit.surface === 'matte') return added(body, scaled([1, 1, 1], 0.1 * gloss));
  const seen = depth > 0 ? traced(at(point, normal, 1e-4), mirrored, balls, noise, 0) : wall(mirrored);
  return added(mixed(body, seen, 0.06 + 0.5 * fresnel), scaled([1, 1, 1], 0.8 * gloss));
}

function paint({ surface, colour }: Ball, normal: Vector, point: Vector, noise: Noise): Colour {
  if (surface === 'stripes') {
    const turn = Math.atan2(normal[2] + 0.35 * normal[1], normal[0]) / (2 * Math.PI);
    const band = (turn * 14 + 14) % 1;
    return band < 0.5 ? colour : hex(0xf4efe4);
  }
  if (surface === 'marble') {
    const vein = Math.abs(noise(2.6 * point[0] + 4, 2.6 * (point[1] + 0.6 * point[2])));
    return mixed(hex(0xd7e3d8), colour, smoothStep(0, 0.2, vein));
  }
  return colour;
}

function floorColour(
  point: Vector,
  distance: number,
  direction: Vector,
  balls: readonly Ball[],
  noise: Noise,
  depth: number
): Colour {
  const u = point[0] / 0.62 + 0.5;
  const v = point[2] / 0.62;
  const dark = (((Math.floor(u) + Math.floor(v)) % 2) + 2) % 2 === 0;
  // Rings of wood, drawn out along the grain, which turns from field to field.
  const [lengthwise, across] = dark ? [u, v] : [v, u];
  const field = 13 * Math.floor(u) + 7 * Math.floor(v);
  const rings = 0.5 + 0.5 * Math.sin(9 * across + 5 * noise(0.7 * lengthwise + field, 2.2 * across) + field);
  const pores = noise(3 * lengthwise + field, 34 * across);
  const wood = dark ? mixed(hex(0x3f2518), hex(0x5f3a22), rings) : mixed(hex(0xc59a62), hex(0xddb981), rings);
  const seam = Math.min(
    u - Math.floor(u),
    1 - (u - Math.floor(u)),
    v - Math.floor(v),
    1 - (v - Math.floor(v))
  );
  const joined = smoothStep(0, 0.022, seam);
  const shade = 1 - shadowAt(point, balls, null);
  const body = scaled(
    wood,
    (0.3 * occlusion(point, balls) + 0.85 * LIGHT[1] * shade) * (0.55 + 0.45 * joined) * (1 + 0.2 * pores)
  );
  const fresnel = (1 - Math.abs(direction[1])) ** 3;
  const seen =
    depth > 0
      ? traced([point[0], 1e-4, point[2]], [direction[0], -direction[1], direction[2]], balls, noise, 0)
      : wall([direction[0], -direction[1], direction[2]]);
  const polished = mixed(body, seen, 0.05 + 0.3 * fresnel);
  return mixed(
    polished,
    wall([direction[0], 0.02, direction[2]]),
    smoothStep(BOARD_FAR * 0.8, BOARD_FAR * 3, distance)
  );
}

/** How much of the light's disc is hidden: the closer a ball's edge passes the ray, the softer. */
function shadowAt(point: Vector, balls: readonly Ball[], self: Ball | null): number {
  let hidden = 0;
  for (const ball of balls) {
    if (ball === self) continue;
    const to = minus(ball.centre, point);
    const along = dot(to, LIGHT);
    if (along <= 0) continue;
    const beside = Math.sqrt(Math.max(0, dot(to, to) - along * along));
    const penumbra = 0.07 * along + 0.01;
    hidden = Math.max(hidden, smoothStep(ball.radius + penumbra, ball.radius - penumbra, beside));
  }
  return hidden;
}

/** The dark ring where a ball touches the board. */
function occlusion(point: Vector, balls: readonly Ball[]): number {
  return balls.reduce((open, { centre, radius }) => {
    const distance = Math.hypot(point[0] - centre[0], point[2] - centre[2]) / radius;
    return open * (1 - 0.75 / (1 + distance ** 4 * 2.2));
  }, 1);
}

function wall(direction: Vector): Colour {
  const height = clamped(direction[1] * 1.6 + 0.08);
  const base = mixed(hex(0x9aa5ad), hex(0x37424f), height);
  const window = smoothStep(0.965, 0.985, dot(unit(direction), unit([-0.55, 0.6, -0.75])));
  return added(base, scaled(hex(0xfff4dd), 1.2 * window));
}

function distanceToBall(from: Vector, direction: Vector, { centre, radius }: Ball): number {
  const to = minus(from, centre);
  const b = dot(to, direction);
  const discriminant = b * b - dot(to, to) + radius * radius;
  if (discriminant < 0) return Infinity;
  const distance = -b - Math.sqrt(discriminant);
  return distance > 1e-4 ? distance : Infinity;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function times(a: Vector, factor: number): Vector {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

function times3(a: Colour, b: Colour): Colour {
  return [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
}

function at(from: Vector, direction: Vector, distance: number): Vector {
  return [
    from[0] + distance * direction[0],
    from[1] + distance * direction[1],
    from[2] + distance * direction[2]
  ];
}

function unit(a: Vector): Vector {
  return times(a, 1 / Math.sqrt(dot(a, a)));
}
