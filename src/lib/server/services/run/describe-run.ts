import * as runSummaries from '#lib/server/db/run-summaries.ts';
import { addressOf } from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';
import { findRun } from './find-run.ts';

/** How a run stands, as commands and the API say it. */
export interface RunDocument {
  study: string;
  observer: string;
  run: number;
  state: string;
  reason: string | null;
  presentations: number;
  answered: number;
  outcomes: Record<string, number>;
  tokensIn: number;
  tokensOut: number;
  /** US dollars; null where no price is known. */
  cost: number | null;
  /** Requests that failed on the way, however often they were tried again. */
  failures: number;
}

/** @throws BadInput when there is no run of that number. */
export async function describeRun(lab: Pick<Lab, 'db'>, id: number): Promise<RunDocument> {
  const { observer, study } = await findRun(lab, String(id));
  const summary = await runSummaries.summary(lab.db, id);
  if (!summary) throw new Error(`run ${id} vanished`);
  return {
    study: addressOf(study),
    observer: observer.name,
    run: id,
    state: summary.state,
    reason: summary.stateReason,
    presentations: summary.total,
    answered: summary.done,
    outcomes: summary.outcomes,
    tokensIn: summary.tokensIn,
    tokensOut: summary.tokensOut,
    cost: summary.cost,
    failures: summary.failures
  };
}
