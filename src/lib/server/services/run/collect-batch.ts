import * as batches from '#lib/server/db/batches.ts';
import type { Amount } from '#lib/server/db/budgets.ts';
import * as replays from '#lib/server/db/replays.ts';
import * as runs from '#lib/server/db/runs.ts';
import type { BatchLine } from '#lib/server/providers/batch-provider.ts';
import { judgePresentation, storeCompletion, verdict, type RunContext } from './judge-presentation.ts';
import { lacksSchemas, noteOn, SCHEMA_REFUSED } from './readout-notes.ts';
import type { Stop } from './work-through.ts';

/** Batches that ask about one presentation before it gets the outcome of its last failure. */
const MOST_BATCHES = 3;

/** What a presentation's line of a batch is called. */
export function customId(presentationId: number): string {
  return `presentation-${presentationId}`;
}

/**
 * Takes a batch's lines in, matched by their custom ids: the completion first, then its response, as for any request. A
 * request without an answer (expired, or a line that never came) is asked again in the next batch, a few times; one that
 * failed for good has its typed outcome. What was taken in before a crash is passed over.
 *
 * @returns why the run must stop, or null.
 */
export async function collectBatch(
  context: RunContext,
  batch: batches.Batch,
  lines: readonly BatchLine[],
  held: readonly Amount[],
  onAnswer: () => void
): Promise<Stop | null> {
  const { lab, run } = context;
  const byId = new Map(lines.map((line) => [line.customId, line.result]));
  let stop: Stop | null = null;
  const requests = await batches.requestsOf(lab.db, batch.id);
  for (const [i, request] of requests.entries()) {
    const amount = held[i] ?? { cost: 0, tokens: 0 };
    const { presentationId, attempt } = request;
    const result = byId.get(customId(presentationId)) ?? null;
    const presentation: runs.Unanswered = {
      id: presentationId,
      position: request.position,
      trialId: request.trialId,
      pass: request.pass,
      order: request.order,
      completionId: request.completionId
    };
    if (result?.ok) {
      const { completion } = result;
      presentation.completionId ??= await storeCompletion(context, presentationId, attempt, completion, {
        imageSha256: request.imageSha256,
        fingerprint: request.fingerprint
      });
      if (completion.simulated) await replays.markSimulated(lab.db, run.sessionId);
      if (!request.responded) await judgePresentation(context, presentation, Math.random);
      await batches.settle(lab.db, batch.id, presentationId, 'answered');
      context.budget.settle(amount, completion);
      onAnswer();
      continue;
    }
    context.budget.settle(amount, null);
    if (request.responded || request.result !== null) continue;
    const failure = result?.failure ?? null;
    await runs.addFailure(lab.db, {
      presentationId,
      status: failure?.status ?? null,
      message: failure?.message ?? `the batch ended (${batch.remoteState ?? 'unknown'}) without its answer`
    });
    await batches.settle(lab.db, batch.id, presentationId, failure === null ? 'expired' : 'failed');
    if (failure !== null && run.readout === 'json' && context.format.enforced && lacksSchemas(failure)) {
      await noteOn(lab, run, SCHEMA_REFUSED);
      continue;
    }
    const word = failure === null ? 'retry' : verdict(failure, attempt, 0, run.readout);
    if (word === 'stop') {
      stop = { kind: 'failed', reason: failure?.message ?? '' };
      continue;
    }
    if (word === 'retry' && attempt < MOST_BATCHES) continue;
    await context.keep.response({
      presentationId,
      outcome: word === 'retry' ? (failure === null ? 'timeout' : 'provider-error') : word,
      reason: `after ${attempt} ${attempt === 1 ? 'batch' : 'batches'}: ${failure?.message ?? 'no answer came in time'}`
    });
    onAnswer();
  }
  if (run.notes.includes(SCHEMA_REFUSED)) context.format.enforced = false;
  await batches.change(lab.db, batch.id, { state: 'collected', collectedAt: new Date() });
  return stop;
}
