import type { Lab } from '../lab.ts';
import { shownImage } from './sitting-window.ts';
import { readStimulusAddress } from './stimulus-address.ts';

/** The bytes behind an opaque address, for the sitting that it was made for; null for anybody else. */
export async function showStimulus(
  lab: Pick<Lab, 'db' | 'storage' | 'blindingKey' | 'shownImages'>,
  sessionId: number,
  address: string
): Promise<{ bytes: Uint8Array; mediaType: string } | null> {
  const read = readStimulusAddress(lab.blindingKey, address);
  if (read === null || read.sessionId !== sessionId) return null;
  const image = await shownImage(lab, read.stimulusId);
  const bytes = await lab.storage.get(image.sha256);
  if (bytes === null) throw new Error(`the picture ${image.sha256} is not in storage`);
  return { bytes, mediaType: image.mediaType };
}
