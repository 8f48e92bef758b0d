import { isKnownAnswer, type Expected } from '#lib/domain/known-answer.ts';
import { protocols } from '#lib/domain/protocols/index.ts';
import type { Answer, Choice } from '#lib/domain/response.ts';
import { isLanguage } from '#lib/domain/words/language.ts';
import type { Language } from '#lib/domain/words/words.ts';
import * as replay from '#lib/server/db/replay.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import type { Study } from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';
import { keepLook } from '../preregister.ts';
import { shownBytes, shownSize, type ShownBytes } from '../shown-image.ts';

export interface ReplayedPicture {
  id: number;
  name: string;
  /** Of the stored file. */
  sha256: string;
  mos: number | null;
  widthPx: number;
  heightPx: number;
}

/** A sitting at one of its presentations, as its rater had it, with what came back. */
export interface ReplayedSitting {
  /** What the rating room spoke to them, where that was recorded. */
  language: Language | null;
  steps: replay.ReplayStep[];
  position: number;
  trialIndex: number;
  role: string;
  expected: Expected | null;
  /** Whether a gold trial or a trap was answered as it is known; null for all others, and before an answer. */
  known: boolean | null;
  /** Shown before in this sitting: a hidden repeat, or the other order. */
  again: boolean;
  order: number[];
  /** In the order shown. */
  stimuli: ReplayedPicture[];
  reference: ReplayedPicture | null;
  answer: Answer | null;
  responseTimeMs: number | null;
  presentedAt: Date | string | null;
  answeredAt: Date | string | null;
  facts: Record<string, unknown>;
}

/**
 * What stood before a rater at a position of their sitting, held into what the sitting has. Only reads: nothing of the
 * sitting knows that somebody looked. Null for a sitting without presentations (withdrawn, or none of this study's).
 */
export async function replaySitting(
  lab: Pick<Lab, 'db' | 'shownImages'>,
  study: Study,
  sessionId: number,
  position: number
): Promise<ReplayedSitting | null> {
  const session = await sessions.byId(lab.db, sessionId);
  if (session?.studyId !== study.id || session.door !== 'page') return null;
  const steps = await replay.steps(lab.db, sessionId);
  if (steps.length === 0) return null;
  await keepLook(lab, study, 'replay of a sitting');
  const at = Math.min(steps.length - 1, Math.max(0, position));
  const shown = await replay.presentation(lab.db, sessionId, (steps[at] as replay.ReplayStep).position);
  if (shown === null) return null;
  const all = [...shown.stimuli, ...(shown.referenceId === null ? [] : [shown.referenceId])];
  const named = await replay.named(lab.db, all);
  const picture = async (id: number): Promise<ReplayedPicture> => {
    const { widthPx, heightPx } = await shownSize(lab, id, study.design.maxSidePx);
    const { name, sha256, mos } = named.get(id) ?? { name: String(id), sha256: '', mos: null };
    return { id, name, sha256, mos, widthPx, heightPx };
  };
  return {
    language: isLanguage(session.consent?.language) ? session.consent.language : null,
    steps,
    position: at,
    trialIndex: shown.trialIndex,
    role: shown.role,
    expected: shown.expected,
    known: knownIn(study, shown),
    again: shown.pass > 0,
    order: shown.order,
    stimuli: await Promise.all(shown.order.map((slot) => picture(shown.stimuli[slot] as number))),
    reference: shown.referenceId === null ? null : await picture(shown.referenceId),
    answer: answerIn(shown),
    responseTimeMs: shown.responseTimeMs,
    presentedAt: shown.presentedAt,
    answeredAt: shown.answeredAt,
    facts: shown.facts ?? {}
  };
}

function knownIn({ design }: Study, shown: replay.ReplayedPresentation): boolean | null {
  const answer = answerIn(shown);
  const { expected } = shown;
  if (answer === null || expected === null || expected.kind === 'people') return null;
  const own = protocols[design.protocol].toStudyOrder(answer, shown.order);
  return isKnownAnswer(expected, { shown: answer, own }, design);
}

function answerIn({ score, rawScore, choice, ranking }: replay.ReplayedPresentation): Answer | null {
  if (score !== null) return { kind: 'score', score, raw: rawScore ?? score };
  if (choice !== null)
    return { kind: 'choice', choice: choice as Choice, ...(rawScore === null ? {} : { grade: rawScore }) };
  return ranking === null ? null : { kind: 'ranking', ranks: ranking };
}

/** The very bytes that a rater was given of a stimulus; null where their sitting does not show it. */
export async function replayedStimulus(
  lab: Pick<Lab, 'db' | 'storage' | 'shownImages'>,
  study: Study,
  sessionId: number,
  stimulusId: number
): Promise<ShownBytes | null> {
  const session = await sessions.byId(lab.db, sessionId);
  if (session?.studyId !== study.id || !(await replay.isShown(lab.db, sessionId, stimulusId))) return null;
  return shownBytes(lab, stimulusId, study.design.maxSidePx);
}
