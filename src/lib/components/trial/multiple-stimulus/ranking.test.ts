import { describe, expect, it } from 'vitest';
import { nextUnplaced, noPlaces, put, ranksOf, type Places } from './ranking.ts';

describe('ranking', () => {
  it('gives every picture its place, shared only where ties are allowed', () => {
    let places: Places = noPlaces(4);
    places = put(places, 0, 3, true);
    places = put(places, 2, 3, true);
    expect(places).toEqual([3, null, 3, null]);
    expect(put(places, 1, 3, false)).toEqual([null, 3, null, null]);
    expect(put(places, 0, 1, false)).toEqual([1, null, 3, null]);
  });

  it('marks the next picture without a place, going round', () => {
    expect(nextUnplaced(noPlaces(4), 0)).toBe(1);
    expect(nextUnplaced([null, 1, 2, 3], 2)).toBe(0);
    expect(nextUnplaced([null, 1, 2, 3], 0)).toBe(0);
    expect(nextUnplaced([0, 1, 2, 3], 0)).toBeNull();
  });

  it('is an answer once all have a place', () => {
    expect(ranksOf([0, null, 1, 2])).toBeNull();
    expect(ranksOf([0, 0, 1, 3])).toEqual([0, 0, 1, 3]);
  });
});
