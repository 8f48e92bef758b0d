/** Linear light, 0 to 1 in each of red, green and blue; what is above 1 is clipped when it is stored. */
export type Colour = readonly [red: number, green: number, blue: number];

/**
 * The colour of a point. The picture is 1 high: y runs from 0 (top) to 1, x from 0 to width / height, so that a
 * scene keeps its proportions at every size.
 */
export type Shader = (x: number, y: number) => Colour;

/** Samples a side within each pixel. */
const SUBSAMPLES = 3;

/**
 * Renders a shader to sRGB, eight bits: each pixel is the mean light of 3 × 3 points, so edges are smooth as a
 * camera's are.
 */
export function rendered(shader: Shader, widthPx: number, heightPx: number): Uint8Array {
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  const parts = SUBSAMPLES * SUBSAMPLES;
  for (let row = 0, to = 0; row < heightPx; row++) {
    for (let column = 0; column < widthPx; column++, to += 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let part = 0; part < parts; part++) {
        const x = (column + ((part % SUBSAMPLES) + 0.5) / SUBSAMPLES) / heightPx;
        const y = (row + (Math.floor(part / SUBSAMPLES) + 0.5) / SUBSAMPLES) / heightPx;
        const [r, g, b] = shader(x, y);
        red += r;
        green += g;
        blue += b;
      }
      rgb[to] = encoded(red / parts);
      rgb[to + 1] = encoded(green / parts);
      rgb[to + 2] = encoded(blue / parts);
    }
  }
  return rgb;
}

/** A colour as people write it, 0xRRGGBB in sRGB. */
export function hex(code: number): Colour {
  return [decoded(code >> 16), decoded((code >> 8) & 255), decoded(code & 255)];
}

export function mixed(a: Colour, b: Colour, share: number): Colour {
  const t = clamped(share);
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])];
}

export function scaled([r, g, b]: Colour, factor: number): Colour {
  return [r * factor, g * factor, b * factor];
}

export function added(a: Colour, b: Colour): Colour {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

/** A colour along a row of stops at equal steps, from 0 to 1. */
export function along(stops: readonly Colour[], position: number): Colour {
  const place = clamped(position) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  return mixed(stops[index] as Colour, stops[index + 1] as Colour, place - index);
}

export function clamped(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** 0 below `from`, 1 above `to`, smooth in between. */
export function smoothStep(from: number, to: number, value: number): number {
  const t = clamped((value - from) / (to - from));
  return t * t * (3 - 2 * t);
}

function encoded(linear: number): number {
  const v = clamped(linear);
  return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
}

/** A table: colours are written inside shaders, which run millions of times. */
const DECODED = Float64Array.from({ length: 256 }, (_, step) => {
  const v = step / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

function decoded(step: number): number {
  return DECODED[step] as number;
}
