import type { ComplexArray } from './fft.ts';

// One stage of Stockham's algorithm per radix. Of a transform of `radix · rest` values, interleaved `step` at a
// time, output r of group k is (Σⱼ xⱼ e^(−2πi jr/radix)) · e^(−2πi kr/(radix · rest)); `cos` and `sin` are the
// table of e^(−2πi k/n) for the whole length n = radix · rest · tableStep.

/** The stage of radix 2, as above; `from` and `to` hold n complex values each and are not the same arrays. */
export function butterflies2(
  from: ComplexArray,
  to: ComplexArray,
  rest: number,
  step: number,
  cos: Float64Array,
  sin: Float64Array,
  tableStep: number
): void {
  const { re, im } = from;
  const { re: outRe, im: outIm } = to;
  for (let k = 0; k < rest; k++) {
    const c = cos[k * tableStep] as number;
    const s = sin[k * tableStep] as number;
    const a = k * step;
    const b = a + rest * step;
    const out = 2 * k * step;
    for (let q = 0; q < step; q++) {
      const aRe = re[a + q] as number;
      const aIm = im[a + q] as number;
      const bRe = re[b + q] as number;
      const bIm = im[b + q] as number;
      outRe[out + q] = aRe + bRe;
      outIm[out + q] = aIm + bIm;
      const dRe = aRe - bRe;
      const dIm = aIm - bIm;
      outRe[out + step + q] = dRe * c - dIm * s;
      outIm[out + step + q] = dRe * s + dIm * c;
    }
  }
}

/** The stage of radix 4, as above; `from` and `to` hold n complex values each and are not the same arrays. */
export function butterflies4(
  from: ComplexArray,
  to: ComplexArray,
  rest: number,
  step: number,
  cos: Float64Array,
  sin: Float64Array,
  tableStep: number
): void {
  const { re, im } = from;
  const { re: outRe, im: outIm } = to;
  const gap = rest * step;
  for (let k = 0; k < rest; k++) {
    const t = k * tableStep;
    const c1 = cos[t] as number;
    const s1 = sin[t] as number;
    const c2 = cos[2 * t] as number;
    const s2 = sin[2 * t] as number;
    const c3 = cos[3 * t] as number;
    const s3 = sin[3 * t] as number;
    const a = k * step;
    const out = 4 * k * step;
    for (let q = 0; q < step; q++) {
      const i0 = a + q;
      const i1 = i0 + gap;
      const i2 = i1 + gap;
      const i3 = i2 + gap;
      const sum02Re = (re[i0] as number) + (re[i2] as number);
      const sum02Im = (im[i0] as number) + (im[i2] as number);
      const dif02Re = (re[i0] as number) - (re[i2] as number);
      const dif02Im = (im[i0] as number) - (im[i2] as number);
      const sum13Re = (re[i1] as number) + (re[i3] as number);
      const sum13Im = (im[i1] as number) + (im[i3] as number);
      const dif13Re = (re[i1] as number) - (re[i3] as number);
      const dif13Im = (im[i1] as number) - (im[i3] as number);
      const o = out + q;
      outRe[o] = sum02Re + sum13Re;
      outIm[o] = sum02Im + sum13Im;
      const y1Re = dif02Re + dif13Im;
      const y1Im = dif02Im - dif13Re;
      outRe[o + step] = y1Re * c1 - y1Im * s1;
      outIm[o + step] = y1Re * s1 + y1Im * c1;
      const y2Re = sum02Re - sum13Re;
      const y2Im = sum02Im - sum13Im;
      outRe[o + 2 * step] = y2Re * c2 - y2Im * s2;
      outIm[o + 2 * step] = y2Re * s2 + y2Im * c2;
      const y3Re = dif02Re - dif13Im;
      const y3Im = dif02Im + dif13Re;
      outRe[o + 3 * step] = y3Re * c3 - y3Im * s3;
      outIm[o + 3 * step] = y3Re * s3 + y3Im * c3;
    }
  }
}

const SIN_60 = Math.sin(Math.PI / 3);

/** The stage of radix 3, as above; `from` and `to` hold n complex values each and are not the same arrays. */
export function butterflies3(
  from: ComplexArray,
  to: ComplexArray,
  rest: number,
  step: number,
  cos: Float64Array,
  sin: Float64Array,
  tableStep: number
): void {
  const { re, im } = from;
  const { re: outRe, im: outIm } = to;
  const gap = rest * step;
  for (let k = 0; k < rest; k++) {
    const t = k * tableStep;
    const c1 = cos[t] as number;
    const s1 = sin[t] as number;
    const c2 = cos[2 * t] as number;
    const s2 = sin[2 * t] as number;
    const a = k * step;
    const out = 3 * k * step;
    for (let q = 0; q < step; q++) {
      const i0 = a + q;
      const i1 = i0 + gap;
      const i2 = i1 + gap;
      const sumRe = (re[i1] as number) + (re[i2] as number);
      const sumIm = (im[i1] as number) + (im[i2] as number);
      const sideRe = SIN_60 * ((im[i1] as number) - (im[i2] as number));
      const sideIm = SIN_60 * ((re[i2] as number) - (re[i1] as number));
      const midRe = (re[i0] as number) - sumRe / 2;
      const midIm = (im[i0] as number) - sumIm / 2;
      const o = out + q;
      outRe[o] = (re[i0] as number) + sumRe;
      outIm[o] = (im[i0] as number) + sumIm;
      const y1Re = midRe + sideRe;
      const y1Im = midIm + sideIm;
      outRe[o + step] = y1Re * c1 - y1Im * s1;
      outIm[o + step] = y1Re * s1 + y1Im * c1;
      const y2Re = midRe - sideRe;
      const y2Im = midIm - sideIm;
      outRe[o + 2 * step] = y2Re * c2 - y2Im * s2;
      outIm[o + 2 * step] = y2Re * s2 + y2Im * c2;
    }
  }
}

