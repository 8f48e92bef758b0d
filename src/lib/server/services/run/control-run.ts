import * as budgets from '#lib/server/db/budgets.ts';
import * as runs from '#lib/server/db/runs.ts';
import { BadInput, Conflict } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { stopRunner } from './running-here.ts';

/** Puts a run on the queue, whichever process takes it up. */
export async function enqueueRun(lab: Pick<Lab, 'queue'>, sessionId: number): Promise<void> {
  await lab.queue.send('continue-run', String(sessionId), { sessionId });
}

/** No further requests; those that are out come home and count. */
export async function pauseRun(lab: Pick<Lab, 'db'>, sessionId: number): Promise<void> {
  await move(lab, sessionId, ['queued', 'running'], 'paused', 'paused by hand');
  stopRunner(lab.db, sessionId);
}

/** Goes on where it was. A cap that was reached can be raised on the way. */
export async function resumeRun(
  lab: Pick<Lab, 'db' | 'queue'>,
  sessionId: number,
  raise: Cap = {}
): Promise<void> {
  const run = await runs.byId(lab.db, sessionId);
  if (run) await setCap(lab.db, run, raise);
  await move(lab, sessionId, ['paused', 'capped', 'failed'], 'queued', null);
  await enqueueRun(lab, sessionId);
}

export interface Cap {
  /** US dollars; null lifts it, undefined leaves it. */
  maxCost?: number | null;
  maxTotalTokens?: number | null;
}

/** Changes a run's cap; where it shares one with others, theirs too. */
export async function setCap(
  db: Lab['db'],
  run: Pick<runs.Run, 'sessionId' | 'budgetId'>,
  { maxCost, maxTotalTokens }: Cap
): Promise<void> {
  const cap = {
    ...(maxCost === undefined ? {} : { maxCost }),
    ...(maxTotalTokens === undefined ? {} : { maxTokens: maxTotalTokens })
  };
  if (run.budgetId !== null) return budgets.change(db, run.budgetId, cap);
  if (maxCost == null && maxTotalTokens == null) return;
  const budgetId = await budgets.create(db, { maxCost: null, maxTokens: null, ...cap });
  await runs.change(db, run.sessionId, { budgetId });
}

/** For good. What was answered stays and is counted; the rest stays missing. */
export async function cancelRun(lab: Pick<Lab, 'db'>, sessionId: number): Promise<void> {
  await move(
    lab,
    sessionId,
    ['queued', 'running', 'paused', 'capped', 'failed'],
    'cancelled',
    'cancelled by hand'
  );
  stopRunner(lab.db, sessionId);
}

async function move(
  lab: Pick<Lab, 'db'>,
  sessionId: number,
  from: runs.RunState[],
  to: runs.RunState,
  reason: string | null
): Promise<void> {
  if (await runs.transition(lab.db, sessionId, from, to, reason)) return;
  const run = await runs.byId(lab.db, sessionId);
  if (!run) throw new BadInput(`there is no run ${sessionId}`);
  throw new Conflict(`the run is ${run.state}: it cannot become ${to}`);
}
