import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { MeasuringReply, MeasuringResult, MeasuringSetup, MeasuringTask } from './measuring.ts';
import { sourceFolder } from './source-folder.ts';

/** A thread that measures one picture after another. */
export interface MeasuringThread {
  measure(task: MeasuringTask): Promise<MeasuringResult>;
}

/** A setup that cannot be: a network that does not load, no runtime for it. */
export class CannotMeasure extends Error {
  override readonly name = 'CannotMeasure';
}

/**
 * How many threads measure: on Linux one a processor, each of lower priority, so that the event loop goes before them
 * whenever it has work; elsewhere a processor is left to it.
 */
export function measuringThreads(): number {
  return process.platform === 'linux' ? availableParallelism() : Math.max(1, availableParallelism() - 1);
}

/**
 * Runs `lane` on so many threads at once and ends them when all lanes are through, one has failed, or the signal is
 * aborted.
 *
 * @throws CannotMeasure where a thread cannot do what the setup says; whatever a lane or a thread throws; the signal's reason.
 */
export async function onMeasuringThreads(
  setup: MeasuringSetup,
  lane: (thread: MeasuringThread) => Promise<void>,
  { threads = measuringThreads(), signal }: { threads?: number; signal?: AbortSignal } = {}
): Promise<void> {
  signal?.throwIfAborted();
  const workers: Worker[] = [];
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([
      aborted,
      Promise.all(
        Array.from({ length: threads }, async () => {
          const worker = startThread(setup);
          workers.push(worker.worker);
          await worker.ready;
          await lane(worker);
        })
      )
    ]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function startThread(setup: MeasuringSetup): MeasuringThread & { worker: Worker; ready: Promise<void> } {
  const worker = new Worker(path.join(sourceFolder(), 'lib/server/workers/measuring-thread.ts'), {
    workerData: setup
  });
  let waiting: { resolve: (reply: MeasuringReply) => void; reject: (error: unknown) => void } | null = null;
  let ended: Error | null = null;
  const next = () =>
    new Promise<MeasuringReply>((resolve, reject) => {
      if (ended !== null) reject(ended);
      else waiting = { resolve, reject };
    });
  const end = (error: Error) => {
    ended ??= error;
    waiting?.reject(ended);
    waiting = null;
  };
  worker.on('message', (reply: MeasuringReply) => {
    const one = waiting;
    waiting = null;
    one?.resolve(reply);
  });
  worker.once('error', (error) => end(error as Error));
  worker.once('messageerror', end);
  worker.once('exit', (code) => end(new Error(`a measuring thread ended with ${code}`)));
  return {
    worker,
    ready: next().then((reply) => {
      if ('problem' in reply) throw new CannotMeasure(reply.problem);
    }),
    async measure(task) {
      const reply = next();
      worker.postMessage(task);
      const got = await reply;
      if ('problem' in got) throw new Error(got.problem);
      if (!('result' in got)) throw new Error('a measuring thread said nothing of its task');
      return got.result;
    }
  };
}
