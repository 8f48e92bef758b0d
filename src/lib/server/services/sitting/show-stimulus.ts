import type { Lab } from '../lab.ts';
import { shownBytes, type ShownBytes } from '../shown-image.ts';
import { readStimulusAddress } from './stimulus-address.ts';

/** The bytes behind an opaque address, for the sitting that it was made for; null for anybody else. */
export async function showStimulus(
  lab: Pick<Lab, 'db' | 'storage' | 'blindingKey' | 'shownImages'>,
  sessionId: number,
  maxSidePx: number | null,
  address: string
): Promise<ShownBytes | null> {
  const read = readStimulusAddress(lab.blindingKey, address);
  if (read === null || read.sessionId !== sessionId) return null;
  return shownBytes(lab, read.stimulusId, maxSidePx);
}
