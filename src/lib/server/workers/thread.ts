import { parentPort, workerData } from 'node:worker_threads';
import type { Computations } from './computations.ts';
import { yieldToOthers } from './yield-to-others.ts';
import type { ThreadData, ThreadMessage } from './run-in-worker.ts';

/** Progress is for a person to look at: more often than this nobody sees it. */
const PROGRESS_EVERY_MS = 100;

yieldToOthers();
const { name, input, module } = workerData as ThreadData;
const { computations } = (await import(module)) as { computations: Computations };
const send = (message: ThreadMessage) => parentPort?.postMessage(message);
let last = 0;
const onProgress = (share: number) => {
  const now = performance.now();
  if (now - last < PROGRESS_EVERY_MS) return;
  last = now;
  send({ progress: share });
};
const compute = computations[name as keyof Computations] as (
  input: unknown,
  onProgress: (share: number) => void
) => unknown;
send({ result: compute(input, onProgress) });
