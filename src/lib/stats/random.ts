/**
 * A seeded source of randomness. Pure code takes one as a parameter and never reaches for Math.random,
 * so that a plan, a bootstrap or a simulation can be repeated from its seed.
 */
export interface Random {
  /** The next number in [0, 1), 53 bits. */
  uniform(): number;
  /** A whole number in [0, bound); every value equally likely (rejection, no modulo bias). */
  integer(bound: number): number;
  /** A standard normal deviate (Marsaglia's polar method). */
  normal(): number;
  /** A new source, independent of this one's future for practical purposes, named by a label. */
  fork(label: string): Random;
}

/**
 * SFC32 (Doty-Humphrey's Small Fast Counting generator; passes PractRand and BigCrush), seeded through
 * a 128-bit mix of the seed's characters so that neighbouring seeds share nothing.
 *
 * @param seed any whole number or text; the same seed gives the same sequence on every machine.
 * @throws RangeError when a numeric seed is not a safe integer.
 */
export function seededRandom(seed: number | string): Random {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
    throw new RangeError(`a seed must be a whole number or text, not ${seed}`);
  }
  const label = String(seed);
  let [a, b, c, d] = mix128(label);
  let spare: number | null = null;

  function next32(): number {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  }
  for (let i = 0; i < 16; i++) next32();

  const random: Random = {
    uniform() {
      const high = next32() >>> 5;
      const low = next32() >>> 6;
      return (high * 67_108_864 + low) / 9_007_199_254_740_992;
    },
    integer(bound) {
      if (!Number.isInteger(bound) || bound < 1 || bound > 4_294_967_296) {
        throw new RangeError(`integer(bound) needs a whole number from 1 to 2^32, not ${bound}`);
      }
      const limit = 4_294_967_296 - (4_294_967_296 % bound);
      let value = next32();
      while (value >= limit) value = next32();
      return value % bound;
    },
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      for (;;) {
        const u = 2 * random.uniform() - 1;
        const v = 2 * random.uniform() - 1;
        const s = u * u + v * v;
        if (s >= 1 || s === 0) continue;
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    },
    fork(forkLabel) {
      return seededRandom(`${label}/${forkLabel}`);
    }
  };
  return random;
}

/** A new array with the items in random order (Fisher-Yates); the input is untouched. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = items.slice();
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const held = result[i] as T;
    result[i] = result[j] as T;
    result[j] = held;
  }
  return result;
}

/** Four 32-bit words from a text: MurmurHash3-style rounds with four different initial states. */
function mix128(text: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef];
  for (let lane = 0; lane < 4; lane++) {
    let h = words[lane] as number;
    for (let i = 0; i < text.length; i++) {
      let k = Math.imul(text.charCodeAt(i) + 0x7f4a7c15 * (lane + 1), 0xcc9e2d51);
      k = (k << 15) | (k >>> 17);
      h ^= Math.imul(k, 0x1b873593);
      h = (h << 13) | (h >>> 19);
      h = (Math.imul(h, 5) + 0xe6546b64) | 0;
    }
    h ^= text.length;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    words[lane] = h ^ (h >>> 16);
  }
  return words;
}
