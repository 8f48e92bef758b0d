import type * as datasets from '#lib/server/db/datasets.ts';
import * as datasetsDb from '#lib/server/db/datasets.ts';
import * as measurements from '#lib/server/db/measurements.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { CannotMeasure } from '#lib/server/workers/measuring-pool.ts';
import type { Lab } from '../lab.ts';
import { fitPristine } from './fit-pristine.ts';
import { measureStimuli } from './measure-stimuli.ts';
import type { MeasurementRequest } from './request.ts';

/** How far a measurement is, in stimuli; `failed` counts outcomes that are no values. */
export interface MeasurementProgress {
  total: number;
  done: number;
  failed: number;
  found: number;
}

const TELL_MS = 500;

/**
 * Works on a measurement until it is done, stopped, has failed, or this process is told to stop; then another one goes on
 * with it, and what is stored already is not computed again.
 *
 * @returns false where another process is at work on it.
 */
export async function continueMeasurement(
  lab: Pick<Lab, 'db' | 'storage' | 'stopping' | 'processId' | 'log'>,
  id: number,
  onProgress: (progress: MeasurementProgress) => void = () => {}
): Promise<boolean> {
  const measurement = await measurements.take(lab.db, id, lab.processId);
  if (measurement === null) {
    const now = await measurements.byId(lab.db, id);
    return now === null || !['queued', 'running'].includes(now.state);
  }
  const stop = new AbortController();
  const onStopping = () => stop.abort();
  lab.stopping.addEventListener('abort', onStopping, { once: true });
  if (lab.stopping.aborted) stop.abort();
  let progress: MeasurementProgress = { total: 0, done: 0, failed: 0, found: 0 };
  let mine = true;
  const tell = async () => {
    onProgress(progress);
    const said = await measurements.tell(lab.db, id, lab.processId, progress);
    mine = said.mine;
    if (!said.mine || said.stopAsked) stop.abort();
  };
  const timer = setInterval(() => {
    tell().catch((error: unknown) => lab.log.error({ err: error, measurement: id }, 'telling how far it is'));
  }, TELL_MS);
  let end: { state: measurements.MeasurementState; problem: string | null } | null;
  try {
    const dataset = (await datasetsDb.byId(lab.db, measurement.datasetId)) as datasets.Dataset;
    const request = measurement.request as MeasurementRequest;
    const work = request.kind === 'pristine' ? fitPristine : measureStimuli;
    await work(lab, dataset, request as never, stop.signal, (now) => {
      progress = now;
    });
    end = { state: 'done', problem: null };
  } catch (error) {
    if (stop.signal.aborted) {
      // Told to stop with the process: the state stays, and the next process goes on.
      end = lab.stopping.aborted ? null : { state: 'stopped', problem: null };
    } else {
      const expected = error instanceof BadInput || error instanceof CannotMeasure;
      if (!expected) lab.log.error({ err: error, measurement: id }, 'measurement');
      end = {
        state: 'failed',
        problem: expected ? error.message : 'Something unexpected went wrong; the log has it.'
      };
    }
  } finally {
    clearInterval(timer);
    lab.stopping.removeEventListener('abort', onStopping);
  }
  if (mine) {
    await tell().catch(() => {});
    await measurements.release(lab.db, id, lab.processId, end);
  }
  return true;
}
