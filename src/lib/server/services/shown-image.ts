import * as datasets from '#lib/server/db/datasets.ts';
import { DOWNSIZING, downsize, downsized, type Size } from '#lib/server/images/derive.ts';
import type { Lab } from './lab.ts';

/** What is shown of a stimulus at its own size. */
export interface ShownImage extends Size {
  /** The stored file's hash. */
  source: string;
  /** The hash of what is shown: the file itself, or its stand-in with the same pixels. */
  sha256: string;
  mediaType: string;
}

export interface ShownBytes {
  bytes: Uint8Array;
  mediaType: string;
  sha256: string;
}

/** What is shown of a stimulus. It never changes once stored, so it is remembered. */
async function shownImage(lab: Pick<Lab, 'db' | 'shownImages'>, stimulusId: number): Promise<ShownImage> {
  const remembered = lab.shownImages.get(stimulusId);
  if (remembered) return remembered;
  await rememberShownImages(lab, [stimulusId]);
  const image = lab.shownImages.get(stimulusId);
  if (!image) throw new Error(`stimulus ${stimulusId} has no picture`);
  return image;
}

const MOST_REMEMBERED = 50_000;
const ASKED_AT_ONCE = 2000;

/** Looks up at once what is shown of stimuli that will be asked for one by one. */
export async function rememberShownImages(
  lab: Pick<Lab, 'db' | 'shownImages'>,
  stimulusIds: readonly number[]
): Promise<void> {
  const wanted = stimulusIds.filter((id) => !lab.shownImages.has(id)).slice(0, MOST_REMEMBERED);
  if (lab.shownImages.size + wanted.length > MOST_REMEMBERED) lab.shownImages.clear();
  for (let from = 0; from < wanted.length; from += ASKED_AT_ONCE) {
    const some = await datasets.shownImages(lab.db, wanted.slice(from, from + ASKED_AT_ONCE));
    for (const { stimulusId, ...image } of some) lab.shownImages.set(stimulusId, image);
  }
}

/** How large a stimulus is shown in a study that makes pictures smaller beyond `maxSidePx` (null: never). */
export async function shownSize(
  lab: Pick<Lab, 'db' | 'shownImages'>,
  stimulusId: number,
  maxSidePx: number | null
): Promise<Size> {
  const image = await shownImage(lab, stimulusId);
  return maxSidePx === null ? image : downsized(image, maxSidePx);
}

/**
 * The bytes that people and models alike are given of a stimulus: exactly those stored (or their stand-in with the same
 * pixels), unless the study makes pictures smaller; then the one file that was made of it, at its first showing.
 */
export async function shownBytes(
  lab: Pick<Lab, 'db' | 'storage' | 'shownImages'>,
  stimulusId: number,
  maxSidePx: number | null
): Promise<ShownBytes> {
  const image = await shownImage(lab, stimulusId);
  const size = maxSidePx === null ? image : downsized(image, maxSidePx);
  if (maxSidePx === null || size.widthPx === image.widthPx) {
    return { ...image, bytes: await stored(lab, image.sha256) };
  }
  const known = await datasets.downsizedImage(lab.db, image.source, maxSidePx);
  if (known) return { ...known, bytes: await stored(lab, known.sha256) };
  const made = await downsize(await stored(lab, image.sha256), size);
  const kept = await datasets.keepDownsizedImage(lab.db, {
    sourceSha256: image.source,
    maxSidePx,
    sha256: await lab.storage.put(made),
    mediaType: 'image/png',
    ...size,
    method: DOWNSIZING
  });
  return { ...kept, bytes: await stored(lab, kept.sha256) };
}

async function stored(lab: Pick<Lab, 'storage'>, sha256: string): Promise<Uint8Array> {
  const bytes = await lab.storage.get(sha256);
  if (bytes === null) throw new Error(`the picture ${sha256} is not in storage`);
  return bytes;
}
