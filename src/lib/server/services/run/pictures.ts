import type { Lab } from '../lab.ts';
import { shownBytes, type ShownBytes } from '../shown-image.ts';

/** The pictures of one run, kept while there is room: pairs and groups show each of them several times. */
export interface Pictures {
  get(stimulusId: number): Promise<ShownBytes>;
}

/** Bytes that are kept; beyond, the oldest go. Memory does not grow with the number of trials. */
const KEPT_BYTES = 64 * 2 ** 20;

/** Exactly what people are shown. */
export function createPictures(
  lab: Pick<Lab, 'db' | 'storage' | 'shownImages'>,
  maxSidePx: number | null
): Pictures {
  const kept = new Map<number, ShownBytes>();
  let total = 0;
  return {
    async get(stimulusId) {
      const known = kept.get(stimulusId);
      if (known) return known;
      const picture = await shownBytes(lab, stimulusId, maxSidePx);
      kept.set(stimulusId, picture);
      total += picture.bytes.byteLength;
      for (const [oldest, { bytes: old }] of kept) {
        if (total <= KEPT_BYTES || kept.size === 1) break;
        kept.delete(oldest);
        total -= old.byteLength;
      }
      return picture;
    }
  };
}
