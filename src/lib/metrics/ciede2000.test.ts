import { describe, expect, it } from 'vitest';
import { ciede2000, colourDifference, labOfSrgb, type Lab } from './ciede2000.ts';

/** Sharma, Wu, Dalal 2005, table 1: chosen to find every discontinuity of the formula. */
const SHARMA: [Lab, Lab, number][] = [
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, 3.1571, -77.2803], [50, 0, -82.7485], 2.8615],
  [[50, 2.8361, -74.02], [50, 0, -82.7485], 3.4412],
  [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1],
  [[50, -1.1848, -84.8006], [50, 0, -82.7485], 1],
  [[50, -0.9009, -85.5211], [50, 0, -82.7485], 1],
  [[50, 0, 0], [50, -1, 2], 2.3669],
  [[50, -1, 2], [50, 0, 0], 2.3669],
  [[50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792],
  [[50, 2.49, -0.001], [50, -2.49, 0.001], 7.1792],
  [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
  [[50, 2.49, -0.001], [50, -2.49, 0.0012], 7.2195],
  [[50, -0.001, 2.49], [50, 0.0009, -2.49], 4.8045],
  [[50, -0.001, 2.49], [50, 0.001, -2.49], 4.8045],
  [[50, -0.001, 2.49], [50, 0.0011, -2.49], 4.7461],
  [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
  [[50, 2.5, 0], [73, 25, -18], 27.1492],
  [[50, 2.5, 0], [61, -5, 29], 22.8977],
  [[50, 2.5, 0], [56, -27, -3], 31.903],
  [[50, 2.5, 0], [58, 24, 15], 19.4535],
  [[50, 2.5, 0], [50, 3.1736, 0.5854], 1],
  [[50, 2.5, 0], [50, 3.2972, 0], 1],
  [[50, 2.5, 0], [50, 1.8634, 0.5757], 1],
  [[50, 2.5, 0], [50, 3.2592, 0.335], 1],
  [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  [[63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.263],
  [[61.2901, 3.7196, -5.3901], [61.4292, 2.248, -4.962], 1.8731],
  [[35.0831, -44.1164, 3.7933], [35.0232, -40.0716, 1.5901], 1.8645],
  [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373],
  [[36.4612, 47.858, 18.3852], [36.2715, 50.5065, 21.2231], 1.4146],
  [[90.8027, -2.0831, 1.441], [91.1528, -1.6435, 0.0447], 1.4441],
  [[90.9257, -0.5406, -0.9208], [88.6381, -0.8985, -0.7239], 1.5381],
  [[6.7747, -0.2908, -2.4247], [5.8714, -0.0985, -2.2286], 0.6377],
  [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082]
];

describe('colourDifference', () => {
  it('agrees with all 34 published pairs to their four digits, in both directions', () => {
    for (const [a, b, expected] of SHARMA) {
      expect(Math.abs(colourDifference(a, b) - expected)).toBeLessThanOrEqual(0.000051);
      expect(colourDifference(b, a)).toBeCloseTo(colourDifference(a, b), 10);
    }
  });
});

describe('labOfSrgb', () => {
  it('puts white at 100, black at 0, and the red primary where its tables have it', () => {
    expect(labOfSrgb(255, 255, 255)[0]).toBeCloseTo(100, 6);
    expect(labOfSrgb(0, 0, 0)).toEqual([0, 0, 0]);
    const [l, a, b] = labOfSrgb(255, 0, 0);
    expect(l).toBeCloseTo(53.24, 1);
    expect(a).toBeCloseTo(80.09, 1);
    expect(b).toBeCloseTo(67.2, 1);
  });
});

describe('ciede2000', () => {
  const image = (channels: 1 | 3, ...data: number[]) => ({
    widthPx: data.length / channels,
    heightPx: 1,
    channels,
    data: Uint8Array.from(data)
  });

  it('is the mean over pixels, 0 where they are the same', () => {
    const x = image(3, 10, 20, 30, 200, 100, 50);
    const y = image(3, 10, 20, 30, 190, 120, 60);
    const changed = colourDifference(labOfSrgb(200, 100, 50), labOfSrgb(190, 120, 60));
    expect(ciede2000(x, x)).toBe(0);
    expect(ciede2000(x, y)).toBeCloseTo(changed / 2, 12);
  });

  it('reads grey as R = G = B', () => {
    expect(ciede2000(image(1, 80), image(3, 80, 80, 80))).toBe(0);
    expect(ciede2000(image(1, 80), image(1, 90))).toBe(ciede2000(image(3, 80, 80, 80), image(3, 90, 90, 90)));
  });

  it('refuses images of different size', () => {
    expect(() => ciede2000(image(1, 1, 2), image(1, 1))).toThrow(RangeError);
  });
});