const COS_72 = Math.cos((2 * Math.PI) / 5);
const COS_144 = Math.cos((4 * Math.PI) / 5);
const SIN_72 = Math.sin((2 * Math.PI) / 5);
const SIN_144 = Math.sin((4 * Math.PI) / 5);

/** The stage of radix 5, as above; `from` and `to` hold n complex values each and are not the same arrays. */
export function butterflies5(
  from: ComplexArray,
  to: ComplexArray,
  rest: number,
  step: number,
  cos: Float64Array,
  sin: Float64Array,
  tableStep: number
): void {
  const { re, im } = from;
  const { re: outRe, im: outIm } = to;
  const gap = rest * step;
  for (let k = 0; k < rest; k++) {
    const t = k * tableStep;
    const c1 = cos[t] as number;
    const s1 = sin[t] as number;
    const c2 = cos[2 * t] as number;
    const s2 = sin[2 * t] as number;
    const c3 = cos[3 * t] as number;
    const s3 = sin[3 * t] as number;
    const c4 = cos[4 * t] as number;
    const s4 = sin[4 * t] as number;
    const a = k * step;
    const out = 5 * k * step;
    for (let q = 0; q < step; q++) {
      const i0 = a + q;
      const i1 = i0 + gap;
      const i2 = i1 + gap;
      const i3 = i2 + gap;
      const i4 = i3 + gap;
      const x0Re = re[i0] as number;
      const x0Im = im[i0] as number;
      const sum14Re = (re[i1] as number) + (re[i4] as number);
      const sum14Im = (im[i1] as number) + (im[i4] as number);
      const dif14Re = (re[i1] as number) - (re[i4] as number);
      const dif14Im = (im[i1] as number) - (im[i4] as number);
      const sum23Re = (re[i2] as number) + (re[i3] as number);
      const sum23Im = (im[i2] as number) + (im[i3] as number);
      const dif23Re = (re[i2] as number) - (re[i3] as number);
      const dif23Im = (im[i2] as number) - (im[i3] as number);
      const mid1Re = x0Re + COS_72 * sum14Re + COS_144 * sum23Re;
      const mid1Im = x0Im + COS_72 * sum14Im + COS_144 * sum23Im;
      const mid2Re = x0Re + COS_144 * sum14Re + COS_72 * sum23Re;
      const mid2Im = x0Im + COS_144 * sum14Im + COS_72 * sum23Im;
      // Multiplied by −i: (re, im) becomes (im, −re).
      const side1Re = SIN_72 * dif14Im + SIN_144 * dif23Im;
      const side1Im = -SIN_72 * dif14Re - SIN_144 * dif23Re;
      const side2Re = SIN_144 * dif14Im - SIN_72 * dif23Im;
      const side2Im = SIN_72 * dif23Re - SIN_144 * dif14Re;
      const o = out + q;
      outRe[o] = x0Re + sum14Re + sum23Re;
      outIm[o] = x0Im + sum14Im + sum23Im;
      const y1Re = mid1Re + side1Re;
      const y1Im = mid1Im + side1Im;
      outRe[o + step] = y1Re * c1 - y1Im * s1;
      outIm[o + step] = y1Re * s1 + y1Im * c1;
      const y2Re = mid2Re + side2Re;
      const y2Im = mid2Im + side2Im;
      outRe[o + 2 * step] = y2Re * c2 - y2Im * s2;
      outIm[o + 2 * step] = y2Re * s2 + y2Im * c2;
      const y3Re = mid2Re - side2Re;
      const y3Im = mid2Im - side2Im;
      outRe[o + 3 * step] = y3Re * c3 - y3Im * s3;
      outIm[o + 3 * step] = y3Re * s3 + y3Im * c3;
      const y4Re = mid1Re - side1Re;
      const y4Im = mid1Im - side1Im;
      outRe[o + 4 * step] = y4Re * c4 - y4Im * s4;
      outIm[o + 4 * step] = y4Re * s4 + y4Im * c4;
    }
  }
}

/** A direct sum over any radix, for the rarer factors from 7 up. */
export function butterflies(
  from: ComplexArray,
  to: ComplexArray,
  radix: number,
  rest: number,
  step: number,
  cos: Float64Array,
  sin: Float64Array,
  tableStep: number
): void {
  const { re, im } = from;
  const { re: outRe, im: outIm } = to;
  const gap = rest * step;
  const n = radix * rest * tableStep;
  const rootStep = rest * tableStep;
  const factorRe = new Float64Array(radix);
  const factorIm = new Float64Array(radix);
  for (let k = 0; k < rest; k++) {
    for (let r = 0; r < radix; r++) {
      // The factors of this output: exp(−2πi jr/radix) · exp(−2πi kr/length), multiplied once per k.
      for (let j = 0; j < radix; j++) {
        const index = (((j * r) % radix) * rootStep + k * r * tableStep) % n;
        factorRe[j] = cos[index] as number;
        factorIm[j] = sin[index] as number;
      }
      const out = (radix * k + r) * step;
      for (let q = 0; q < step; q++) {
        let sumRe = 0;
        let sumIm = 0;
        for (let j = 0, at = k * step + q; j < radix; j++, at += gap) {
          const c = factorRe[j] as number;
          const s = factorIm[j] as number;
          const vRe = re[at] as number;
          const vIm = im[at] as number;
          sumRe += vRe * c - vIm * s;
          sumIm += vRe * s + vIm * c;
        }
        outRe[out + q] = sumRe;
        outIm[out + q] = sumIm;
      }
    }
  }
}
