import type { TrapSide } from '#lib/domain/known-answer.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import { shownSize } from '../shown-image.ts';
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
  /** Of a trap alone: the end of the answer that it asks for, which its rater reads. */
  ask?: TrapSide;
  /** Of training with feedback alone: what people gave each, on 0–100, in the order shown. */
  told?: number[];
}

export interface SittingWindow {
  answered: number;
  total: number;
  done: boolean;
  /** How many of its blocks have begun again; an answer says in which round it was given. */
  round: number;
  trials: BlindTrial[];
}

/** How far ahead a page may load. */
export const WINDOW = 8;

/** Where a sitting stands and its next trials. Only reads. */
export async function sittingWindow(
  lab: Pick<Lab, 'db' | 'blindingKey' | 'shownImages'>,
  session: Pick<sessions.Session, 'id' | 'restarts'>,
  maxSidePx: number | null,
  limit = WINDOW
): Promise<SittingWindow> {
  const pending = await sessions.nextPending(lab.db, session.id, limit);
  const { answered, total } = await sessions.progress(lab.db, session.id);
  const shown = async (stimulusId: number): Promise<ShownStimulus> => {
    const size = await shownSize(lab, stimulusId, maxSidePx);
    return {
      src: `stimuli/${stimulusAddress(lab.blindingKey, session.id, stimulusId)}`,
      widthPx: size.widthPx,
      heightPx: size.heightPx
    };
  };
  const trials: BlindTrial[] = [];
  for (const presentation of pending) {
    trials.push({
      position: presentation.position,
      training: presentation.role === 'training',
      reference: presentation.referenceId === null ? null : await shown(presentation.referenceId),
      stimuli: await Promise.all(presentation.stimuli.map(shown)),
      ...said(presentation)
    });
  }
  return { answered, total, done: answered === total, round: session.restarts?.length ?? 0, trials };
}

/** What a rater may know of what a trial expects: nothing of gold. */
function said({
  role,
  expected,
  order
}: Pick<sessions.PendingPresentation, 'role' | 'expected' | 'order'>): Pick<BlindTrial, 'ask' | 'told'> {
  if (role === 'trap' && expected?.kind === 'trap') return { ask: expected.side };
  if (role === 'training' && expected?.kind === 'people')
    return { told: order.map((slot) => expected.qualities[slot] as number) };
  return {};
}
