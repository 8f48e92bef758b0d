/**
 * The places of pictures while they are being put in order: 0 is the worst, the last the best, null not placed yet.
 * Nothing is placed beforehand.
 */
export type Places = readonly (number | null)[];

export function noPlaces(size: number): Places {
  return new Array<null>(size).fill(null);
}

/** Puts a picture on a place. Without ties whoever stood there has none again. */
export function put(places: Places, picture: number, place: number, allowTies: boolean): Places {
  return places.map((old, index) => {
    if (index === picture) return place;
    return !allowTies && old === place ? null : old;
  });
}

/** The next picture without a place, going round from the one after `from`; null when all have one. */
export function nextUnplaced(places: Places, from: number): number | null {
  for (let step = 1; step <= places.length; step++) {
    const index = (from + step) % places.length;
    if (places[index] === null) return index;
  }
  return null;
}

/** The ranks as they are answered; null until every picture has a place. */
export function ranksOf(places: Places): number[] | null {
  return places.every((place) => place !== null) ? [...(places as number[])] : null;
}
