import * as datasets from '#lib/server/db/datasets.ts';
import { thumbnail as makeThumbnail } from '#lib/server/images/derive.ts';
import type { Lab } from './lab.ts';

export interface StoredImage {
  bytes: Uint8Array;
  mediaType: string;
}

/**
 * What is shown of an image: its stored bytes, or their stand-in with the same pixels; also such a stand-in, or a study's
 * smaller copy, by its own hash. null where there is none.
 */
export async function showImage(
  lab: Pick<Lab, 'db' | 'storage'>,
  sha256: string
): Promise<StoredImage | null> {
  const row = await datasets.image(lab.db, sha256);
  if (row === null) {
    // What was sent to a model may be a copy that was made for a study.
    const mediaType = await datasets.derivedImage(lab.db, sha256);
    const derived = mediaType === null ? null : await lab.storage.get(sha256);
    return mediaType === null || derived === null ? null : { bytes: derived, mediaType };
  }
  const bytes = await lab.storage.get(row.shownSha256 ?? row.sha256);
  if (bytes === null) throw new Error(`the picture ${sha256} is not in storage`);
  return { bytes, mediaType: row.shownMediaType ?? row.mediaType };
}

const SIDE = 320;
/** Thumbnails of a few pages; they are a few kilobytes each, and browsers keep what they have seen. */
const KEPT = 2000;
const kept = new Map<string, StoredImage>();
/** Decoders at work at once: a page of thumbnails must not take the machine from the raters. */
const AT_ONCE = 2;
let working = 0;
const waiting: (() => void)[] = [];

/** A small WebP of an image, for tables; never shown in a trial. */
export async function showThumbnail(
  lab: Pick<Lab, 'db' | 'storage'>,
  sha256: string
): Promise<StoredImage | null> {
  const known = kept.get(sha256);
  if (known) return known;
  const image = await showImage(lab, sha256);
  if (image === null) return null;
  if (working >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  working++;
  try {
    const bytes = await makeThumbnail(image.bytes, image.mediaType as 'image/png', SIDE);
    const made = { bytes, mediaType: 'image/webp' };
    const [oldest] = kept.keys();
    if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(sha256, made);
    return made;
  } finally {
    working--;
    waiting.shift()?.();
  }
}
