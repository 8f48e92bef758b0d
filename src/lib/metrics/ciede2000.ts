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
  const [l, a, b] = labOf({ widthPx: 1, heightPx: 1, channels: 3, data: Uint8Array.of(red, green, blue) });
  return [l as number, a as number, b as number];
}

/**
 * CIEDE2000 colour difference with kL = kC = kH = 1. Where either colour has no chroma its hue is undefined
 * and the hue terms are 0, as the formula says.
 *
 * Source: CIE 142-2001; Sharma, Wu, Dalal 2005, whose test pairs the tests use.
 */
export function colourDifference([l1, a1, b1]: Lab, [l2, a2, b2]: Lab): number {
  return difference(l1, a1, b1, l2, a2, b2);
}

/**
 * The bisector of the two hues' unit vectors is the mean hue and half its length the cosine of half the turn between
 * them, which spares the angles themselves; only where the hues are opposite or undefined they are taken.
 */
function difference(l1: number, a1: number, b1: number, l2: number, a2: number, b2: number): number {
  const meanChroma = (Math.sqrt(a1 * a1 + b1 * b1) + Math.sqrt(a2 * a2 + b2 * b2)) / 2;
  const seventh = toTheSeventh(meanChroma);
  const g = 0.5 * (1 - Math.sqrt(seventh / (seventh + TWENTY_FIVE_7)));
  const a1Prime = (1 + g) * a1;
  const a2Prime = (1 + g) * a2;
  const chroma1 = Math.sqrt(a1Prime * a1Prime + b1 * b1);
  const chroma2 = Math.sqrt(a2Prime * a2Prime + b2 * b2);
  const chromas = chroma1 * chroma2;
  let cosHue: number;
  let sinHue: number;
  let meanHue: number;
  let dH = 0;
  const x = a1Prime / chroma1 + a2Prime / chroma2;
  const y = b1 / chroma1 + b2 / chroma2;
  const length = Math.sqrt(x * x + y * y);
  if (length > NEARLY_OPPOSITE) {
    cosHue = x / length;
    sinHue = y / length;
    meanHue = Math.atan2(sinHue, cosHue) / DEGREE;
    if (meanHue < 0) meanHue += 360;
    dH = (2 * (a1Prime * b2 - a2Prime * b1)) / (Math.sqrt(chromas) * length);
  } else {
    const hue1 = hueDegrees(a1Prime, b1);
    const hue2 = hueDegrees(a2Prime, b2);
    meanHue = hue1 + hue2;
    if (chromas !== 0) {
      let turn = hue2 - hue1;
      if (turn > 180) turn -= 360;
      else if (turn < -180) turn += 360;
      if (Math.abs(hue1 - hue2) <= 180) meanHue /= 2;
      else meanHue = meanHue < 360 ? (meanHue + 360) / 2 : (meanHue - 360) / 2;
      dH = 2 * Math.sqrt(chromas) * Math.sin((turn / 2) * DEGREE);
    }
    cosHue = Math.cos(meanHue * DEGREE);
    sinHue = Math.sin(meanHue * DEGREE);
  }
  const dL = l2 - l1;
  const dC = chroma2 - chroma1;

  const lightness = (l1 + l2) / 2 - 50;
  const chroma = (chroma1 + chroma2) / 2;
  const cos2 = 2 * cosHue * cosHue - 1;
  const sin2 = 2 * sinHue * cosHue;
  const cos3 = cosHue * (4 * cosHue * cosHue - 3);
  const sin3 = sinHue * (3 - 4 * sinHue * sinHue);
  const cos4 = 2 * cos2 * cos2 - 1;
  const sin4 = 2 * sin2 * cos2;
  const t =
    1 -
    0.17 * (cosHue * COS_30 + sinHue * SIN_30) +
    0.24 * cos2 +
    0.32 * (cos3 * COS_6 - sin3 * SIN_6) -
    0.2 * (cos4 * COS_63 + sin4 * SIN_63);
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
  return meanColourDifference(labOf(reference), labOf(distorted));
}

/** L*, a*, b* of every pixel, interleaved: three values a pixel. */
export function labOf(image: PixelImage): Float64Array {
  const { data } = asRgb(image);
  const lab = new Float64Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const r = LINEAR[data[i] as number] as number;
    const g = LINEAR[data[i + 1] as number] as number;
    const b = LINEAR[data[i + 2] as number] as number;
    const x = labCurve((0.412453 * r + 0.35758 * g + 0.180423 * b) / WHITE_X);
    const y = labCurve(0.212671 * r + 0.71516 * g + 0.072169 * b);
    const z = labCurve((0.019334 * r + 0.119193 * g + 0.950227 * b) / WHITE_Z);
    lab[i] = 116 * y - 16;
    lab[i + 1] = 500 * (x - y);
    lab[i + 2] = 200 * (y - z);
  }
  return lab;
}

/** The mean difference of two pictures in L*, a*, b*, as `labOf` gives them. @throws RangeError for different lengths. */
export function meanColourDifference(x: Float64Array, y: Float64Array): number {
  if (x.length !== y.length) throw new RangeError(`${x.length} and ${y.length} values cannot be compared`);
  let sum = 0;
  for (let i = 0; i < x.length; i += 3) {
    const l1 = x[i] as number;
    const a1 = x[i + 1] as number;
    const b1 = x[i + 2] as number;
    const l2 = y[i] as number;
    const a2 = y[i + 1] as number;
    const b2 = y[i + 2] as number;
    if (l1 !== l2 || a1 !== a2 || b1 !== b2) sum += difference(l1, a1, b1, l2, a2, b2);
  }
  return sum / (x.length / 3);
}

const DEGREE = Math.PI / 180;
const TWENTY_FIVE_7 = 25 ** 7;
/** Below this the bisector is lost in rounding; also not-a-number, where a colour has no chroma, is not above it. */
const NEARLY_OPPOSITE = 1e-3;
const [COS_30, SIN_30] = [Math.cos(30 * DEGREE), Math.sin(30 * DEGREE)];
const [COS_6, SIN_6] = [Math.cos(6 * DEGREE), Math.sin(6 * DEGREE)];
const [COS_63, SIN_63] = [Math.cos(63 * DEGREE), Math.sin(63 * DEGREE)];

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
