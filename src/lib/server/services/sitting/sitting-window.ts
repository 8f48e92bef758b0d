import * as sessions from '#lib/server/db/sessions.ts';
import * as studies from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';
import { stimulusAddress } from './stimulus-address.ts';

export interface ShownStimulus {
  /** Opaque, good in this sitting alone; relative to the sitting's address. */
  src: string;
  widthPx: number;
  heightPx: number;
}

/** A trial as its observer may see it: pictures and sizes, nothing that says what they are. */
export interface BlindTrial {
  position: number;
  training: boolean;
  reference: ShownStimulus | null;
  /** In the order shown. */
  stimuli: ShownStimulus[];
}

export interface SittingWindow {
  answered: number;
  total: number;
  done: boolean;
  trials: BlindTrial[];
}

/** How far ahead a page may load. */
export const WINDOW = 8;

/** Where a sitting stands and its next trials. Only reads. */
export async function sittingWindow(
  lab: Pick<Lab, 'db' | 'blindingKey' | 'shownImages'>,
  session: Pick<sessions.Session, 'id'>,
  limit = WINDOW
): Promise<SittingWindow> {
  const pending = await sessions.nextPending(lab.db, session.id, limit);
  const { answered, total } = await sessions.progress(lab.db, session.id);
  const shown = async (stimulusId: number): Promise<ShownStimulus> => {
    const image = await shownImage(lab, stimulusId);
    return {
      src: `stimuli/${stimulusAddress(lab.blindingKey, session.id, stimulusId)}`,
      widthPx: image.widthPx,
      heightPx: image.heightPx
    };
  };
  const trials: BlindTrial[] = [];
  for (const presentation of pending) {
    trials.push({
      position: presentation.position,
      training: presentation.role === 'training',
      reference: presentation.referenceId === null ? null : await shown(presentation.referenceId),
      stimuli: await Promise.all(presentation.stimuli.map(shown))
    });
  }
  return { answered, total, done: answered === total, trials };
}

export interface ShownImage {
  sha256: string;
  mediaType: string;
  widthPx: number;
  heightPx: number;
}

/** What is shown of a stimulus. It never changes once stored, so it is remembered. */
export async function shownImage(
  lab: Pick<Lab, 'db' | 'shownImages'>,
  stimulusId: number
): Promise<ShownImage> {
  const remembered = lab.shownImages.get(stimulusId);
  if (remembered) return remembered;
  const image = await studies.shownImage(lab.db, stimulusId);
  if (!image) throw new Error(`stimulus ${stimulusId} has no picture`);
  if (lab.shownImages.size > 50_000) lab.shownImages.clear();
  lab.shownImages.set(stimulusId, image);
  return image;
}
