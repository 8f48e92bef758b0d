import { randomUUID } from 'node:crypto';
import * as batches from '#lib/server/db/batches.ts';
import * as runs from '#lib/server/db/runs.ts';
import type { Amount } from '#lib/server/db/budgets.ts';
import type { BatchProvider } from '#lib/server/providers/batch-provider.ts';
import type { TransportFailure } from '#lib/server/providers/provider.ts';
import type { Lab } from '../lab.ts';
import { collectBatch, customId } from './collect-batch.ts';
import {
  hashesOf,
  judgePresentation,
  loadParts,
  questionOf,
  requestOf,
  type RunContext
} from './judge-presentation.ts';
import { replayCompletion } from './replay-completion.ts';
import { sleep } from './sleep.ts';
import type { Stop } from './work-through.ts';

/** One file's bounds; OpenAI's own are 50,000 requests and 200 MB. */
const MOST_REQUESTS = 2000;
const MOST_BYTES = 64 * 2 ** 20;
const CHUNK = 500;
const FIRST_LOOK_MS = 250;
const LONGEST_LOOK_MS = 60_000;
/** Transport failures in a row before the run waits for somebody. */
const PATIENCE = 8;

/**
 * A run that asks by batches: what is unanswered goes out as one file at a time, is waited for, and comes back through
 * the same completions, parser and responses. Every step is written down before it is taken (the batch with its requests
 * and a token of our own, then the file, then the endpoint's id), so that whoever takes the run up finds the batch again
 * and nothing is paid twice.
 */
export async function workByBatches(
  lab: Lab,
  context: RunContext,
  soft: AbortController,
  onAnswer: () => void
): Promise<Stop> {
  const provider = context.batches as BatchProvider;
  const { run } = context;
  const held = new Map<number, Amount[]>();
  for (const batch of await batches.open(lab.db, run.sessionId)) {
    const each = { cost: batch.heldCost / batch.requests, tokens: batch.heldTokens / batch.requests };
    const amounts = Array.from({ length: batch.requests }, () => each);
    for (const amount of amounts) context.budget.adopt(amount);
    held.set(batch.id, amounts);
  }
  try {
    for (;;) {
      if (soft.signal.aborted) return await interrupted(lab, context, provider);
      let [batch] = await batches.open(lab.db, run.sessionId);
      if (!batch) {
        const made = await makeBatch(lab, context, provider, onAnswer, soft.signal);
        if (made === null) return soft.signal.aborted ? { kind: 'interrupted' } : { kind: 'complete' };
        if ('kind' in made) return made;
        batch = made.batch;
        held.set(batch.id, made.held);
        if (batch.state === 'preparing' && made.lines.length > 0) {
          const stop = await submit(lab, context, provider, batch, made.lines, soft.signal);
          if (stop !== null) return stop;
        }
      } else if (batch.state === 'preparing') {
        const stop = await findAgain(lab, context, provider, batch, soft.signal);
        if (stop !== null) return stop;
      }
      const stop = await wait(
        lab,
        context,
        provider,
        batch.id,
        held.get(batch.id) ?? [],
        onAnswer,
        soft.signal
      );
      if (stop !== null)
        return stop.kind === 'interrupted' ? await interrupted(lab, context, provider) : stop;
      held.delete(batch.id);
    }
  } finally {
    // What is still out stays counted, for whoever collects it.
    for (const amounts of held.values())
      for (const amount of amounts) context.budget.settle(amount, 'unknown');
  }
}

/** The next file's worth of what is unanswered; null when nothing is. */
async function makeBatch(
  lab: Lab,
  context: RunContext,
  provider: BatchProvider,
  onAnswer: () => void,
  signal: AbortSignal
): Promise<{ batch: batches.Batch; lines: string[]; held: Amount[] } | Stop | null> {
  const { run } = context;
  const lines: string[] = [];
  const requests: { presentationId: number; fingerprint: string; imageSha256: string[] }[] = [];
  const held: Amount[] = [];
  let bytes = 0;
  let capped = false;
  let position = -1;
  filling: for (;;) {
    const rows = await runs.unanswered(lab.db, run.sessionId, position, CHUNK);
    for (const presentation of rows) {
      if (signal.aborted) break filling;
      position = presentation.position;
      presentation.completionId ??= await replayCompletion(context, presentation);
      if (presentation.completionId !== null) {
        await judgePresentation(context, presentation, Math.random);
        onAnswer();
        continue;
      }
      if (lines.length >= MOST_REQUESTS || bytes >= MOST_BYTES) break filling;
      const amount = await context.budget.reserve();
      if (amount === 'capped' || amount === 'wait') {
        capped = true;
        break filling;
      }
      held.push(amount);
      const parts = await loadParts(context, presentation);
      const line = provider.line(customId(presentation.id), requestOf(context, parts));
      lines.push(line);
      bytes += Buffer.byteLength(line);
      requests.push({
        presentationId: presentation.id,
        fingerprint: questionOf(context, presentation, parts),
        imageSha256: hashesOf(parts)
      });
    }
    if (rows.length < CHUNK) break;
  }
  if (signal.aborted || lines.length === 0) {
    for (const amount of held) context.budget.settle(amount, null);
    if (signal.aborted) return { kind: 'interrupted' };
    return capped ? { kind: 'capped', reason: await context.budget.why() } : null;
  }
  const batch = await batches.create(
    lab.db,
    {
      sessionId: run.sessionId,
      token: `limen-${run.sessionId}-${randomUUID()}`,
      requests: lines.length,
      enforced: context.format.enforced,
      heldCost: held.reduce((sum, { cost }) => sum + cost, 0),
      heldTokens: held.reduce((sum, { tokens }) => sum + tokens, 0)
    },
    requests
  );
  return { batch, lines, held };
}

