import { parentPort, workerData } from 'node:worker_threads';
import { computations } from './computations.ts';

const { name, input } = workerData as { name: keyof typeof computations; input: never };
parentPort?.postMessage({ result: computations[name](input) });
