import { Fft2d, type ComplexArray } from './fft.ts';
import type { Plane } from './gradient.ts';

const SCALES = 4;
const ORIENTATIONS = 4;
const SHORTEST_WAVELENGTH = 6;
const WAVELENGTH_FACTOR = 2;
/** Ratio of the log-Gabor's deviation to its centre frequency. */
const SIGMA_ON_F = 0.55;
const ANGULAR_SIGMA = Math.PI / ORIENTATIONS / 1.2;
const NOISE_DEVIATIONS = 2;
const NOISE_DIVISOR = 1.7;
const EPSILON = 0.0001;
/** Amplitudes below this are rounding of the transforms, not structure. */
const NO_AMPLITUDE = 1e-8;

/** What depends on the size alone. */
interface FilterBank {
  width: number;
  height: number;
  fft: Fft2d;
  /** By orientation, then scale. */
  orientations: { filters: Float64Array[]; noiseGain: number }[];
}

/**
 * Phase congruency by log-Gabor wavelets, as FSIM measures it (4 scales from 6 pixels by doubling, 4
 * orientations): per orientation the energy Σₛ (Eₛ·Ē + Oₛ·Ō − |Eₛ·Ō − Oₛ·Ē|) above the level expected of
 * noise, added up and divided by the summed amplitudes. The noise level is estimated from the median response
 * at the finest scale.
 *
 * Source: Kovesi 1999, in the form of Zhang, Zhang, Mou, Zhang 2011.
 *
 * @returns a map of values from 0 to 1; 0 where there is no response at all.
 */
export function phaseCongruency({ values, width, height }: Plane): Float64Array {
  const { fft, orientations } = bankFor(width, height);
  const n = width * height;
  const spectrum: ComplexArray = { re: Float64Array.from(values), im: new Float64Array(n) };
  fft.forward(spectrum);
  const energyTotal = new Float64Array(n);
  const amplitudeTotal = new Float64Array(n);
  const responses = Array.from({ length: SCALES }, () => ({
    re: new Float64Array(n),
    im: new Float64Array(n)
  }));
  const finestPower = new Float64Array(n);
  const sumEven = new Float64Array(n);
  const sumOdd = new Float64Array(n);
  for (const { filters, noiseGain } of orientations) {
    sumEven.fill(0);
    sumOdd.fill(0);
    for (const [scale, filter] of filters.entries()) {
      const { re, im } = responses[scale] as ComplexArray;
      // The inverse transform's division by n is done here, on what is multiplied anyway.
      for (let i = 0; i < n; i++) {
        const f = (filter[i] as number) / n;
        re[i] = (spectrum.re[i] as number) * f;
        im[i] = (spectrum.im[i] as number) * f;
      }
      fft.inverse({ re, im });
      for (let i = 0; i < n; i++) {
        const even = re[i] as number;
        const odd = im[i] as number;
        const power = even * even + odd * odd;
        if (scale === 0) finestPower[i] = power;
        amplitudeTotal[i] = (amplitudeTotal[i] as number) + Math.sqrt(power);
        sumEven[i] = (sumEven[i] as number) + even;
        sumOdd[i] = (sumOdd[i] as number) + odd;
      }
    }
    // Rayleigh-distributed noise: from the median of its power at the finest scale to the energy that it
    // would make by itself, mean plus deviations.
    const noisePower = -median(finestPower) / Math.log(0.5);
    const tau = Math.sqrt((noisePower * noiseGain) / 2);
    const threshold =
      (tau * (Math.sqrt(Math.PI / 2) + NOISE_DEVIATIONS * Math.sqrt(2 - Math.PI / 2))) / NOISE_DIVISOR;
    for (let i = 0; i < n; i++) {
      const totalEven = sumEven[i] as number;
      const totalOdd = sumOdd[i] as number;
      const norm = Math.sqrt(totalEven * totalEven + totalOdd * totalOdd) + EPSILON;
      const meanEven = totalEven / norm;
      const meanOdd = totalOdd / norm;
      let energy = 0;
      for (let scale = 0; scale < SCALES; scale++) {
        const { re, im } = responses[scale] as ComplexArray;
        const even = re[i] as number;
        const odd = im[i] as number;
        energy += even * meanEven + odd * meanOdd - Math.abs(even * meanOdd - odd * meanEven);
      }
      if (energy > threshold) energyTotal[i] = (energyTotal[i] as number) + energy - threshold;
    }
  }
  return energyTotal.map((energy, i) => {
    const amplitude = amplitudeTotal[i] as number;
    return amplitude > NO_AMPLITUDE ? energy / amplitude : 0;
  });
}

