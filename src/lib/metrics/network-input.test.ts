import { describe, expect, it } from 'vitest';
import { BadDescription, readDescription } from './network-description.ts';
import { networkInput, resizedTo } from './network-input.ts';

const image = {
  widthPx: 3,
  heightPx: 2,
  channels: 3 as const,
  data: Uint8Array.from({ length: 18 }, (_, i) => i)
};
const described = (more: Record<string, unknown> = {}) =>
  readDescription({ direction: 'higher', range: [0, 255], ...more });

describe('networkInput', () => {
  it('lays planes one after another, or channels beside each other', () => {
    const planes = networkInput(image, described())!;
    expect(planes.dims).toEqual([1, 3, 2, 3]);
    expect([...planes.data.subarray(0, 6)]).toEqual([0, 3, 6, 9, 12, 15]);
    const beside = networkInput(image, described({ layout: 'NHWC' }))!;
    expect(beside.dims).toEqual([1, 2, 3, 3]);
    expect([...beside.data]).toEqual([...image.data]);
    expect([
      ...networkInput(image, described({ layout: 'NHWC', channels: 'BGR' }))!.data.subarray(0, 3)
    ]).toEqual([2, 1, 0]);
  });

  it('takes the middle, and nothing where there is not enough', () => {
    const middle = networkInput(image, described({ crop: { width: 1, height: 2 } }))!;
    expect(middle.dims).toEqual([1, 3, 2, 1]);
    expect([...middle.data.subarray(0, 2)]).toEqual([3, 12]);
    expect(networkInput(image, described({ crop: { width: 4, height: 2 } }))).toBeNull();
  });

  it('carries values to the range, less the mean, by the deviation', () => {
    const { data } = networkInput(
      { widthPx: 1, heightPx: 1, channels: 1, data: Uint8Array.of(51) },
      described({ range: [-1, 1], mean: [0, 0.5, 0], std: [1, 2, 4] })
    )!;
    expect([...data].map((value) => value.toFixed(4))).toEqual(['-0.6000', '-0.5500', '-0.1500']);
  });
});

describe('resizedTo', () => {
  it('keeps the aspect by the shorter side, or takes the size as it is', () => {
    const size = { widthPx: 512, heightPx: 384 };
    expect(resizedTo(size, described({ resize: { shorterSide: 224 } }))).toEqual({
      widthPx: 298,
      heightPx: 224
    });
    expect(resizedTo(size, described({ resize: { width: 9, height: 8 } }))).toEqual({
      widthPx: 9,
      heightPx: 8
    });
    expect(resizedTo(size, described())).toEqual(size);
  });
});

describe('readDescription', () => {
  it.each([
    [null, /the description: an object/],
    [{ direction: 'higher', inputs: 3 }, /inputs:/],
    [{ direction: 'higher', channels: 'grey', mean: [0, 0, 0] }, /mean: a list of 1 numbers/],
    [{ direction: 'higher', crop: { width: 0, height: 1 } }, /crop\.width/],
    [{ direction: 'higher', resize: { shorterSide: 'x' } }, /resize\.shorterSide/],
    [{ direction: 'higher', output: { kind: 'logits' } }, /output\.kind/],
    [{ direction: 'better' }, /direction/]
  ])('names the part that cannot be: %j', (json, message) => {
    expect(() => readDescription(json)).toThrow(BadDescription);
    expect(() => readDescription(json)).toThrow(message);
  });

  it('asks for no direction of features', () => {
    expect(readDescription({ output: { kind: 'features' } }).direction).toBe(1);
  });
});
