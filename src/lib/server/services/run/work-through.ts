import * as runs from '#lib/server/db/runs.ts';
import type { Amount } from '#lib/server/db/budgets.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import * as observers from '#lib/server/db/observers.ts';
import type { Lab } from '../lab.ts';
import type { Usage } from './budget.ts';
import { judgePresentation, type RunContext } from './judge-presentation.ts';
import { replayCompletion } from './replay-completion.ts';
import { sleep } from './sleep.ts';

const CHUNK = 500;
/** How soon those who wait for room under a cap look again. */
const LOOK_AGAIN_MS = 50;

/** Why the work on a run ended. */
export type Stop =
  | { kind: 'complete' | 'interrupted' }
  | { kind: 'capped'; reason: string }
  /** The endpoint is silent: the run waits for somebody. */
  | { kind: 'paused'; reason: string }
  | { kind: 'failed'; reason: string };

/**
 * A fixed number of workers that take presentations in order; memory does not grow with the run. There are a few more of
 * them than requests may be out at once, so that those who wait before they try again leave no place empty.
 */
export async function workThrough(
  lab: Lab,
  context: RunContext,
  soft: AbortController,
  onAnswer: () => void
): Promise<Stop> {
  const { run } = context;
  let stop: Stop | null = null;
  let givenUpInARow = 0;
  const patience = Math.max(12, 2 * run.concurrency);
  let labelled = false;

  let queue: runs.Unanswered[] = [];
  let position = -1;
  let exhausted = false;
  let filling: Promise<void> | null = null;
  const next = async (): Promise<runs.Unanswered | null> => {
    while (queue.length === 0 && !exhausted) {
      filling ??= runs.unanswered(lab.db, run.sessionId, position, CHUNK).then((rows) => {
        queue = rows;
        position = rows.at(-1)?.position ?? position;
        exhausted = rows.length < CHUNK;
        filling = null;
      });
      await filling;
    }
    return queue.shift() ?? null;
  };
  const halt = (reason: Stop) => {
    stop ??= reason;
    soft.abort();
  };

  const worker = async (): Promise<void> => {
    while (!soft.signal.aborted) {
      const presentation = await next();
      if (presentation === null) return;
      presentation.completionId ??= await replayCompletion(context, presentation);
      // What was stored before a crash, or is repeated, costs nothing to read.
      const paid = presentation.completionId !== null;
      const reserved = paid ? null : await reserve(context, halt);
      if (!paid && reserved === null) return;
      let used: Usage | null | 'unknown' = null;
      try {
        const judged = await judgePresentation(context, presentation, Math.random);
        if (judged.kind === 'answered') used = judged.usage;
        if (judged.kind === 'stopped' && judged.unknown) used = 'unknown';
        if (judged.kind === 'stopped') {
          if (judged.reason !== null) halt({ kind: 'failed', reason: judged.reason });
          return;
        }
        if (judged.kind === 'dead') {
          halt({
            kind: 'paused',
            reason: `the endpoint ${run.baseUrl} does not answer (${judged.reason}); resume the run once it does`
          });
          return;
        }
        if (judged.kind === 'answered' && judged.simulated && !labelled) {
          labelled = true;
          const session = await sessions.byId(lab.db, run.sessionId);
          if (session) await observers.setKind(lab.db, session.observerId, 'synthetic');
        }
        givenUpInARow = judged.kind === 'given-up' ? givenUpInARow + 1 : 0;
        onAnswer();
        if (givenUpInARow >= patience) {
          halt({
            kind: 'failed',
            reason: `the endpoint failed ${givenUpInARow} presentations in a row; go on with resume once it answers again`
          });
        }
      } finally {
        if (reserved !== null) context.budget.settle(reserved, used);
      }
    }
  };
  const workers = run.concurrency + Math.floor(run.concurrency / 4);
  const ended = await Promise.allSettled(
    Array.from({ length: workers }, () =>
      worker().catch((error: unknown) => {
        // Something is broken: the others put down what they hold, and then it is told.
        soft.abort();
        throw error;
      })
    )
  );
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  if (stop !== null) return stop;
  return soft.signal.aborted ? { kind: 'interrupted' } : { kind: 'complete' };
}

/** Waits for room under the cap; null when there is none or the run is stopping. */
async function reserve(context: RunContext, halt: (stop: Stop) => void): Promise<Amount | null> {
  for (;;) {
    if (context.softStop.aborted) return null;
    const answer = await context.budget.reserve();
    if (answer === 'capped') {
      halt({ kind: 'capped', reason: await context.budget.why() });
      return null;
    }
    if (answer !== 'wait') return answer;
    try {
      await sleep(LOOK_AGAIN_MS, context.softStop);
    } catch {
      return null;
    }
  }
}
