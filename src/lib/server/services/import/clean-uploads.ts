import type { Lab } from '../lab.ts';
import { listUploads, removeUpload } from './uploads.ts';

/** Files that nobody imported stay a day, reports a month. */
const KEPT_MS = { receiving: 86_400_000, failed: 86_400_000, stopped: 7 * 86_400_000, done: 30 * 86_400_000 };

/** Removes what uploads left behind. @returns the ids of those whose import should go on. */
export async function cleanUploads(lab: Pick<Lab, 'config'>, now: number): Promise<string[]> {
  const going: string[] = [];
  for (const upload of await listUploads(lab)) {
    if (upload.state === 'importing') going.push(upload.id);
    else if (now - Date.parse(upload.changedAt) > KEPT_MS[upload.state]) await removeUpload(lab, upload.id);
  }
  return going;
}