async function submit(
  lab: Lab,
  context: RunContext,
  provider: BatchProvider,
  batch: batches.Batch,
  lines: readonly string[],
  signal: AbortSignal
): Promise<Stop | null> {
  const uploaded = await patiently(signal, () =>
    provider.upload(`${batch.token}.jsonl`, lines, context.hardStop)
  );
  if ('kind' in uploaded) return giveUp(lab, batch, uploaded);
  await batches.change(lab.db, batch.id, { inputFileId: uploaded.value });
  const created = await patiently(signal, async () => {
    // A request to create it that failed may have been heard.
    const found = await provider.find(batch.token, context.hardStop);
    if (!found.ok || found.value !== null)
      return found as { ok: true; value: NonNullable<(typeof found & { ok: true })['value']> };
    return provider.create(uploaded.value, batch.token, context.hardStop);
  });
  if ('kind' in created) return giveUp(lab, batch, created);
  await submitted(lab, batch.id, created.value.id, created.value.status);
  return null;
}

/** A batch whose id was never stored: the endpoint has it under our token, or it never came into being. */
async function findAgain(
  lab: Lab,
  context: RunContext,
  provider: BatchProvider,
  batch: batches.Batch,
  signal: AbortSignal
): Promise<Stop | null> {
  const found = await patiently(signal, () => provider.find(batch.token, context.hardStop));
  if ('kind' in found) return found;
  if (found.value !== null) {
    await submitted(lab, batch.id, found.value.id, found.value.status);
    return null;
  }
  await batches.change(lab.db, batch.id, { state: 'failed', problem: 'it never reached the endpoint' });
  return null;
}

async function submitted(lab: Lab, id: number, remoteId: string, remoteState: string): Promise<void> {
  await batches.change(lab.db, id, { state: 'submitted', remoteId, remoteState, submittedAt: new Date() });
}

/** Looks until it has ended, ever more rarely, and collects it. */
async function wait(
  lab: Lab,
  context: RunContext,
  provider: BatchProvider,
  batchId: number,
  held: readonly Amount[],
  onAnswer: () => void,
  signal: AbortSignal
): Promise<Stop | null> {
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(LONGEST_LOOK_MS, pause * 1.5)) {
    const batch = (await batches.ofRun(lab.db, context.run.sessionId)).find(({ id }) => id === batchId);
    if (!batch || batch.state === 'failed') {
      for (const amount of held) context.budget.settle(amount, null);
      return null;
    }
    const looked = await patiently(signal, () => provider.look(batch.remoteId as string, context.hardStop));
    if ('kind' in looked) return looked;
    const remote = looked.value;
    if (remote.status !== batch.remoteState)
      await batches.change(lab.db, batchId, { remoteState: remote.status });
    if (remote.problem !== null) {
      await batches.change(lab.db, batchId, { state: 'failed', problem: remote.problem });
      for (const amount of held) context.budget.settle(amount, null);
      return { kind: 'failed', reason: `the endpoint did not take the batch: ${remote.problem}` };
    }
    if (remote.ended) {
      const read = await patiently(signal, async () => {
        const lines = [];
        for (const fileId of [remote.outputFileId, remote.errorFileId]) {
          if (fileId === null) continue;
          const part = await provider.read(fileId, context.hardStop);
          if (!part.ok) return part;
          lines.push(...part.value);
        }
        return { ok: true as const, value: lines };
      });
      if ('kind' in read) return read;
      return collectBatch(context, batch, read.value, held, onAnswer);
    }
    try {
      await sleep(pause, signal);
    } catch {
      return { kind: 'interrupted' };
    }
  }
}

/** Cancelled for good: the endpoint need not go on either. Otherwise the batch is collected when the run goes on. */
async function interrupted(lab: Lab, context: RunContext, provider: BatchProvider): Promise<Stop> {
  const now = await runs.byId(lab.db, context.run.sessionId);
  if (now?.state === 'cancelled') {
    for (const { remoteId } of await batches.open(lab.db, context.run.sessionId)) {
      if (remoteId !== null) await provider.cancel(remoteId, context.hardStop);
    }
  }
  return { kind: 'interrupted' };
}

/** Nothing of it is out: the next time another is made. */
async function giveUp(lab: Lab, batch: batches.Batch, stop: Stop): Promise<Stop> {
  if (stop.kind === 'failed')
    await batches.change(lab.db, batch.id, { state: 'failed', problem: stop.reason });
  return stop;
}

async function patiently<T>(
  signal: AbortSignal,
  work: () => Promise<{ ok: true; value: T } | { ok: false; failure: TransportFailure }>
): Promise<{ value: T } | Stop> {
  for (let attempt = 1; ; attempt++) {
    const done = await work();
    if (done.ok) return { value: done.value };
    const { failure } = done;
    if (failure.kind === 'aborted' || signal.aborted) return { kind: 'interrupted' };
    if (!failure.retriable) {
      const none = failure.status === 404 || failure.status === 405;
      const reason = none
        ? `the endpoint has no Batch API (${failure.message}); start a run without batches`
        : failure.message;
      return { kind: 'failed', reason };
    }
    if (attempt >= PATIENCE) {
      return {
        kind: 'paused',
        reason: `the endpoint does not answer (${failure.message}); resume the run once it does`
      };
    }
    try {
      await sleep(failure.retryAfterMs ?? Math.min(30_000, 250 * 2 ** attempt), signal);
    } catch {
      return { kind: 'interrupted' };
    }
  }
}
