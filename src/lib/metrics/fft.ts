import { butterflies, butterflies2, butterflies3, butterflies4, butterflies5 } from './butterflies.ts';

/** Complex values as two arrays of the same length. */
export interface ComplexArray {
  re: Float64Array;
  im: Float64Array;
}

/**
 * The unscaled two-dimensional Fourier transform of a width × height array stored row by row, for any size:
 *
 *   X(u, v) = Σ x(i, j) exp(∓2πi (ui/width + vj/height)),  minus forward, plus for `inverse`,
 *
 * so forward and then inverse gives width · height times the values. In place. Source: Stockham's
 * self-sorting algorithm with mixed radices; Bluestein's chirp for lengths with a large prime factor.
 */
export class Fft2d {
  readonly width: number;
  readonly height: number;
  private readonly alongRows: Plan;
  private readonly alongColumns: Plan;

  constructor(width: number, height: number) {
    if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
      throw new RangeError(`a transform needs whole sizes from 1, not ${width} × ${height}`);
    }
    this.width = width;
    this.height = height;
    this.alongRows = planFor(width);
    this.alongColumns = planFor(height);
  }

  forward(values: ComplexArray): void {
    this.check(values);
    this.alongRows.transform(values, 1, this.height);
    this.alongColumns.transform(values, this.width, 1);
  }

  /** Conjugation turns one direction into the other; exchanging the two parts is that without arithmetic. */
  inverse({ re, im }: ComplexArray): void {
    this.forward({ re: im, im: re });
  }

  private check({ re, im }: ComplexArray): void {
    const expected = this.width * this.height;
    if (re.length !== expected || im.length !== expected) {
      throw new RangeError(
        `the transform was planned for ${expected} values, not ${re.length} and ${im.length}`
      );
    }
  }
}

/** A transform of one length n. */
interface Plan {
  /**
   * Transforms `batches` blocks of n × stride values, one after the other; within a block, the value k of the
   * sequence q lies at k · stride + q, for every q below the stride. So stride 1 goes along rows, and the
   * width of an image as stride goes along all its columns at once.
   */
  transform(values: ComplexArray, stride: number, batches: number): void;
}

/** Beyond this a direct sum over a prime factor costs more than Bluestein's detour. */
const LARGEST_DIRECT_FACTOR = 31;

function planFor(n: number): Plan {
  const factors = factorise(n);
  const largest = factors.reduce((most, factor) => Math.max(most, factor), 1);
  return largest > LARGEST_DIRECT_FACTOR ? bluestein(n) : stockham(n, factors);
}

/** Factors with 4 before 2, so that powers of two take the cheapest butterflies. */
function factorise(n: number): number[] {
  const factors: number[] = [];
  let rest = n;
  for (const factor of [4, 2, 3, 5]) {
    while (rest % factor === 0) {
      factors.push(factor);
      rest /= factor;
    }
  }
  for (let factor = 7; rest > 1; factor += 2) {
    if (factor * factor > rest) factor = rest;
    while (rest % factor === 0) {
      factors.push(factor);
      rest /= factor;
    }
  }
  return factors;
}

function stockham(n: number, factors: readonly number[]): Plan {
  const cos = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = Float64Array.from({ length: n }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  return {
    transform(values, stride, batches) {
      if (factors.length === 0) return;
      const size = n * stride;
      const spare: ComplexArray = { re: new Float64Array(size), im: new Float64Array(size) };
      for (let batch = 0; batch < batches; batch++) {
        const own: ComplexArray = {
          re: values.re.subarray(batch * size, (batch + 1) * size),
          im: values.im.subarray(batch * size, (batch + 1) * size)
        };
        let from: ComplexArray = own;
        let to: ComplexArray = spare;
        let length = n;
        let step = stride;
        for (const radix of factors) {
          const rest = length / radix;
          // exp(−2πi k / length) is every (n / length)-th entry of the table for n.
          const tableStep = n / length;
          if (radix === 4) butterflies4(from, to, rest, step, cos, sin, tableStep);
          else if (radix === 2) butterflies2(from, to, rest, step, cos, sin, tableStep);
          else if (radix === 3) butterflies3(from, to, rest, step, cos, sin, tableStep);
          else if (radix === 5) butterflies5(from, to, rest, step, cos, sin, tableStep);
          else butterflies(from, to, radix, rest, step, cos, sin, tableStep);
          [from, to] = [to, from];
          length = rest;
          step *= radix;
        }
        if (from !== own) {
          own.re.set(from.re);
          own.im.set(from.im);
        }
      }
    }
  };
}

/** A length n as a convolution with a chirp, of a power-of-two length of at least 2n − 1. */
function bluestein(n: number): Plan {
  let padded = 1;
  while (padded < 2 * n - 1) padded *= 2;
  const inner = stockham(padded, factorise(padded));
  const cos = new Float64Array(n);
  const sin = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    // k² modulo 2n keeps the angle small and so exact.
    const angle = (Math.PI * ((k * k) % (2 * n))) / n;
    cos[k] = Math.cos(angle);
    sin[k] = Math.sin(angle);
  }
  const chirp = { re: new Float64Array(padded), im: new Float64Array(padded) };
  for (let k = 0; k < n; k++) {
    for (const at of [k, (padded - k) % padded]) {
      chirp.re[at] = cos[k] as number;
      chirp.im[at] = sin[k] as number;
    }
  }
  inner.transform(chirp, 1, 1);
  return {
    transform({ re, im }, stride, batches) {
      const work = { re: new Float64Array(padded), im: new Float64Array(padded) };
      const turned = { re: work.im, im: work.re };
      for (let sequence = 0; sequence < batches * stride; sequence++) {
        const start = Math.floor(sequence / stride) * n * stride + (sequence % stride);
        work.re.fill(0);
        work.im.fill(0);
        for (let k = 0, at = start; k < n; k++, at += stride) {
          const c = cos[k] as number;
          const s = sin[k] as number;
          work.re[k] = (re[at] as number) * c + (im[at] as number) * s;
          work.im[k] = (im[at] as number) * c - (re[at] as number) * s;
        }
        inner.transform(work, 1, 1);
        for (let k = 0; k < padded; k++) {
          const aRe = work.re[k] as number;
          const aIm = work.im[k] as number;
          const bRe = chirp.re[k] as number;
          const bIm = chirp.im[k] as number;
          work.re[k] = aRe * bRe - aIm * bIm;
          work.im[k] = aRe * bIm + aIm * bRe;
        }
        inner.transform(turned, 1, 1);
        for (let k = 0, at = start; k < n; k++, at += stride) {
          const c = cos[k] as number;
          const s = sin[k] as number;
          const vRe = (work.re[k] as number) / padded;
          const vIm = (work.im[k] as number) / padded;
          re[at] = vRe * c + vIm * s;
          im[at] = vIm * c - vRe * s;
        }
      }
    }
  };
}
