import { availableParallelism } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Computations } from './computations.ts';
import { sourceFolder } from './source-folder.ts';

export interface ThreadData {
  name: string;
  input: unknown;
  /** URL of the module whose `computations` hold the function. */
  module: string;
}

export type ThreadMessage = { progress: number } | { result: unknown };

export interface WorkerOptions {
  /** Aborting it ends the thread at once, or takes the computation out of the queue. */
  signal?: AbortSignal;
  /** The share done, from 0 to 1, at most ten times a second. */
  onProgress?: (share: number) => void;
  /** For what takes minutes: it waits while as many such threads run as the machine should carry. */
  takesTurns?: boolean;
  /** Another module of computations, as tests have. */
  module?: URL;
}

/** One processor is left to the event loop, so that raters do not feel how much is being computed. */
const MOST_THREADS = Math.max(1, availableParallelism() - 1);
let running = 0;
const waiting: (() => void)[] = [];

/**
 * Runs one of the pure computations in a thread of its own and waits for its result. The thread ends with it; so it
 * does at once when the signal is aborted.
 *
 * @throws whatever the computation throws, or the signal's reason.
 */
export async function runInWorker<N extends keyof Computations>(
  name: N,
  input: Parameters<Computations[N]>[0],
  options: WorkerOptions = {}
): Promise<ReturnType<Computations[N]>> {
  const data = { name, input, module: moduleUrl(options) };
  if (options.takesTurns !== true) return (await runThread(data, options)) as ReturnType<Computations[N]>;
  await turn(options.signal);
  try {
    return (await runThread(data, options)) as ReturnType<Computations[N]>;
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

/** Waits for a free thread; whoever ends hands its place on. */
function turn(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (running < MOST_THREADS) {
    running++;
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    const start = () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    };
    const onAbort = () => {
      waiting.splice(waiting.indexOf(start), 1);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    waiting.push(start);
  });
}

async function runThread(data: ThreadData, { signal, onProgress }: WorkerOptions): Promise<unknown> {
  signal?.throwIfAborted();
  const worker = new Worker(path.join(sourceFolder(), 'lib/server/workers/thread.ts'), { workerData: data });
  let onAbort = () => {};
  try {
    return await new Promise((resolve, reject) => {
      onAbort = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.on('message', (message: ThreadMessage) => {
        if ('progress' in message) onProgress?.(message.progress);
        else resolve(message.result);
      });
      worker.once('messageerror', reject);
      worker.once('error', reject);
      worker.once('exit', (code) =>
        reject(new Error(`the worker thread for ${data.name} ended with ${code} and no result`))
      );
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

function moduleUrl({ module }: WorkerOptions): string {
  return (module ?? pathToFileURL(path.join(sourceFolder(), 'lib/server/workers/computations.ts'))).href;
}
