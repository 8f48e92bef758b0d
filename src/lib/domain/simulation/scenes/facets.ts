import type { Random } from '#lib/stats/random.ts';
import { hex, mixed, type Colour, type Shader } from './canvas.ts';

interface Shape {
  colour: Colour;
  opacity: number;
  holds(x: number, y: number): boolean;
}

const PAPER = hex(0xf1e8d6);
const INK = hex(0x1d1f2a);
const RED = hex(0xd6402b);
const OCHRE = hex(0xe3a528);
const BLUE = hex(0x2457a0);
const TEAL = hex(0x2a8f86);
const ROSE = hex(0xe9a7a0);

/** Edges of every direction and contrast: a composition of flat shapes, a star of wedges, rings and hairlines. */
export function facets(aspect: number, random: Random): Shader {
  const moved = (x: number, y: number): [number, number] => [
    aspect * x + 0.03 * (random.uniform() - 0.5),
    y + 0.03 * (random.uniform() - 0.5)
  ];
  const tilt = 0.15 * (random.uniform() - 0.5);
  const shapes: Shape[] = [
    disc(...moved(0.36, 0.42), 0.31, RED, 1),
    bar(...moved(0.62, 0.36), 0.62, 0.13, -0.62 + tilt, BLUE, 0.92),
    bar(...moved(0.55, 0.63), 0.95, 0.05, -0.62 + tilt, INK, 1),
    triangle(...moved(0.79, 0.31), 0.24, 0.35 + tilt, OCHRE, 1),
    disc(...moved(0.66, 0.7), 0.2, TEAL, 0.88),
    stripes(...moved(0.2, 0.77), 0.34, 0.26, 0.26 + tilt, 0.013, INK),
    star(...moved(0.83, 0.74), 0.19, 36, INK),
    rings(...moved(0.36, 0.42), 0.17, 0.0125, PAPER),
    bar(...moved(0.14, 0.22), 0.3, 0.085, 0.5 + tilt, ROSE, 1),
    bar(...moved(0.15, 0.26), 0.34, 0.012, 0.5 + tilt, INK, 1),
    disc(...moved(0.56, 0.16), 0.045, INK, 1),
    disc(...moved(0.49, 0.9), 0.03, RED, 1)
  ];
  for (let k = 0; k < 7; k++) {
    shapes.push(
      bar(
        aspect * 0.5,
        0.03 + 0.02 * k + 0.004 * k * k,
        2.4 * aspect,
        0.0016,
        0.9 + 0.012 * k + tilt,
        INK,
        0.75
      )
    );
  }
  return (x, y) => {
    let colour: Colour = PAPER;
    for (const shape of shapes) if (shape.holds(x, y)) colour = mixed(colour, shape.colour, shape.opacity);
    return colour;
  };
}

function disc(cx: number, cy: number, radius: number, colour: Colour, opacity: number): Shape {
  return { colour, opacity, holds: (x, y) => (x - cx) ** 2 + (y - cy) ** 2 < radius * radius };
}

function turned(cx: number, cy: number, angle: number): (x: number, y: number) => [number, number] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => [(x - cx) * c + (y - cy) * s, (y - cy) * c - (x - cx) * s];
}

function bar(
  cx: number,
  cy: number,
  long: number,
  wide: number,
  angle: number,
  colour: Colour,
  opacity: number
): Shape {
  const local = turned(cx, cy, angle);
  return {
    colour,
    opacity,
    holds(x, y) {
      const [u, v] = local(x, y);
      return Math.abs(u) < long / 2 && Math.abs(v) < wide / 2;
    }
  };
}

function triangle(
  cx: number,
  cy: number,
  radius: number,
  angle: number,
  colour: Colour,
  opacity: number
): Shape {
  const local = turned(cx, cy, angle);
  return {
    colour,
    opacity,
    holds(x, y) {
      const [u, v] = local(x, y);
      return v < radius / 2 && Math.sqrt(3) * Math.abs(u) - v < radius;
    }
  };
}

function stripes(
  cx: number,
  cy: number,
  long: number,
  wide: number,
  angle: number,
  period: number,
  colour: Colour
): Shape {
  const local = turned(cx, cy, angle);
  return {
    colour,
    opacity: 1,
    holds(x, y) {
      const [u, v] = local(x, y);
      if (Math.abs(u) > long / 2 || Math.abs(v) > wide / 2) return false;
      // Finer from one side to the other.
      const phase = (u + long / 2) / (period * (1.9 - (1.3 * (u + long / 2)) / long));
      return phase - Math.floor(phase) < 0.5;
    }
  };
}

function star(cx: number, cy: number, radius: number, wedges: number, colour: Colour): Shape {
  return {
    colour,
    opacity: 1,
    holds(x, y) {
      if ((x - cx) ** 2 + (y - cy) ** 2 > radius * radius) return false;
      const turn = (Math.atan2(y - cy, x - cx) / (2 * Math.PI) + 1) * wedges;
      return turn - Math.floor(turn) < 0.5;
    }
  };
}

function rings(cx: number, cy: number, radius: number, period: number, colour: Colour): Shape {
  return {
    colour,
    opacity: 1,
    holds(x, y) {
      const distance = Math.hypot(x - cx, y - cy);
      return distance < radius && distance % (2 * period) < period * 0.7;
    }
  };
}
