import * as measurements from '../db/measurements.ts';
import * as probes from '../db/probes.ts';
import * as runs from '../db/runs.ts';
import type { Lab } from '../services/lab.ts';
import { cleanUploads } from '../services/import/clean-uploads.ts';
import { continueImport } from '../services/import/continue-import.ts';
import { continueMeasurement } from '../services/metrics/continue-measurement.ts';
import { enqueueMeasurement } from '../services/metrics/start-measurement.ts';
import { askProbe } from '../services/probe/ask-probe.ts';
import { continueRun } from '../services/run/continue-run.ts';
import { enqueueRun } from '../services/run/control-run.ts';

/** Runs that one process works on at the same time; each has its own concurrency within. */
const RUNS_AT_ONCE = 8;
const ADOPTION_MS = 5000;
const CLEANING_MS = 60_000;

/**
 * This process takes part in background work: it works on what is queued, and takes up what a process that died left.
 *
 * @param kind on the embedded database every other process is dead (it takes one at a time), so leases end at once; on
 *   PostgreSQL a dead process's lease runs out by itself.
 */
export async function registerHandlers(lab: Lab, kind: 'pglite' | 'postgres'): Promise<void> {
  if (kind === 'pglite') {
    await runs.dropLeases(lab.db);
    await measurements.dropOwners(lab.db);
  }
  await lab.queue.work('continue-run', RUNS_AT_ONCE, async ({ sessionId }) => {
    await continueRun(lab, sessionId);
  });
  await lab.queue.work('import-dataset', 1, async ({ upload }) => {
    if (!(await continueImport(lab, upload))) throw new Error('another process is at work on this import');
  });
  // One at a time: it takes all processors.
  await lab.queue.work('measure-dataset', 1, async ({ measurement }) => {
    if (!(await continueMeasurement(lab, measurement))) {
      throw new Error('another process is at work on this measurement');
    }
  });
  const takeUpImports = async () => {
    for (const upload of await cleanUploads(lab, Date.now())) {
      await lab.queue.send('import-dataset', upload, { upload });
    }
  };
  await takeUpImports();
  const cleaning = setInterval(() => {
    takeUpImports().catch((error: unknown) => lab.log.error({ err: error }, 'cleaning uploads'));
  }, CLEANING_MS);
  lab.stopping.addEventListener('abort', () => clearInterval(cleaning), { once: true });
  await lab.queue.work('ask-probe', 2, async ({ probeId }) => {
    await askProbe(lab, probeId);
  });
  for (const probeId of await probes.unfinished(lab.db)) {
    await lab.queue.send('ask-probe', String(probeId), { probeId });
  }
  const adopt = async () => {
    for (const sessionId of await runs.orphans(lab.db)) await enqueueRun(lab, sessionId);
    for (const id of await measurements.orphans(lab.db)) await enqueueMeasurement(lab, id);
  };
  await adopt();
  const timer = setInterval(() => {
    adopt().catch((error: unknown) => lab.log.error({ err: error }, 'taking up runs and measurements'));
  }, ADOPTION_MS);
  lab.stopping.addEventListener('abort', () => clearInterval(timer), { once: true });
}
