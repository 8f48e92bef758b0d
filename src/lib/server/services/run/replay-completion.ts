import * as replays from '#lib/server/db/replays.ts';
import * as runs from '#lib/server/db/runs.ts';
import { hashesOf, loadParts, questionOf, type RunContext } from './judge-presentation.ts';

/**
 * Answers a presentation from the completion of the same question, where it was asked before and the run allows it: the
 * words are stored again under this presentation, marked as a repetition, without tokens or cost. It then goes on like a
 * completion that was stored before a crash.
 *
 * @returns the new completion's id; null where the question is new.
 */
export async function replayCompletion(
  context: RunContext,
  presentation: runs.Unanswered
): Promise<number | null> {
  const { lab, run } = context;
  if (!run.replay || context.answer !== null) return null;
  const parts = await loadParts(context, presentation);
  const fingerprint = questionOf(context, presentation, parts);
  const earlier = await replays.answered(lab.db, fingerprint);
  const stored = earlier && (await runs.completion(lab.db, earlier.completionId));
  if (!earlier || !stored) return null;
  if (earlier.simulated) await replays.markSimulated(lab.db, run.sessionId);
  return context.keep.completion({
    presentationId: presentation.id,
    attempt: 1,
    promptSha256: context.promptSha256,
    reportedModel: stored.reportedModel,
    content: stored.content,
    refusal: stored.refusal,
    finishReason: stored.finishReason,
    logprobs: stored.logprobs,
    tokensIn: null,
    tokensOut: null,
    cost: null,
    latencyMs: stored.latencyMs,
    imageSha256: hashesOf(parts),
    fingerprint,
    replayedFrom: stored.id
  });
}
