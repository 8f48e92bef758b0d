import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type {
  DifficultInput,
  DifficultSelection,
  DifficultSettings
} from '#lib/domain/selection/difficult-subset.ts';
import type { SelectionAnswer, SelectionQuestion } from './selection-thread.ts';
import { sourceFolder } from './source-folder.ts';

/** After so long without a question the thread ends, and its memory is given back. */
const IDLE_MS = 10 * 60_000;

interface Open {
  worker: Worker;
  waiting: Map<number, { resolve(answer: SelectionAnswer): void; reject(reason: unknown): void }>;
  idle: NodeJS.Timeout;
}

let open: Open | null = null;
let last = 0;

/**
 * Difficult samples out of a dataset in one thread that remembers it: the first choice takes the dataset in, every
 * further one, with another λ or ε, sends nothing but the settings. The thread starts with the first question.
 *
 * @param key tells one state of a dataset, its proxies and its features from every other.
 * @param load is asked where the thread does not have it.
 */
export async function selectAtDesk(
  key: string,
  settings: DifficultSettings,
  load: () => Promise<DifficultInput>
): Promise<DifficultSelection | { problem: string }> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask({ key, settings });
    if ('selection' in answer) return answer.selection;
    if ('problem' in answer) return answer;
    if (attempt > 2) throw new Error(`the selection thread cannot hold ${key}`);
    await ask({ key, input: await load() });
  }
}

type Asked<T> = T extends { id: number } ? Omit<T, 'id'> : never;

function ask(question: Asked<SelectionQuestion>): Promise<SelectionAnswer> {
  const desk = (open ??= start());
  desk.idle.refresh();
  const id = ++last;
  return new Promise((resolve, reject) => {
    desk.waiting.set(id, { resolve, reject });
    desk.worker.ref();
    desk.worker.postMessage({ id, ...question });
  });
}

function start(): Open {
  const worker = new Worker(path.join(sourceFolder(), 'lib/server/workers/selection-thread.ts'));
  const waiting: Open['waiting'] = new Map();
  const end = (reason: Error) => {
    if (open?.worker === worker) open = null;
    clearTimeout(idle);
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  };
  const idle = setTimeout(() => {
    if (waiting.size > 0) idle.refresh();
    else void worker.terminate();
  }, IDLE_MS);
  // An idle thread keeps no process alive.
  idle.unref();
  worker.on('message', (answer: SelectionAnswer) => {
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
  });
  worker.once('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.once('exit', () => end(new Error('the selection thread ended')));
  worker.unref();
  return { worker, waiting, idle };
}
