import { describe, expect, it } from 'vitest';
import { noisePixels } from '../../../tests/fixtures/made-images.ts';
import { BUILT_IN, builtIn } from './catalogue.ts';
import { fullReferenceMetrics } from './full-reference.ts';
import type { PixelImage } from './image.ts';
import { measureAlone, measurePair, prepared } from './measure.ts';
import { fitPristineModel, niqe } from './niqe.ts';
import { luma } from './image.ts';
import { noReferenceMetrics } from './no-reference.ts';

const picture = (side: number, channels: 1 | 3, seed: number): PixelImage => ({
  widthPx: side,
  heightPx: side,
  channels,
  data: noisePixels(side * side * channels, seed)
});
const names = (scenario: string) => BUILT_IN.filter((m) => m.scenario === scenario).map((m) => m.name);
const value = (map: ReturnType<typeof measurePair>, name: string) => {
  const measured = map.get(name);
  return measured?.ok ? measured.value : null;
};

describe('measurePair', () => {
  it('gives the same figures as all metrics at once, whichever are asked for', () => {
    const x = picture(200, 3, 1);
    const y = picture(200, 3, 2);
    const { identical: _, ...all } = fullReferenceMetrics(x, y);
    const together = measurePair(names('full-reference'), prepared(x), prepared(y));
    const expected: Record<string, number | null> = { ...all, 'ms-ssim': all.msSsim };
    for (const name of names('full-reference')) {
      expect(value(together, name), name).toBe(expected[name]);
      expect(value(measurePair([name], prepared(x), prepared(y)), name), name).toBe(expected[name]);
    }
  });

  it('says why there is no value', () => {
    const grey = picture(10, 1, 1);
    const measured = measurePair(names('full-reference'), prepared(grey), prepared(grey));
    expect(measured.get('psnr')).toMatchObject({ ok: false, failure: 'identical' });
    expect(measured.get('ssim')).toMatchObject({ ok: false, failure: 'too-small' });
    expect(measured.get('ms-ssim')).toMatchObject({ ok: false, failure: 'too-small' });
    expect(measured.get('fsimc')).toMatchObject({ ok: false, failure: 'grey' });
    expect(measured.get('gmsd')).toEqual({ ok: true, value: 0 });
  });

  it('refuses what it does not know', () => {
    const x = prepared(picture(20, 3, 1));
    expect(() => measurePair(['niqe'], x, x)).toThrow(RangeError);
    expect(() => measureAlone(['psnr'], x, null)).toThrow(RangeError);
    expect(() => measureAlone(['niqe'], x, null)).toThrow(/model/);
  });
});

describe('measureAlone', () => {
  it('gives each metric as its own function does', () => {
    const y = picture(400, 3, 5);
    const model = fitPristineModel([1, 2, 3, 4].map((seed) => luma(picture(400, 3, seed))));
    const measured = measureAlone(names('no-reference'), prepared(y), model);
    expect(value(measured, 'niqe')).toBe(niqe(luma(y), model!));
    const { sharpness, colourfulness, contrast } = noReferenceMetrics(y);
    expect(value(measured, 'sharpness')).toBe(sharpness);
    expect(value(measured, 'colourfulness')).toBe(colourfulness);
    expect(value(measured, 'contrast')).toBe(contrast);
    expect(measureAlone(['niqe'], prepared(picture(100, 3, 1)), model).get('niqe')).toMatchObject({
      failure: 'too-small'
    });
  });
});

describe('the catalogue', () => {
  it('names each metric once', () => {
    expect(new Set(BUILT_IN.map(({ name }) => name)).size).toBe(BUILT_IN.length);
    expect(builtIn('psnr')?.label).toBe('PSNR');
    expect(builtIn('PSNR')).toBeUndefined();
  });
});
