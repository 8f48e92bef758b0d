import { describe, expect, it } from 'vitest';
import { placeStimuli, type Rectangle, type Size, type StageRules } from './place-stimuli.ts';

const rules = (width: number, height: number, more: Partial<StageRules> = {}): StageRules => ({
  room: { width, height },
  gap: 24,
  caption: 30,
  policy: 'refuse',
  ...more
});
const square = (side: number): Size => ({ width: side, height: side });

function apart(a: Rectangle, b: Rectangle): boolean {
  return (
    a.left + a.width <= b.left ||
    b.left + b.width <= a.left ||
    a.top + a.height <= b.top ||
    b.top + b.height <= a.top
  );
}

describe('placeStimuli', () => {
  it('puts every picture at its own size on whole pixels, inside the room, none over another', () => {
    for (const count of [1, 2, 3, 4, 5, 6]) {
      for (const reference of [null, square(201)]) {
        for (const [width, height] of [
          [1921, 1003],
          [901, 801],
          [500, 700]
        ] as const) {
          const placed = placeStimuli(
            Array.from({ length: count }, () => square(201)),
            reference,
            rules(width, height)
          );
          if (placed.fit === 'refused') continue;
          expect(placed.fit).toBe('exact');
          const all = [...placed.stimuli, ...(placed.reference ? [placed.reference] : [])];
          for (const one of all) {
            expect([one.width, one.height]).toEqual([201, 201]);
            expect(Number.isInteger(one.left) && Number.isInteger(one.top)).toBe(true);
            expect(one.left >= 0 && one.top >= 0).toBe(true);
            expect(one.left + one.width <= width && one.top + one.height + 30 <= height).toBe(true);
          }
          all.forEach((a, i) => all.slice(i + 1).forEach((b) => expect(apart(a, b)).toBe(true)));
        }
      }
    }
  });

  it('moves the reference from beside to above to in place as the room shrinks', () => {
    const three = (width: number, height: number) =>
      placeStimuli([square(300), square(300)], square(300), rules(width, height)).arrangement;
    expect(three(1000, 400)).toBe('row, reference between');
    expect(three(700, 700)).toBe('row, reference above');
    expect(three(700, 400)).toBe('row, reference in place');
  });

  it('puts the reference where the study says, and refuses where there is no room for that', () => {
    const placed = (
      count: number,
      referencePlace: 'beside' | 'above' | 'in-place',
      width: number,
      height = 700
    ) =>
      placeStimuli(
        Array.from({ length: count }, () => square(300)),
        square(300),
        rules(width, height, { referencePlace })
      );
    expect(placed(2, 'above', 1000).arrangement).toBe('row, reference above');
    expect(placed(2, 'in-place', 1000)).toMatchObject({
      arrangement: 'row, reference in place',
      reference: null
    });
    expect(placed(1, 'beside', 700).arrangement).toBe('row, reference beside');
    expect(placed(1, 'beside', 600)).toMatchObject({ fit: 'refused', arrangement: 'row, reference beside' });
    expect(placed(3, 'beside', 1400).stimuli.map(({ left }) => left)).toEqual([388, 712, 1036]);
    expect(placed(5, 'in-place', 1000).arrangement).toBe('grid, reference in place');
  });

  it('refuses with the size that would do, and that size does', () => {
    const pictures = [square(300), square(300)];
    const refused = placeStimuli(pictures, null, rules(500, 400));
    expect(refused.fit).toBe('refused');
    expect(refused.stimuli).toEqual([]);
    expect(refused.needed).toEqual({ width: 624, height: 330 });
    expect(placeStimuli(pictures, null, rules(624, 330)).fit).toBe('exact');
    expect(placeStimuli(pictures, null, rules(623, 330)).fit).toBe('refused');
  });

  it('scrolls at 1:1, or scales to what fits and says by how much, where the study says so', () => {
    const pictures = [square(300), square(300)];
    const scrolled = placeStimuli(pictures, null, rules(500, 400, { policy: 'scroll' }));
    expect(scrolled).toMatchObject({ fit: 'scroll', scale: 1 });
    expect(scrolled.extent.width).toBe(624);
    const scaled = placeStimuli(pictures, null, rules(500, 400, { policy: 'scale' }));
    expect(scaled.fit).toBe('scale');
    expect(scaled.stimuli.map((one) => one.width)).toEqual([238, 238]);
    expect(scaled.scale).toBeCloseTo(238 / 300, 2);
  });
});