/** The bank of the size that was asked for last: a dataset's pictures are mostly of one size, and making it costs as much as using it. */
let kept: FilterBank | null = null;

function bankFor(width: number, height: number): FilterBank {
  if (kept?.width !== width || kept.height !== height) kept = filterBank(width, height);
  return kept;
}

/** Filters in the order of the transform's frequencies: from 0 up, then from the most negative to −1. */
function filterBank(width: number, height: number): FilterBank {
  const n = width * height;
  const xs = frequencies(width);
  const ys = frequencies(height);
  const radial = Array.from({ length: SCALES }, () => new Float64Array(n));
  const angular = Array.from({ length: ORIENTATIONS }, () => new Float64Array(n));
  const spread = 2 * Math.log(SIGMA_ON_F) ** 2;
  for (let v = 0, at = 0; v < height; v++) {
    for (let u = 0; u < width; u++, at++) {
      const x = xs[u] as number;
      const y = ys[v] as number;
      const radius = Math.sqrt(x * x + y * y);
      const lowPass = 1 / (1 + (radius / 0.45) ** 30);
      for (let scale = 0; scale < SCALES; scale++) {
        const centre = 1 / (SHORTEST_WAVELENGTH * WAVELENGTH_FACTOR ** scale);
        const filter = radial[scale] as Float64Array;
        // The filters have no constant term.
        filter[at] = at === 0 ? 0 : Math.exp(-(Math.log(radius / centre) ** 2) / spread) * lowPass;
      }
      const theta = Math.atan2(-y, x);
      for (let o = 0; o < ORIENTATIONS; o++) {
        const angle = (o * Math.PI) / ORIENTATIONS;
        const away = Math.abs(Math.atan2(Math.sin(theta - angle), Math.cos(theta - angle)));
        (angular[o] as Float64Array)[at] = Math.exp(-(away * away) / (2 * ANGULAR_SIGMA ** 2));
      }
    }
  }
  const orientations = angular.map((direction) => {
    const filters = radial.map((filter) => filter.map((value, i) => value * (direction[i] as number)));
    return { filters, noiseGain: noiseGain(filters, width, height) };
  });
  return { width, height, fft: new Fft2d(width, height), orientations };
}

/**
 * How much energy unit noise power at the finest scale makes in all scales together:
 * (2 ΣΣ fₛ² + 4 Σ_{s<t} Σ fₛ fₜ) / Σ F₁², with fₛ the real part of the filter's impulse response. The sums over
 * space are sums over frequency (Parseval) of the filters' even parts, so no transform is needed.
 */
function noiseGain(filters: readonly Float64Array[], width: number, height: number): number {
  let squares = 0;
  let products = 0;
  let finest = 0;
  for (let v = 0; v < height; v++) {
    const mirroredRow = ((height - v) % height) * width;
    for (let u = 0; u < width; u++) {
      const at = v * width + u;
      const mirrored = mirroredRow + ((width - u) % width);
      let sum = 0;
      let sumOfSquares = 0;
      for (const filter of filters) {
        const even = ((filter[at] as number) + (filter[mirrored] as number)) / 2;
        sum += even;
        sumOfSquares += even * even;
      }
      squares += sumOfSquares;
      // (Σ f)² = Σ f² + 2 Σ_{s<t} fₛ fₜ
      products += (sum * sum - sumOfSquares) / 2;
      finest += ((filters[0] as Float64Array)[at] as number) ** 2;
    }
  }
  return (2 * squares + 4 * products) / finest;
}

/** −½ to ½, with the published code's choice for odd lengths, where the range is divided by n − 1. */
function frequencies(n: number): Float64Array {
  const divisor = n % 2 === 0 ? n : Math.max(1, n - 1);
  const positive = Math.ceil(n / 2);
  return Float64Array.from({ length: n }, (_, k) => (k < positive ? k : k - n) / divisor);
}

/** The middle value, or the mean of the two middle ones; the array is left as it is. */
function median(values: Float64Array): number {
  const copy = values.slice();
  const middle = copy.length >> 1;
  const upper = ranked(copy, middle);
  if (copy.length % 2 === 1) return upper;
  // Whatever stands before the middle is no larger; the lower of the two is its largest.
  let lower = -Infinity;
  for (let i = 0; i < middle; i++) lower = Math.max(lower, copy[i] as number);
  return (lower + upper) / 2;
}

/** The value that sorting would put at `rank`; the array is rearranged around it (Hoare's quickselect). */
function ranked(values: Float64Array, rank: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = values[(left + right) >> 1] as number;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const held = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = held;
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else break;
  }
  return values[rank] as number;
}
