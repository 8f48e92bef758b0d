import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { renderScene, SCENE_IDS } from './render-scene.ts';

const render = (id: (typeof SCENE_IDS)[number], seed: number, width = 48, height = 36) =>
  renderScene(id, width, height, seededRandom(seed));

describe('renderScene', () => {
  for (const id of SCENE_IDS) {
    it(`paints ${id} the same from the same seed, and otherwise from another`, () => {
      const scene = render(id, 1);
      expect(scene).toMatchObject({ id, widthPx: 48, heightPx: 36 });
      expect(scene.rgb.length).toBe(48 * 36 * 3);
      expect(render(id, 1).rgb).toEqual(scene.rgb);
      expect(render(id, 2).rgb).not.toEqual(scene.rgb);
    });

    it(`gives ${id} light, shade and more than a few colours`, () => {
      const { rgb } = render(id, 3, 64, 48);
      const colours = new Set<number>();
      for (let i = 0; i < rgb.length; i += 3) colours.add((rgb[i]! << 16) | (rgb[i + 1]! << 8) | rgb[i + 2]!);
      expect(colours.size).toBeGreaterThan(100);
      const greens = [...rgb.filter((_, i) => i % 3 === 1)].sort((a, b) => a - b);
      expect(
        greens[Math.floor(greens.length * 0.98)]! - greens[Math.floor(greens.length * 0.02)]!
      ).toBeGreaterThan(60);
    });
  }

  it('keeps its proportions at another size: half the size is the picture halved', () => {
    const large = render('facets', 5, 160, 120).rgb;
    const small = render('facets', 5, 80, 60).rgb;
    let difference = 0;
    for (let y = 0; y < 60; y++) {
      for (let x = 0; x < 80; x++) {
        const at = (2 * y * 160 + 2 * x) * 3;
        const mean = (large[at]! + large[at + 3]! + large[at + 480]! + large[at + 483]!) / 4;
        difference += Math.abs(mean - small[(y * 80 + x) * 3]!);
      }
    }
    expect(difference / (80 * 60)).toBeLessThan(5);
  });

  it('paints tall, wide and tiny pictures, and refuses no size', () => {
    for (const [width, height] of [
      [20, 60],
      [90, 20],
      [1, 1]
    ] as const) {
      for (const id of SCENE_IDS) expect(render(id, 1, width, height).rgb.length).toBe(width * height * 3);
    }
    expect(() => render('dusk', 1, 0, 10)).toThrow(RangeError);
    expect(() => render('dusk', 1, 10, 1.5)).toThrow(RangeError);
  });
});
