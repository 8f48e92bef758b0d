import { describe, expect, it } from 'vitest';
import { AUTHORS_SETTINGS } from '#lib/domain/selection/difficult-subset.ts';
import { readSelectQuery, selectParameters, sliderPlace, sliderValue } from './select-query.ts';

const read = (text: string) => readSelectQuery(new URLSearchParams(text));

describe('readSelectQuery', () => {
  it('begins with the authors’ settings and what the page offers first', () => {
    expect(read('')).toEqual({
      settings: AUTHORS_SETTINGS,
      proxies: [],
      features: null,
      differenceAsQuality: false,
      exclude: [],
      without: null,
      base: null,
      overlap: null
    });
    const first = readSelectQuery(new URLSearchParams(), { proxies: ['psnr'], features: 'clip' });
    expect([first.proxies, first.features]).toEqual([['psnr'], 'clip']);
  });

  it('is its own address', () => {
    const query = read(
      'sent=1&proxy=a&proxy=b&lambda=.5&epsilon=0&n=20&map=on&base=0.01,1&overlap=x&exclude=a.png,+b.png,a.png&without=shots'
    );
    expect(query.settings).toMatchObject({ lambda: 0.5, epsilon: 0, n: 20, mapped: true, minMax: false });
    expect(query.base).toEqual({ lambda: 0.01, epsilon: 1 });
    expect([query.exclude, query.without]).toEqual([['a.png', 'b.png'], 'shots']);
    expect(readSelectQuery(selectParameters(query))).toEqual(query);
  });

  it('passes over what does not read', () => {
    const query = read('sent=1&lambda=-1&epsilon=much&n=0&per-reference=1.5&base=1');
    expect(query.settings).toMatchObject({ lambda: 0.01, epsilon: 1, n: 150, perReference: 10 });
    expect(query.base).toBeNull();
  });
});

it('sliders go by decades, with 0 at the low end', () => {
  const decades = { low: -4, high: 1 };
  expect(sliderValue(sliderPlace(0.01, decades), decades)).toBe(0.01);
  expect(sliderValue(sliderPlace(0, decades), decades)).toBe(0);
  expect(sliderValue(sliderPlace(1e9, decades), decades)).toBe(10);
  expect(sliderValue(sliderPlace(1e-9, decades), decades)).toBe(0.0001);
  expect(sliderPlace(0.5, decades)).toBe(
    sliderPlace(sliderValue(sliderPlace(0.5, decades), decades), decades)
  );
});
