import * as runs from '#lib/server/db/runs.ts';
import * as sessions from '#lib/server/db/sessions.ts';
import type { Provider } from '#lib/server/providers/provider.ts';
import type { Lab } from '../lab.ts';
import type { RunContext } from './judge-presentation.ts';
import { prepareRun } from './prepare-run.ts';
import { noteRunner } from './running-here.ts';
import { workByBatches } from './work-by-batches.ts';
import { workThrough } from './work-through.ts';

const LEASE_RENEWAL_MS = 1000;
/** Requests that are out when the process is told to stop get this long to come home. */
const GRACE_MS = 2500;

/**
 * Works on a run until it is complete, paused, cancelled, capped or failed, or this process is told to stop. At any
 * time one process works on a run (a lease in the database, renewed every few seconds; one that dies loses it); what is
 * left to do is read from the rows, so after a kill -9 nothing is missing, nothing is double, and at most the requests that
 * were out are paid for twice.
 *
 * @returns the state in which the run was left; null when another process has it.
 */
export async function continueRun(
  lab: Lab,
  sessionId: number,
  options: { provider?: Provider; onAnswer?: () => void } = {}
): Promise<runs.RunState | null> {
  const owner = `${lab.processId}/${sessionId}`;
  if (!(await runs.takeLease(lab.db, sessionId, owner))) return null;
  const soft = new AbortController();
  const hard = new AbortController();
  let state: runs.RunState = 'running';
  const stopSoon = () => {
    soft.abort();
    setTimeout(() => hard.abort(), GRACE_MS).unref();
  };
  lab.stopping.addEventListener('abort', stopSoon, { once: true });
  if (lab.stopping.aborted) stopSoon();
  const forget = noteRunner(lab.db, sessionId, () => soft.abort());
  const renewal = setInterval(() => {
    runs
      .renewLease(lab.db, sessionId, owner)
      .then((now) => {
        if (now === 'running') return;
        // Paused or cancelled by somebody, or taken by another process while this one slept.
        soft.abort();
        if (now === null) hard.abort();
      })
      .catch((error: unknown) => lab.log.error({ err: error, sessionId }, 'lease'));
  }, LEASE_RENEWAL_MS);

  const end = async (to: runs.RunState, reason: string | null) => {
    if (await runs.transition(lab.db, sessionId, ['running'], to, reason)) state = to;
  };
  let context: RunContext | null = null;
  try {
    const prepared = await prepareRun(
      lab,
      sessionId,
      { soft: soft.signal, hard: hard.signal },
      options.provider
    );
    if ('problem' in prepared) {
      await end('failed', prepared.problem);
    } else {
      context = prepared;
      const work = context.batches === null || context.answer !== null ? workThrough : workByBatches;
      const stop = await work(lab, context, soft, options.onAnswer ?? (() => {}));
      if (stop.kind === 'complete') {
        await sessions.completeIfDone(lab.db, sessionId);
        await end('completed', null);
      } else if (stop.kind === 'capped') {
        await end('capped', stop.reason);
      } else if (stop.kind === 'failed' || stop.kind === 'paused') {
        await end(stop.kind, stop.reason);
      }
    }
  } catch (error) {
    lab.log.error({ err: error, sessionId }, 'run');
    await end('failed', `unexpected: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearInterval(renewal);
    forget();
    lab.stopping.removeEventListener('abort', stopSoon);
    // While the lease is still this process's.
    await context?.budget.close();
    await context?.gate.close();
    await runs.releaseLease(lab.db, sessionId, owner);
  }
  if (state === 'running') state = ((await runs.byId(lab.db, sessionId))?.state as runs.RunState) ?? state;
  return state;
}
