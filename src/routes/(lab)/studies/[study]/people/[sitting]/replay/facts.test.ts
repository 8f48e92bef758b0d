import { describe, expect, it } from 'vitest';
import { facts, pixels } from './facts.ts';

describe('pixels', () => {
  const device = { viewportWidth: 1280, viewportHeight: 720, dpr: 1 };
  it("is the answer's own window, else the one that the sitting began in", () => {
    expect(pixels({ viewportWidth: 800, viewportHeight: 600, dpr: 1.5 }, device)).toEqual({
      widthPx: 800,
      heightPx: 600,
      ratio: 1.5
    });
    expect(pixels({ viewportWidth: 800 }, device)).toEqual({ widthPx: 1280, heightPx: 720, ratio: 1 });
    expect(pixels({}, null)).toBeNull();
  });

  it('takes nothing for a window that cannot be one', () => {
    expect(pixels({ viewportWidth: 1e9, viewportHeight: 600, dpr: 1 }, null)).toBeNull();
    expect(pixels({ viewportWidth: '800', viewportHeight: 600, dpr: 1 }, null)).toBeNull();
    expect(pixels({ viewportWidth: 800, viewportHeight: 600, dpr: 0 }, null)).toBeNull();
  });
});

describe('facts', () => {
  it('says what was told with its units, and nothing that looks otherwise', () => {
    const said = facts(
      { blurs: 1, hides: 2, fit: '<script>', scale: 1, touch: 'x', hiddenMs: NaN },
      { dpr: 1.25 }
    );
    expect(said).toEqual([
      { name: 'Device pixels per CSS pixel', value: '1.25' },
      { name: 'Scale', value: '1' },
      { name: 'Focus lost', value: '1 time' },
      { name: 'Page hidden', value: '2 times' }
    ]);
  });
});
