/** Letters as strokes on a grid 4 wide and 6 high, y downwards: polylines, rounded where points are dense. */

type Point = readonly [x: number, y: number];

const ARC_STEPS = 24;

/** An elliptical arc by degrees, 0 to the right, 90 downwards. */
function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Point[] {
  return Array.from({ length: ARC_STEPS + 1 }, (_, k) => {
    const angle = ((from + ((to - from) * k) / ARC_STEPS) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)] as const;
  });
}

// One letter a line, to be read as a table.
// prettier-ignore
const GLYPHS: Record<string, readonly (readonly Point[])[]> = {
  A: [[[0, 6], [2, 0], [4, 6]], [[0.7, 4], [3.3, 4]]],
  B: [[[0, 0], [0, 6]], [[0, 0], ...arc(2, 1.45, 1.7, 1.45, -90, 90), [0, 2.9]], [[0, 2.9], ...arc(2.2, 4.45, 1.8, 1.55, -90, 90), [0, 6]]],
  C: [arc(2.3, 3, 2.2, 3, -48, -312)],
  D: [[[0, 0], [0, 6]], [[0, 0], ...arc(1.5, 3, 2.5, 3, -90, 90), [0, 6]]],
  E: [[[3.6, 0], [0, 0], [0, 6], [3.6, 6]], [[0, 2.9], [3, 2.9]]],
  F: [[[3.6, 0], [0, 0], [0, 6]], [[0, 2.9], [3, 2.9]]],
  G: [[...arc(2.3, 3, 2.2, 3, -48, -360), [2.6, 3.1]]],
  H: [[[0, 0], [0, 6]], [[4, 0], [4, 6]], [[0, 2.9], [4, 2.9]]],
  I: [[[0.4, 0], [0.4, 6]]],
  J: [[[3, 0], [3, 4.3], ...arc(1.5, 4.3, 1.5, 1.7, 0, 160)]],
  K: [[[0, 0], [0, 6]], [[3.8, 0], [0, 3.6]], [[1.2, 2.6], [4, 6]]],
  L: [[[0, 0], [0, 6], [3.4, 6]]],
  M: [[[0, 6], [0, 0], [2.2, 4], [4.4, 0], [4.4, 6]]],
  N: [[[0, 6], [0, 0], [4, 6], [4, 0]]],
  O: [arc(2.2, 3, 2.2, 3, 0, 360)],
  P: [[[0, 6], [0, 0], ...arc(2.1, 1.6, 1.8, 1.6, -90, 90), [0, 3.2]]],
  Q: [arc(2.2, 3, 2.2, 3, 0, 360), [[2.6, 4.4], [4.2, 6.3]]],
  R: [[[0, 6], [0, 0], ...arc(2.1, 1.6, 1.8, 1.6, -90, 90), [0, 3.2]], [[1.8, 3.2], [4, 6]]],
  S: [[...arc(2, 1.5, 1.75, 1.5, -35, -235), ...arc(2, 4.5, 1.9, 1.5, -75, 140)]],
  T: [[[0, 0], [4, 0]], [[2, 0], [2, 6]]],
  U: [[[0, 0], [0, 4], ...arc(2, 4, 2, 2, 180, 0), [4, 0]]],
  V: [[[0, 0], [2, 6], [4, 0]]],
  W: [[[0, 0], [1.3, 6], [2.6, 1], [3.9, 6], [5.2, 0]]],
  X: [[[0, 0], [4, 6]], [[4, 0], [0, 6]]],
  Y: [[[0, 0], [2, 3], [4, 0]], [[2, 3], [2, 6]]],
  Z: [[[0, 0], [4, 0], [0, 6], [4, 6]]],
  '0': [arc(2, 3, 1.8, 3, 0, 360)],
  '1': [[[0.6, 1.2], [2, 0], [2, 6]]],
  '2': [[...arc(1.9, 1.7, 1.75, 1.7, 195, 385), [0, 6], [3.9, 6]]],
  '3': [[...arc(1.8, 1.5, 1.7, 1.5, 205, 450), ...arc(1.8, 4.45, 1.95, 1.55, -90, 155)]],
  '4': [[[3, 6], [3, 0], [0, 4.2], [4, 4.2]]],
  '5': [[[3.5, 0], [0.6, 0], [0.3, 2.7], ...arc(1.8, 4.1, 1.95, 1.9, -125, 145)]],
  '6': [[...arc(2.9, 4.2, 2.8, 4.2, -75, -180), ...arc(2, 4.2, 1.9, 1.8, 180, 540)]],
  '7': [[[0, 0], [4, 0], [1.4, 6]]],
  '8': [arc(2, 1.45, 1.6, 1.45, 0, 360), arc(2, 4.45, 1.9, 1.55, 0, 360)],
  '9': [[...arc(2, 1.8, 1.9, 1.8, 0, 360), ...arc(1.1, 1.8, 2.8, 4.2, 0, 105)]],
  '.': [[[0.3, 5.9], [0.3, 6]]],
  ',': [[[0.5, 5.8], [0.1, 6.9]]],
  '-': [[[0.5, 3.2], [2.5, 3.2]]],
  ':': [[[0.3, 2.4], [0.3, 2.5]], [[0.3, 5.9], [0.3, 6]]]
};

/** Widths where a letter is no 4 units wide. */
const WIDTHS: Record<string, number> = {
  I: 0.8,
  J: 3,
  M: 4.4,
  W: 5.2,
  G: 4.5,
  O: 4.4,
  Q: 4.4,
  '.': 0.6,
  ',': 0.6,
  ':': 0.6,
  '-': 3,
  ' ': 2.2
};

/** Between two letters. */
const GAP = 1.5;

export interface Segment {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** The units that a line of text is wide, its last gap left out. */
export function textWidth(text: string): number {
  return [...text].reduce((width, letter) => width + (WIDTHS[letter] ?? 4) + GAP, -GAP);
}

/**
 * A line of capital letters, digits and simple signs as straight segments.
 *
 * @param x, y the upper left corner; @param height of a capital. Letters that there are none of are passed over.
 */
export function textSegments(text: string, x: number, y: number, height: number): Segment[] {
  const unit = height / 6;
  const segments: Segment[] = [];
  let pen = x;
  for (const letter of text) {
    for (const stroke of GLYPHS[letter] ?? []) {
      for (let i = 1; i < stroke.length; i++) {
        const [ax, ay] = stroke[i - 1] as Point;
        const [bx, by] = stroke[i] as Point;
        segments.push({
          x1: pen + ax * unit,
          y1: y + ay * unit,
          x2: pen + bx * unit,
          y2: y + by * unit
        });
      }
    }
    pen += ((WIDTHS[letter] ?? 4) + GAP) * unit;
  }
  return segments;
}

/** The distance of a point to a segment. */
export function distanceTo({ x1, y1, x2, y2 }: Segment, x: number, y: number): number {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const squared = dx * dx + dy * dy;
  const t = squared === 0 ? 0 : Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / squared));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}
