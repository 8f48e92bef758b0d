import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Computations } from './computations.ts';

/**
 * Runs one of the pure computations in a thread of its own and waits for its result. The thread ends with it; aborting
 * the signal ends it at once.
 *
 * @throws whatever the computation throws, or the signal's reason.
 */
export function runInWorker<N extends keyof Computations>(
  name: N,
  input: Parameters<Computations[N]>[0],
  signal?: AbortSignal
): Promise<ReturnType<Computations[N]>> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = new Worker(path.join(sourceFolder(), 'lib/server/workers/thread.ts'), {
      workerData: { name, input }
    });
    const onAbort = () => {
      reject(signal?.reason as Error);
      void worker.terminate();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const end = () => signal?.removeEventListener('abort', onAbort);
    worker.once('message', (message: { result: ReturnType<Computations[N]> }) => {
      end();
      resolve(message.result);
    });
    worker.once('error', (error) => {
      end();
      reject(error);
    });
    worker.once('exit', (code) => {
      end();
      if (code !== 0) reject(new Error(`the worker thread for ${name} ended with ${code}`));
    });
  });
}

/** Threads run from the source (Node runs TypeScript as it is), also when the caller was built. */
function sourceFolder(): string {
  let directory = import.meta.dirname;
  for (;;) {
    const candidate = path.join(directory, 'src', 'lib', 'server', 'workers', 'thread.ts');
    if (existsSync(candidate)) return path.join(directory, 'src');
    const parent = path.dirname(directory);
    if (parent === directory) throw new Error('the folder src/ was not found beside the build');
    directory = parent;
  }
}
