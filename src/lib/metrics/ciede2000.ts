import { asRgb, requireSameSize, type PixelImage } from './image.ts';

/** CIE L*, a*, b*. */
export type Lab = readonly [l: number, a: number, b: number];

/** Reference white: D65, 2° observer. */
const WHITE_X = 0.95047;
const WHITE_Z = 1.08883;

const LINEAR = Float64Array.from({ length: 256 }, (_, step) => {
  const v = step / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

/** From sRGB, 0–255, by IEC 61966-2-1's transfer curve and BT.709's primaries to CIELAB under D65 (2°). */
export function labOfSrgb(red: number, green: number, blue: number): Lab {
  const r = LINEAR[red] as number;
  const g = LINEAR[green] as number;
  const b = LINEAR[blue] as number;
  const x = labCurve((0.412453 * r + 0.35758 * g + 0.180423 * b) / WHITE_X);
  const y = labCurve(0.212671 * r + 0.71516 * g + 0.072169 * b);
  const z = labCurve((0.019334 * r + 0.119193 * g + 0.950227 * b) / WHITE_Z);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/**
 * CIEDE2000 colour difference with kL = kC = kH = 1. Where either colour has no chroma its hue is undefined
 * and the hue terms are 0, as the formula says.
 *
 * Source: CIE 142-2001; Sharma, Wu, Dalal 2005, whose test pairs the tests use.
 */
export function colourDifference([l1, a1, b1]: Lab, [l2, a2, b2]: Lab): number {
  const meanChroma = (Math.sqrt(a1 * a1 + b1 * b1) + Math.sqrt(a2 * a2 + b2 * b2)) / 2;
  const seventh = toTheSeventh(meanChroma);
  const g = 0.5 * (1 - Math.sqrt(seventh / (seventh + TWENTY_FIVE_7)));
  const a1Prime = (1 + g) * a1;
  const a2Prime = (1 + g) * a2;
  const chroma1 = Math.sqrt(a1Prime * a1Prime + b1 * b1);
  const chroma2 = Math.sqrt(a2Prime * a2Prime + b2 * b2);
  const hue1 = hueDegrees(a1Prime, b1);
  const hue2 = hueDegrees(a2Prime, b2);
  const grey = chroma1 * chroma2 === 0;

  let turn = hue2 - hue1;
  if (turn > 180) turn -= 360;
  else if (turn < -180) turn += 360;
  let meanHue = hue1 + hue2;
  if (!grey) {
    if (Math.abs(hue1 - hue2) <= 180) meanHue /= 2;
    else meanHue = meanHue < 360 ? (meanHue + 360) / 2 : (meanHue - 360) / 2;
  }
  const dL = l2 - l1;
  const dC = chroma2 - chroma1;
  const dH = grey ? 0 : 2 * Math.sqrt(chroma1 * chroma2) * Math.sin((turn / 2) * DEGREE);

  const lightness = (l1 + l2) / 2 - 50;
  const chroma = (chroma1 + chroma2) / 2;
  const t =
    1 -
    0.17 * Math.cos((meanHue - 30) * DEGREE) +
    0.24 * Math.cos(2 * meanHue * DEGREE) +
    0.32 * Math.cos((3 * meanHue + 6) * DEGREE) -
    0.2 * Math.cos((4 * meanHue - 63) * DEGREE);
  const sL = 1 + (0.015 * lightness * lightness) / Math.sqrt(20 + lightness * lightness);
  const sC = 1 + 0.045 * chroma;
  const sH = 1 + 0.015 * chroma * t;
  const chromaSeventh = toTheSeventh(chroma);
  const rotation =
    -2 *
    Math.sqrt(chromaSeventh / (chromaSeventh + TWENTY_FIVE_7)) *
    Math.sin(60 * DEGREE * Math.exp(-(((meanHue - 275) / 25) ** 2)));
  const l = dL / sL;
  const c = dC / sC;
  const h = dH / sH;
  // Rounding may take a vanishing sum below zero.
  return Math.sqrt(Math.max(0, l * l + c * c + h * h + rotation * c * h));
}

/**
 * The mean CIEDE2000 difference over all pixels, both images read as sRGB; grey is read as R = G = B.
 *
 * @returns 0 for identical images; larger is worse.
 * @throws RangeError for images of different size.
 */
export function ciede2000(reference: PixelImage, distorted: PixelImage): number {
  requireSameSize(reference, distorted);
  const x = asRgb(reference).data;
  const y = asRgb(distorted).data;
  let sum = 0;
  for (let i = 0; i < x.length; i += 3) {
    const [r1, g1, b1] = [x[i] as number, x[i + 1] as number, x[i + 2] as number];
    const [r2, g2, b2] = [y[i] as number, y[i + 1] as number, y[i + 2] as number];
    if (r1 === r2 && g1 === g2 && b1 === b2) continue;
    sum += colourDifference(labOfSrgb(r1, g1, b1), labOfSrgb(r2, g2, b2));
  }
  return sum / (x.length / 3);
}

const DEGREE = Math.PI / 180;
const TWENTY_FIVE_7 = 25 ** 7;

/** Several times as fast as the general power, on the way of every pixel. */
function toTheSeventh(x: number): number {
  const cube = x * x * x;
  return cube * cube * x;
}

function labCurve(t: number): number {
  return t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116;
}

function hueDegrees(a: number, b: number): number {
  if (a === 0 && b === 0) return 0;
  const degrees = Math.atan2(b, a) / DEGREE;
  return degrees < 0 ? degrees + 360 : degrees;
}
