import type { Lab } from '../lab.ts';
import { shownImage } from '../sitting/sitting-window.ts';

/** The pictures of one run, kept while there is room: pairs and groups show each of them several times. */
export interface Pictures {
  get(stimulusId: number): Promise<{ bytes: Uint8Array; mediaType: string; sha256: string }>;
}

/** Bytes that are kept; beyond, the oldest go. Memory does not grow with the number of trials. */
const KEPT_BYTES = 64 * 2 ** 20;

/** Exactly what people are shown: the stored bytes, or their stand-in with the same pixels. */
export function createPictures(lab: Pick<Lab, 'db' | 'storage' | 'shownImages'>): Pictures {
  const kept = new Map<number, { bytes: Uint8Array; mediaType: string; sha256: string }>();
  let total = 0;
  return {
    async get(stimulusId) {
      const known = kept.get(stimulusId);
      if (known) return known;
      const image = await shownImage(lab, stimulusId);
      const bytes = await lab.storage.get(image.sha256);
      if (bytes === null) throw new Error(`the picture ${image.sha256} is not in storage`);
      const picture = { bytes, mediaType: image.mediaType, sha256: image.sha256 };
      kept.set(stimulusId, picture);
      total += bytes.byteLength;
      for (const [oldest, { bytes: old }] of kept) {
        if (total <= KEPT_BYTES || kept.size === 1) break;
        kept.delete(oldest);
        total -= old.byteLength;
      }
      return picture;
    }
  };
}
